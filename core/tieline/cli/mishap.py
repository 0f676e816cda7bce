"""Writes what went wrong into the log of the state directory, and gives it an id to ask for."""

from __future__ import annotations

import logging
from pathlib import Path

from tieline.cli.invocation import Invocation
from tieline.contract import TielineError
from tieline.effects import SystemRandomness
from tieline.host.logs import file_handler
from tieline.host.state import opened

_ID_BYTES = 4


def recorded(invocation: Invocation, error: Exception) -> tuple[str, Path | None]:
    """The error's id, and the log file if it could be written."""
    ident = SystemRandomness().token(_ID_BYTES).hex()
    logger = logging.getLogger("tieline.mishap")
    try:
        path = opened(invocation.state_path).log
        handler = file_handler(path, invocation.clean)
    except (TielineError, OSError):
        return ident, None
    logger.addHandler(handler)
    try:
        logger.error("error %s", ident, exc_info=error)
    finally:
        logger.removeHandler(handler)
        handler.close()
    return ident, path
