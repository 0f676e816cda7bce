"""Log files: one line an entry whatever a vendor's text holds, no secrets, a few files of limited size."""

from __future__ import annotations

import contextlib
import logging
import os
import re
from collections.abc import Callable, Iterator
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
_BYTES, _FILES = 1_000_000, 5
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
"""All but tab and newline; a message may not even hold those."""

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class SafeFormatter(logging.Formatter):
    """`clean` takes secrets out; control characters are escaped, so that nobody can forge a line."""

    def __init__(self, clean: Callable[[str], str]) -> None:
        super().__init__(_FORMAT)
        self._clean = clean

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        record.message = _escaped(record.message.replace("\n", "\\n").replace("\t", "\\t"))
        return super().formatMessage(record)

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802 - logging's name
        """Each line stands in, so that none looks like an entry."""
        lines = _escaped(super().formatException(ei)).splitlines()
        return "\n".join(f"  {line}" for line in lines)

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # another handler's text was not cleaned
        return self._clean(super().format(record))


def _escaped(text: str) -> str:
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


class _PrivateFiles(RotatingFileHandler):
    """Every file it makes, also after a change of files, is readable by its owner only."""

    def _open(self) -> TextIOWrapper:
        os.close(os.open(self.baseFilename, os.O_CREAT | os.O_WRONLY, 0o600))
        return super()._open()


def file_handler(path: Path, clean: Callable[[str], str]) -> logging.Handler:
    """For `path`, readable by its owner only."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    handler = _PrivateFiles(path, maxBytes=_BYTES, backupCount=_FILES, encoding="utf-8")
    handler.setFormatter(SafeFormatter(clean))
    return handler


@contextlib.contextmanager
def attached(path: Path, clean: Callable[[str], str], verbose: bool) -> Iterator[None]:
    """While inside, what is logged goes to the file, and with `verbose` to stderr as well."""
    root = logging.getLogger()
    handlers = [file_handler(path, clean), *([to_stderr(clean)] if verbose else [])]
    level = root.level
    root.setLevel(logging.INFO)
    for handler in handlers:
        root.addHandler(handler)
    try:
        yield
    finally:
        root.setLevel(level)
        for handler in handlers:
            root.removeHandler(handler)
            handler.close()


def to_stderr(clean: Callable[[str], str]) -> logging.Handler:
    handler = logging.StreamHandler()
    handler.setFormatter(SafeFormatter(clean))
    return handler
