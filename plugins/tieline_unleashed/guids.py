"""Guids: the vendor's keys, and ours where we choose them. One spelling: small letters with hyphens."""

from __future__ import annotations

from typing import Any
from uuid import UUID


def guid(value: Any) -> str:
    """The canonical spelling, or the empty string for what is no guid."""
    try:
        return str(UUID(value)) if isinstance(value, str) else ""
    except ValueError:
        return ""


def pair(parent: str, child: str) -> str:
    """The key of an embedded record: `<parent guid>/<own guid>`."""
    return f"{parent}/{child}"


def unpair(key: str) -> tuple[str, str]:
    """(parent guid, own guid) of an embedded record's key; what is missing or no guid is empty."""
    parent, _, child = key.rpartition("/")
    return guid(parent), guid(child)
