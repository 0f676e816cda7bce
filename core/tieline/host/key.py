"""The key-encryption key: from TIELINE_KEY (base64 of 32 bytes), else a file in the state directory."""

from __future__ import annotations

import base64
import binascii
import hashlib
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tieline.contract import Misconfigured, Randomness
from tieline.host.state import StateFolder, write_private

VARIABLE = "TIELINE_KEY"
SIZE = 32


@dataclass(frozen=True, slots=True)
class Key:
    """`id` tells keys apart without giving anything away; `source` says where it came from."""

    material: bytes = field(repr=False)
    source: str

    @property
    def id(self) -> str:
        return hashlib.sha256(b"tieline key id" + self.material).hexdigest()[:12]


def from_text(text: str, source: str) -> Key:
    """Raises Misconfigured; the text itself never appears in a message."""
    try:
        material = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        material = b""
    if len(material) != SIZE:
        raise Misconfigured(
            "this is no key",
            where=source,
            mend="It must be 32 random bytes in base64, for example from `openssl rand -base64 32`.",
        )
    return Key(material, source)


def existing(folder: StateFolder, environment: Mapping[str, str]) -> Key | None:
    """The key in use, if there is one yet."""
    if text := environment.get(VARIABLE):
        return from_text(text, VARIABLE)
    if not folder.key.exists():
        return None
    _check_private(folder.key)
    return from_text(folder.key.read_text("ascii", "replace"), str(folder.key))


def made_if_missing(
    folder: StateFolder, environment: Mapping[str, str], randomness: Randomness, say: Callable[[str], object]
) -> Key:
    """The key in use; the first time a file is made, and that is said once, for a backup needs it too."""
    found = existing(folder, environment)
    if found is not None:
        return found
    write_private(folder.key, base64.b64encode(randomness.token(SIZE)) + b"\n")
    say(f"Made {folder.key}: it opens the saved secrets, so back it up apart from the database.")
    made = existing(folder, environment)
    assert made is not None
    return made


def _check_private(path: Path) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise Misconfigured(
            f"others may read the key (mode {mode:o})", where=str(path), mend=f"Run `chmod 600 {path}`."
        )
