"""Mistakes of plugins, and of ours, that no part of the error tree foresees: one stage of a cycle fails, the others go
on, and the log has the details."""

from __future__ import annotations

import logging

from sqlalchemy.exc import SQLAlchemyError

from tieline.store.protocol import Fenced
from tieline.workers.faultpoints import FaultPointReached

_logger = logging.getLogger(__name__)
_ENDS_IT = (Fenced, FaultPointReached, OSError, MemoryError, SQLAlchemyError)
"""A lease or a memory that is gone concerns every stage."""


def told(stage: str, error: Exception) -> str:
    """A sentence for the report. Raises the error again when the cycle cannot go on."""
    if isinstance(error, _ENDS_IT):
        raise error
    _logger.error("stage %s failed", stage, exc_info=error)
    return f"{stage}: something unexpected went wrong ({type(error).__name__}). The details are in the log."
