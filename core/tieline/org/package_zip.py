"""Opening a package that came from the org."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib

from tieline.contract import TransientError

_LARGEST = 600 * 1024 * 1024  # the platform's own cap on an unpacked package [D16]
_MOST_FILES = 10_000
_TOP = "unpackaged/"
_BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, NotImplementedError, EOFError, RuntimeError,
    ValueError, OSError, LookupError, OverflowError,
)  # fmt: skip
"""What reading a zip raises whose tables lie."""


def unpack(packed: bytes, where: str) -> dict[str, bytes]:
    """Files by path, without the manifest and the top folder. Nothing is written to disk.

    Raises TransientError for a zip that is broken or larger than any the platform makes.
    """
    if not packed:
        return {}
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as opened:
            entries = [entry for entry in opened.infolist() if not entry.is_dir()]
            if len(entries) > _MOST_FILES or sum(entry.file_size for entry in entries) > _LARGEST:
                raise TransientError("the retrieved package is too large", where=where)
            files = {entry.filename.removeprefix(_TOP): opened.read(entry) for entry in entries}
    except _BROKEN as error:
        raise TransientError("the retrieved package is not a whole zip", where=where) from error
    files.pop("package.xml", None)
    return files
