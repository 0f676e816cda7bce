"""Checks a translator's file against what there is to say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from tieline.host.books import Book
from tieline.host.po import Written, entries
from tieline.host.sentence import slots


@dataclass(frozen=True, slots=True)
class Mistake:
    """`line` is 0 for what the file does not have."""

    what: str
    text: str
    line: int = 0

    def as_document(self) -> dict[str, Any]:
        return asdict(self)


def mistakes(book: Book, po: bytes) -> list[Mistake]:
    """All at once, in order of the lines; what is missing comes last."""
    try:
        found = list(entries(po))
    except ValueError as error:
        return [Mistake("this is no gettext catalogue", str(error))]
    wrong = [mistake for entry in found for mistake in _of(book, entry)]
    known = {entry.source for entry in found}
    return [*wrong, *(Mistake("this is missing", text) for text in book.wanted if text not in known)]


def _of(book: Book, entry: Written) -> Iterator[Mistake]:
    if entry.source not in book.wanted and entry.source not in book.allowed:
        yield Mistake("nobody says this any more", entry.source, entry.line)
    elif not entry.translation or entry.fuzzy:
        yield Mistake("this is not translated", entry.source, entry.line)
    elif slots(entry.translation) != slots(entry.source):
        yield Mistake("the slots differ", entry.source, entry.line)
