"""`python -m tieline` and the console script."""

from __future__ import annotations

import sys

_INTERRUPTED = 130


def main() -> None:
    """Run the command; an interrupt while modules are still loading ends as quietly as a later one."""
    try:
        from tieline.cli.boundary import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
