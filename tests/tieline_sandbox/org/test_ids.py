from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieline_sandbox.org import ids


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("001000000000001", "001000000000001AAA"),
        ("00530000003xqAb", "00530000003xqAbAAI"),
        ("001D000000IRFma", "001D000000IRFmaIAH"),
    ],
)
def test_the_checksum_is_the_platforms(short: str, full: str) -> None:
    assert ids.full(short) == full == ids.full(full)


@given(st.text(alphabet=ids.ALPHABET, min_size=15, max_size=15))
def test_wrong_case_is_mended_by_the_checksum(short: str) -> None:
    full = ids.full(short)
    assert full is not None
    assert ids.full(full.lower()) == full


@given(st.text(max_size=20))
def test_what_is_no_id_is_refused(text: str) -> None:
    found = ids.full(text)
    assert found is None or (len(found) == 18 and found.isalnum())


def test_numbers_become_ids_in_order() -> None:
    made = [ids.make("001", "XY000", number) for number in range(1, 200)]
    assert made == sorted(made)
    assert all(ids.full(each) == each for each in made)
