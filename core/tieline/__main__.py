"""`python -m tieline` and the console script."""

from tieline.cli.boundary import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
