"""What a fresh reading of a list means."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tieline.contract import ListRow, ManagedList
from tieline_managed_lists.rows import settle

TERMS = ManagedList("acme", "terms", "Payment term", "Payment terms")


def rows(*names: str, active: bool = True) -> list[ListRow]:
    return [ListRow(name, name.upper(), active) for name in names]


def test_new_rows_come_in() -> None:
    assert settle(TERMS, [], rows("a", "b")).rows == tuple(rows("a", "b"))


def test_a_renamed_row_follows_its_key() -> None:
    settled = settle(TERMS, rows("a"), [ListRow("a", "Ninety days")])
    assert settled.rows == (ListRow("a", "Ninety days"),)
    assert settled.alarm == ""


def test_a_withdrawn_row_stays_but_is_not_active() -> None:
    settled = settle(TERMS, rows("a", "b"), rows("a"))
    assert settled.rows == (*rows("a"), *rows("b", active=False))
    assert settled.alarm == ""


def test_a_row_added_again_is_active_again() -> None:
    assert settle(TERMS, rows("a", active=False), rows("a")).rows == tuple(rows("a"))


def test_a_row_the_back_office_calls_inactive_is_inactive() -> None:
    assert settle(TERMS, rows("a"), rows("a", active=False)).rows == tuple(rows("a", active=False))


def test_an_empty_answer_keeps_everything_and_alarms() -> None:
    settled = settle(TERMS, rows("a", "b"), [])
    assert settled.rows == tuple(rows("a", "b"))
    assert "Payment terms: the back office answered with an empty list; the 2 known rows were kept" in settled.alarm


def test_a_list_that_was_always_empty_is_fine() -> None:
    settled = settle(TERMS, [], [])
    assert (settled.rows, settled.alarm) == ((), "")


def test_rows_without_a_key_and_repeated_keys_are_left_out_with_an_alarm() -> None:
    settled = settle(TERMS, [], [*rows("a"), ListRow("", "?"), ListRow("a", "again")])
    assert settled.rows == tuple(rows("a"))
    assert settled.alarm == "Payment terms: rows left out: 1 without a key, 1 with a key that came before"


def by_key(row: ListRow) -> str:
    return row.key


KEYS = st.lists(st.sampled_from("abcdef"), unique=True)


@given(KEYS, KEYS)
def test_nothing_is_ever_lost_and_a_second_look_changes_nothing(before: list[str], after: list[str]) -> None:
    first = settle(TERMS, rows(*before), rows(*after))
    assert {row.key for row in first.rows} == {*before, *after}
    again = settle(TERMS, first.rows, rows(*after))
    assert sorted(again.rows, key=by_key) == sorted(first.rows, key=by_key)
