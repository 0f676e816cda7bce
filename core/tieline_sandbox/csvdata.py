"""Strict reading of the CSV files a sandbox is seeded from: a file is good as a whole or refused as a whole."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from tieline_sandbox.application import SeedRefused

Row = dict[str, str | None]
_Numbered = tuple[int, list[str]]
_OTHER_SIGNS = (";", "\t", "|")


def read_table(path: Path, required_columns: Sequence[str]) -> list[Row]:
    """All rows of a UTF-8 file with a header; `NULL` is None, a missing file is empty.

    Raises SeedRefused: one sentence with the file, the first bad line, how many rows are bad, and the mend.
    """
    if not path.exists():
        return []
    rows = _rows(path, _text(path))
    header = _header(path, next(rows, (1, []))[1], required_columns)
    body = list(rows)
    _check_widths(path, len(header), body)
    return [{name: _value(text) for name, text in zip(header, row, strict=True)} for _, row in body]


def line_of(path: Path, number: int) -> int:
    """The line on which a row of data begins; rows count from 1, as `read_table` gives them."""
    rows = list(_rows(path, _text(path)))
    return rows[number][0]


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SeedRefused(f"{path} cannot be read ({error.strerror}); give a readable CSV file.") from None
    if b"\0" in raw:
        line = raw.count(b"\n", 0, raw.index(b"\0")) + 1
        raise SeedRefused(f"{path}: line {line} holds a NUL byte; save the file as plain UTF-8 text.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SeedRefused(f"{path}: line {line} is not UTF-8; save the file as UTF-8.") from None


def _rows(path: Path, text: str) -> Iterator[_Numbered]:
    """Each row with the line it begins on; blank lines are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    try:
        for row in reader:
            if row:
                yield begins, row
            begins = reader.line_num + 1
    except csv.Error as error:
        words = "close the quotes and double those inside a field"
        raise SeedRefused(f"{path}: the row that begins on line {begins} is no CSV ({error}); {words}.") from None


def _header(path: Path, header: list[str], required: Sequence[str]) -> list[str]:
    header = [name.strip() for name in header]
    missing = [name for name in required if name not in header]
    other = next((sign for sign in _OTHER_SIGNS if len(header) == 1 and sign in header[0]), None)
    if other:
        raise SeedRefused(f"{path}: the header on line 1 is separated by {other!r}; save the file with commas.")
    if missing:
        raise SeedRefused(f"{path}: the header on line 1 lacks {', '.join(missing)}; add the missing columns.")
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise SeedRefused(f"{path}: the header names {twice[0]} more than once; give every column its own name.")
    return header


def _check_widths(path: Path, width: int, rows: list[_Numbered]) -> None:
    bad = [(line, len(row)) for line, row in rows if len(row) != width]
    if bad:
        line, fields = bad[0]
        count = f"{len(bad)} row{'s are' if len(bad) > 1 else ' is'} of the wrong width"
        mend = "quote fields that hold a comma" if fields > width else "fill up short rows"
        raise SeedRefused(f"{path}: line {line} has {fields} fields, the header has {width}; {count}; {mend}.")


def _value(text: str) -> str | None:
    return None if text == "NULL" else text
