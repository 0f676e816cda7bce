"""Checks what a plugin declares. Every problem names system, thing and field, and the mend."""

from tieline.host.validation.checks import problems
from tieline.host.validation.findings import Problem

__all__ = ["Problem", "problems"]
