"""Sentences with slots: finding them again, filling them in, and what they must not be mistaken for."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieline.contract import Translations
from tieline.host.sentence import Sentence, fill, slots
from tieline.host.translations import Translator

TEXT = st.text("ab {}:.,'", max_size=12)


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        ("{label} is missing", "Payment term is missing", {"label": "Payment term"}),
        ("{a} and {b} are tied", "1 and 2 are tied", {"a": "1", "b": "2"}),
        ("{a} and {b} are tied", "1 or 2 are tied", None),
        ("x {a} y", "x y", None),
        ("{rows} rows", "3 rows", {"rows": "3"}),
        ("{rows} rows", "no more rows", None),
        ("no slot", "no slot", None),
        ("{a}{b} fit here", "1 fit here", {"a": "", "b": "1"}),
    ],
)
def test_what_stands_in_the_slots_is_found(source: str, text: str, found: dict[str, str] | None) -> None:
    assert (Sentence(source).match(text) if "{" in source else None) == found


@given(st.lists(TEXT.filter(lambda each: "{" not in each and "}" not in each), min_size=2, max_size=5))
def test_a_sentence_that_was_filled_in_matches_and_gives_the_same_text_back(pieces: list[str]) -> None:
    source = "".join(f"{piece} so and so {{s{place}}}" for place, piece in enumerate(pieces))
    text = fill(source, {f"s{place}": f"v{place}" for place in range(len(pieces))})
    found = Sentence(source).match(text)
    assert found is not None
    assert fill(source, found) == text


def test_matching_takes_time_in_proportion_to_the_text() -> None:
    """A vendor's text of many pieces once took a pattern of many slots for hours."""
    sentence = Sentence("{a}, {b}, {c}, {d}, {e}, {f}, {g} and so on")
    began = time.process_time()
    assert sentence.match(", " * 200_000 + "x") is None
    assert time.process_time() - began < 2


def test_slots_are_compared_as_often_as_they_stand_there() -> None:
    assert slots("{b} {a} {b}") == ["a", "b", "b"]


def test_the_heavier_sentence_is_meant_and_a_sentence_inside_is_said_too() -> None:
    texts = {
        "{what} is not there": "{what} n'y est pas",
        "the list {what} is not there": "la liste {what} n'y est pas",
        "stopped now: {why}": "arrêté : {why}",
        "{rows} rows": "{rows} lignes",
    }
    translator = Translator([Translations("t", "fr", texts)])
    assert translator.text("fr", "the list x is not there") == "la liste x n'y est pas"
    assert translator.text("fr", "stopped now: the list x is not there") == "arrêté : la liste x n'y est pas"
    assert translator.text("fr", "stopped now: 3 rows") == "arrêté : 3 lignes"
    assert translator.text("fr", "  3 rows ") == "  3 lignes "


def test_a_catalogue_is_not_read_before_a_word_of_it_is_wanted() -> None:
    class Unreadable(dict[str, str]):
        def items(self) -> object:  # type: ignore[override]
            raise AssertionError("it was read")

    translator = Translator([Translations("t", "fr", Unreadable())])
    assert translator.text("en_US", "Order") == "Order"
    assert translator.languages() == ("fr",)
    with pytest.raises(AssertionError, match="it was read"):
        translator.text("fr", "Order")


def test_a_catalogue_that_cannot_be_read_keeps_nobody_from_working() -> None:
    broken = Translations.from_po("t", "fr", b'msgid "Order"\nmsgstr "\xff"\n')
    assert Translator([broken]).text("fr", "Order") == "Order"


def test_entries_that_are_fuzzy_or_empty_are_not_said() -> None:
    po = '#, fuzzy\nmsgid "a b"\nmsgstr "x"\n\nmsgid "c d"\nmsgstr ""\n\nmsgid "e f"\nmsgstr "é"\n'
    found = Translations.from_po("t", "fr", po.encode())
    assert dict(found.texts) == {"e f": "é"}
