from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tieline.contract import Side
from tieline.sync.identity import derive, marker, operation_key, read_marker

parts = st.lists(st.text(max_size=5), max_size=4)


@given(parts, parts)
def test_other_parts_give_another_id(one: list[str], two: list[str]) -> None:
    assert (derive(*one) == derive(*two)) == (one == two)


def test_a_key_stays_the_same_within_an_epoch_only() -> None:
    assert operation_key("l", Side.ERP, "create", 0) == operation_key("l", Side.ERP, "create", 0)
    assert operation_key("l", Side.ERP, "create", 0) != operation_key("l", Side.ERP, "create", 1)


def test_a_marker_names_the_erp_record_even_when_keys_hold_slashes() -> None:
    text = marker("books", "", "CustomerContacts", "guid/guid")
    assert read_marker(text) == ("books", "", "CustomerContacts", "guid/guid")
    assert read_marker("typed by a person") is None
