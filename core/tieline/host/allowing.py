"""The allow-list: which installed distributions may run inside the host. A plugin is code with all our rights."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from tieline.contract import Misconfigured
from tieline.host.state import StateFolder, write_private


@dataclass(frozen=True, slots=True)
class Allowed:
    """What an administrator looked at when saying yes; anything else must be allowed again."""

    distribution: str
    version: str
    module: str
    record_sha256: str


def read(folder: StateFolder) -> dict[str, Allowed]:
    """By plugin name; empty when nobody allowed anything yet. Raises Misconfigured for a file that is damaged."""
    path = folder.allow_list
    try:
        found = json.loads(path.read_text("utf-8"))
        return {name: _entry(value) for name, value in found.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError, KeyError):
        raise _damaged(path) from None


def write(folder: StateFolder, entries: Mapping[str, Allowed]) -> None:
    document = {name: asdict(entries[name]) for name in sorted(entries)}
    write_private(folder.allow_list, json.dumps(document, indent=2).encode() + b"\n")


def _entry(value: Mapping[str, object]) -> Allowed:
    return Allowed(*(str(value[name]) for name in Allowed.__dataclass_fields__))


def _damaged(path: Path) -> Misconfigured:
    return Misconfigured(
        "the list of allowed plugins cannot be read",
        where=str(path),
        mend="Remove it and allow each plugin again with `tieline plugins allow NAME`.",
    )
