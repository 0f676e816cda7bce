"""The state directory: everything Tieline keeps on this machine stands below it.

tieline.db     links, audit, connections      key      the key secrets are sealed with, unless TIELINE_KEY is set
settings.yaml  what an administrator chose to sync
billed/        calls used of what is billed
plugins.json   plugins an administrator allowed   log/ what went wrong, in full   lock   held while a command writes
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tieline.contract import Misconfigured

_MEND = "Give another folder with --state, or mend its permissions."


@dataclass(frozen=True, slots=True)
class StateFolder:
    """`path` is absolute."""

    path: Path

    @property
    def database(self) -> Path:
        return self.path / "tieline.db"

    @property
    def key(self) -> Path:
        return self.path / "key"

    @property
    def allow_list(self) -> Path:
        return self.path / "plugins.json"

    @property
    def settings(self) -> Path:
        return self.path / "settings.yaml"

    @property
    def billed(self) -> Path:
        return self.path / "billed"

    @property
    def log(self) -> Path:
        return self.path / "log" / "tieline.log"


def chosen(option: str | None, environment: Mapping[str, str]) -> Path:
    """`--state`, else TIELINE_STATE, else `tieline` in the user's data folder (XDG_DATA_HOME)."""
    said = option or environment.get("TIELINE_STATE")
    if said:
        return Path(said).expanduser().absolute()
    data = environment.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share").absolute() / "tieline"


def opened(path: Path) -> StateFolder:
    """Make the folder if need be, for its owner only. Raises Misconfigured."""
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        writable = os.access(path, os.W_OK | os.X_OK)
    except OSError as error:
        reason = "it is a file" if isinstance(error, FileExistsError) else error.strerror
        raise Misconfigured(f"the state directory cannot be used ({reason})", where=str(path), mend=_MEND) from None
    if not writable:
        raise Misconfigured("the state directory cannot be written", where=str(path), mend=_MEND)
    return StateFolder(path)


@contextlib.contextmanager
def exclusive(folder: StateFolder, name: str = "lock") -> Iterator[None]:
    """Held while a command writes. The lock belongs to the open file, so a killed command frees it at once."""
    descriptor = os.open(folder.path / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Misconfigured(
                "another tieline command is working in this state directory",
                where=str(folder.path),
                mend="Wait until it has ended or stop it, or give another folder with --state.",
            ) from None
        yield
    finally:
        os.close(descriptor)


def write_private(path: Path, content: bytes) -> None:
    """Whole or not at all, for the owner only; on the disk when it returns."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
