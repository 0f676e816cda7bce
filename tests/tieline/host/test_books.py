"""Everything that people read is said in French: the host's words and those of every plugin of ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from tieline.contract import Translations
from tieline.host import discovery, loading
from tieline.host.books import Book, books
from tieline.host.declarations import gather
from tieline.host.po import written
from tieline.host.po_check import mistakes

LANGUAGES = ("fr",)


@pytest.fixture(scope="module")
def found() -> Sequence[Book]:
    own = [each for each in discovery.find({}) if each.standing is discovery.Standing.OWN]
    return books(gather(loading.load(own)))


def all_of(found: Sequence[Book], what: Callable[[Book, dict[str, str]], list[str]]) -> list[str]:
    return [f"{book.name}: {text}" for book in found for text in what(book, book.known("fr"))]


def test_nothing_is_left_to_translate(found: Sequence[Book]) -> None:
    """To mend: `tieline translations --missing`, then fill in the catalogue."""
    assert len(found[0].wanted) > 700
    assert all_of(found, lambda book, known: book.missing(known)) == []


def test_no_entry_is_dead(found: Sequence[Book]) -> None:
    assert all_of(found, lambda book, known: book.dead(known)) == []


def test_slots_are_the_same_on_both_sides(found: Sequence[Book]) -> None:
    assert all_of(found, lambda book, known: book.slips(known)) == []


def test_every_plugin_of_ours_with_a_system_brings_its_own_words(found: Sequence[Book]) -> None:
    assert {"tieline", "unleashed"} <= {book.name for book in found}


@pytest.fixture
def book() -> Book:
    wanted = {"one {a}": ("x.py",), "two": ("x.py", "y.py")}
    return Book("acme", wanted, {"maybe"}, [Translations("acme", "fr", {"one {a}": "un {b}", "old": "vieux"})])


def test_a_book_knows_what_is_missing_dead_and_out_of_slot(book: Book) -> None:
    known = book.known("fr")
    assert book.missing(known) == ["two"]
    assert book.dead(known) == ["old"]
    assert book.slips(known) == ["one {a}"]
    assert book.missing(book.known("de")) == ["one {a}", "two"]


def test_mistakes_of_a_file_come_with_their_lines(book: Book) -> None:
    po = written("fr", {"one {a}": "un {b}", "old": "vieux", "maybe": ""}, {})
    told = [
        (one.what, one.text, po.decode().split("\n")[one.line - 1] if one.line else "") for one in mistakes(book, po)
    ]
    assert told == [
        ("the slots differ", "one {a}", 'msgid "one {a}"'),
        ("nobody says this any more", "old", 'msgid "old"'),
        ("this is not translated", "maybe", 'msgid "maybe"'),
        ("this is missing", "two", ""),
    ]
    assert mistakes(book, written("fr", {"one {a}": "un {a}", "two": "deux"}, {})) == []


@pytest.mark.parametrize("po", [b'msgid "a', b"\xff\xfe", b"this is prose"])
def test_a_file_that_is_no_catalogue_is_one_mistake(book: Book, po: bytes) -> None:
    assert [one.what for one in mistakes(book, po)] == ["this is no gettext catalogue"]


def test_the_same_words_give_the_same_bytes(book: Book) -> None:
    one = written("fr", {"two": "deux"}, book.wanted)
    assert one == written("fr", {"two": "deux"}, book.wanted)
    assert b"Creation-Date" not in one
    assert b"#: x.py y.py" in one
    assert replace(book, catalogues=[Translations.from_po("acme", "fr", one)]).known("fr") == {"two": "deux"}
