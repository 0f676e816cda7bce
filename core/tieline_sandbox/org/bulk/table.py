"""CSV as the Bulk API reads and writes it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tieline_sandbox.org.bulk.jobs import DELIMITERS, LINE_ENDINGS, Job

_NULL = "#N/A"


class BadTable(Exception):
    """CSV that fails the job as a whole."""


def rows_of(job: Job, content: bytes) -> tuple[list[str], Iterator[list[str]]]:
    """Header and rows; BadTable when the text is not what the job declared."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadTable("ClientInputError : the data is not valid UTF-8") from None
    first = text.partition("\n")[0]
    if text and first.endswith("\r") != (job["lineEnding"] == "CRLF") and "\n" in text:
        setting = job["lineEnding"]
        raise BadTable(
            f"ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is {setting}"
        )
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=DELIMITERS[job["columnDelimiter"]], strict=True)
    checked = _checked(reader)
    header = next(checked, None)
    if not header or not all(name.strip() for name in header):
        raise BadTable("InvalidBatch : the first row must name the fields")
    return [name.strip() for name in header], checked


def _checked(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from (row for row in reader if row)
    except csv.Error as error:
        raise BadTable(f"InvalidBatch : Failed to parse CSV: {error}") from None


def record(header: Sequence[str], row: Sequence[str]) -> dict[str, Any]:
    """A row as it would be sent in JSON: an empty cell says nothing, `#N/A` is null.

    `Account.Key__c` names a parent by external id.
    """
    out: dict[str, Any] = {}
    for name, cell in zip(header, row, strict=True):
        value = None if cell == _NULL else cell
        if cell == "":
            continue
        relation, dot, key = name.partition(".")
        out[relation if dot else name] = {key: value} if dot and value is not None else value
    return out


def lines(job: Job, rows: Iterable[Sequence[str]]) -> str:
    """Rows as text, every cell quoted."""
    out = io.StringIO(newline="")
    writer = csv.writer(
        out,
        delimiter=DELIMITERS[job["columnDelimiter"]],
        lineterminator=LINE_ENDINGS[job["lineEnding"]],
        quoting=csv.QUOTE_ALL,
    )
    writer.writerows(rows)
    return out.getvalue()


def cell(value: Any) -> str:
    """A value as CSV shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    return text.replace(".000+0000", ".000Z") if text.endswith(".000+0000") else text
