"""Our own records, met before any answer told of them: whoever takes them for somebody else's makes their partner
twice."""

from __future__ import annotations

from typing import Any

import pytest

from tieline.contract import HttpResponse, Operation, Refused, TransientError, Unknown

NAMES = {"customer": {"NAME": "Acme"}, "contact": {"FIRSTNAME": "Ada", "LASTNAME": "Byron"}}


def _met(live: Any, mapping: str) -> list[str]:
    """The markers that a poll shows."""
    pages = live.client.pages("", live.shape(mapping), None)
    return [record.marker for page in pages for record in page.records if record.marker]


def _born_without_an_answer(live: Any, make_write: Any, mapping: str) -> Any:
    live.transport.lose = 1
    birth = make_write(Operation.CREATE, "", "a", NAMES[mapping])
    (outcome,) = live.write(mapping, birth)
    assert isinstance(outcome, Unknown)
    return birth


@pytest.mark.parametrize("mapping", list(NAMES))
def test_a_birth_without_an_answer_is_known_when_it_is_met(live: Any, make_write: Any, mapping: str) -> None:
    birth = _born_without_an_answer(live, make_write, mapping)
    assert _met(live, mapping) == [birth.marker]
    (again,) = live.write(mapping, birth)
    assert again.record.key
    assert _met(live, mapping) == []  # the link names it from now on


def test_a_new_process_knows_it_once_it_has_looked_for_it_even_in_vain(live: Any, make_write: Any) -> None:
    birth = _born_without_an_answer(live, make_write, "customer")
    later = live.again()
    assert _met(later, "customer") == []
    later.transport.before = lambda request: HttpResponse(503, {}, b"") if b"<like>" in request.body else None
    with pytest.raises(TransientError):
        later.client.find("", later.shape("customer"), [birth.marker])
    assert _met(later, "customer") == [birth.marker]


def test_a_birth_that_somebody_deleted_before_its_answer_is_told_to_a_person(live: Any, make_write: Any) -> None:
    """The repeat is refused as executed and the record is nowhere: it will never be made under this key."""
    birth = _born_without_an_answer(live, make_write, "customer")
    live.edit("delete", "CUSTOMER", "C-00001")
    (outcome,) = live.write("customer", birth)
    assert isinstance(outcome, Refused)
    assert "deleted or renamed there" in outcome.reason
    assert "made again" in outcome.mend
    assert not outcome.retryable


def test_a_repeat_that_cannot_be_looked_for_stays_unknown(live: Any, make_write: Any) -> None:
    birth = _born_without_an_answer(live, make_write, "customer")
    live.transport.before = lambda request: HttpResponse(503, {}, b"") if b"<like>" in request.body else None
    (outcome,) = live.write("customer", birth)
    assert isinstance(outcome, Unknown)
