"""Writes what went wrong into the log of the state directory, and gives it an id to ask for."""

from __future__ import annotations

import logging
from contextlib import nullcontext
from pathlib import Path

from tieline.cli.invocation import Invocation
from tieline.contract import TielineError
from tieline.effects import SystemRandomness
from tieline.host.logs import attached
from tieline.host.state import opened

_ID_BYTES = 4


def recorded(invocation: Invocation, error: Exception) -> tuple[str, Path | None]:
    """The error's id, and the log file if it could be written."""
    ident = SystemRandomness().token(_ID_BYTES).hex()
    try:
        path = opened(invocation.state_path).log
        with nullcontext() if invocation.is_logging else attached(path, invocation.clean, verbose=False):
            logging.getLogger("tieline.mishap").error("error %s", ident, exc_info=error)
    except (TielineError, OSError):
        return ident, None
    return ident, path
