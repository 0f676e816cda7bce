"""`tieline translations`: what is said in which language, for those who translate."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tieline.cli.exit_codes import FAILED
from tieline.cli.invocation import Invocation, pass_invocation
from tieline.contract import Misconfigured

if TYPE_CHECKING:
    from tieline.host.books import Book

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("--language", default="fr", show_default=True, metavar="CODE", help="Which language, for example fr.")
@click.option("--of", "name", default="", metavar="NAME", help="Only this catalogue: tieline, or a plugin's name.")
@click.option("--missing", is_flag=True, help="Only texts that are not translated.")
@click.option("--export", type=_FILE, metavar="FILE", help="Write a gettext catalogue (.po) to fill in. Wants --of.")
@click.option("--check", type=_FILE, metavar="FILE", help="Check such a file: exit 1 for any mistake. Wants --of.")
@pass_invocation
@click.pass_context
def translations(
    ctx: click.Context,
    invocation: Invocation,
    language: str,
    name: str,
    missing: bool,
    export: Path | None,
    check: Path | None,
) -> None:
    """Show what is translated and what is not: the host's words and those of every plugin. Calls neither side."""
    found = _books(invocation, name)
    if export:
        _export(invocation, _single(found), language, export)
    elif check and not _check(invocation, _single(found), check):
        ctx.exit(FAILED)
    elif not check:
        documents = [_document(book, language) for book in found]
        invocation.show({"language": language, "catalogues": documents}, lambda: _lines(documents, missing))


def _books(invocation: Invocation, name: str) -> list[Book]:
    from tieline.host.books import books

    found = books(invocation.runtime.host)
    chosen = [book for book in found if name in ("", book.name)]
    if not chosen:
        names = ", ".join(book.name for book in found)
        raise Misconfigured("there is no such catalogue", where=name, mend=f"Choose one of {names}.")
    return chosen


def _single(found: list[Book]) -> Book:
    if len(found) > 1:
        names = ", ".join(book.name for book in found)
        raise Misconfigured("a file holds one catalogue", mend=f"Give --of with one of {names}.")
    return found[0]


def _document(book: Book, language: str) -> dict[str, Any]:
    known = book.known(language)
    return {
        "name": book.name,
        "texts": len(book.wanted),
        "missing": [{"text": text, "stands_in": list(book.wanted[text])} for text in book.missing(known)],
        "dead": book.dead(known),
        "slots_differ": book.slips(known),
    }


def _lines(documents: list[dict[str, Any]], missing: bool) -> Iterator[str]:
    for one in documents:
        open_, dead, slips = len(one["missing"]), len(one["dead"]), len(one["slots_differ"])
        yield f"{one['name']}: {one['texts']} texts, {open_} not translated, {dead} dead, {slips} with other slots."
        for text in one["missing"] if missing else ():
            yield f"  {', '.join(text['stands_in'])}: {text['text']!r}"


def _export(invocation: Invocation, book: Book, language: str, file: Path) -> None:
    """In the order of the sources, with what is translated already."""
    from tieline.host.po import written

    known = book.known(language)
    entries = {text: known.get(text, "") for text in book.wanted}
    entries |= {text: said for text, said in known.items() if text in book.allowed and text not in entries}
    try:
        file.write_bytes(written(language, entries, book.wanted))
    except OSError as error:
        words = f"the catalogue cannot be written ({error.strerror})"
        raise Misconfigured(words, where=str(file), mend="Name another file.") from None
    left = sum(not said for said in entries.values())
    document = {"file": str(file), "texts": len(entries), "missing": left}
    invocation.show(document, lambda: [f"{file}: {len(entries)} texts, {left} to translate."])


def _check(invocation: Invocation, book: Book, file: Path) -> bool:
    from tieline.host.po_check import Mistake, mistakes

    try:
        found = mistakes(book, file.read_bytes())
    except OSError as error:
        words = f"the catalogue cannot be read ({error.strerror})"
        raise Misconfigured(words, where=str(file), mend="Check its name.") from None

    def line(one: Mistake) -> str:
        place = f"{file}:{one.line}" if one.line else str(file)
        return f"{place}  {one.what}  {one.text!r}"

    document = {"file": str(file), "mistakes": [one.as_document() for one in found]}
    invocation.show(document, lambda: [*map(line, found), f"{file}: {len(found)} mistakes."])
    return not found
