"""Documents of all kinds in one question: fewer calls, and each kind still gets all of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tieline.contract import Cursor, Done, Operation
from tieline_intacct.functions import MOST_VALUES, one_of

KINDS = {"quote": "quote", "sales_order": "order", "invoice": "invoice"}
OPPORTUNITY = "006000000000001AAA"
Sell = Callable[..., str]


@pytest.fixture
def sell(live: Any, make_write: Any) -> Sell:
    live.create("customer", "c", NAME="Acme", CUSTOMERID="C-1", TERMNAME="N30")
    live.create("item", "i", ITEMID="I-1", NAME="Item", ITEMTYPE="Non-Inventory")

    def make(mapping: str, name: str, client: Any = None) -> str:
        header = {"CUSTVENDID": "C-1", "WHENCREATED": date(2026, 1, 5), "OPPORTUNITY": OPPORTUNITY}
        line = {"ITEMID": "I-1", "QUANTITY": Decimal(1), "PRICE": Decimal(10)}
        inside = {f"SODOCUMENTENTRY.{KINDS[mapping]}": (line,)}
        (made,) = (client or live).write(mapping, make_write(Operation.CREATE, "", name, header, children=inside))
        live.later()
        assert isinstance(made, Done), made
        return str(made.key)

    return make


def _read(live: Any, since: Cursor | None = None) -> dict[str, list[str]]:
    """One sweep: every kind in the host's order, and what opportunities are worth."""
    names = (*KINDS, "opportunity_amount")
    return {
        name: [record.key for page in live.client.pages("", live.shape(name), since) for record in page.records]
        for name in names
    }


def _questions(live: Any) -> int:
    """About documents, without their lines."""
    return sum(b"<object>SODOCUMENT</object>" in one.body for one in live.transport.asked)


def test_one_question_serves_every_kind(live: Any, sell: Sell) -> None:
    made = {name: [sell(name, name)] for name in KINDS}
    before = _questions(live)
    assert _read(live) == {**made, "opportunity_amount": [OPPORTUNITY]}
    assert _questions(live) - before == 1


def test_the_next_sweep_asks_again(live: Any, sell: Sell) -> None:
    sell("quote", "a")
    _read(live)
    late = sell("quote", "b")
    assert late in _read(live)["quote"]


def test_nothing_new_costs_one_question(live: Any, sell: Sell) -> None:
    sell("quote", "a")
    live.later(60)
    before = _questions(live)
    assert set(map(tuple, _read(live, Cursor(live.effects.now())).values())) == {()}
    assert _questions(live) - before == 1


def test_each_kind_has_the_time_of_the_question_it_was_answered_by(live: Any, sell: Sell) -> None:
    """What changes between the kinds is behind none of their cursors."""
    sell("quote", "a")
    (first,) = live.client.pages("", live.shape("quote"), None)
    live.later(5)
    late = sell("sales_order", "b")
    (second,) = live.client.pages("", live.shape("sales_order"), None)
    assert second.as_of == first.as_of
    live.later(60)
    assert late in _read(live, Cursor(second.as_of))["sales_order"]


def test_a_page_kept_too_long_is_asked_for_anew(live: Any, sell: Sell) -> None:
    list(live.client.pages("", live.shape("quote"), None))
    late = sell("sales_order", "b")
    live.effects.seconds += 61
    (page,) = live.client.pages("", live.shape("sales_order"), None)
    assert [record.key for record in page.records] == [late]


def test_more_than_a_page_is_read_kind_by_kind(live: Any, sell: Sell) -> None:
    small = live.again(page_size="3")
    made: dict[str, list[str]] = {name: [] for name in KINDS}
    for number in range(3):
        for name in KINDS:
            made[name].append(sell(name, f"{name}{number}"))
    assert _read(small) == {**made, "opportunity_amount": [OPPORTUNITY]}


def test_what_does_not_fit_is_tried_once(live: Any, sell: Sell) -> None:
    """The daily reading of a large company does not pay for it again and again."""
    small = live.again(page_size="2")
    for number in range(3):
        sell("quote", f"q{number}")
    _read(small)
    before = _questions(small)
    _read(small)
    assert _questions(small) - before == 6  # two pages of quotes and of amounts, one of orders, one of invoices


def test_a_reading_that_goes_on_from_long_ago_asks_for_its_own_kind_alone(live: Any, sell: Sell) -> None:
    sell("quote", "a")
    long_ago = Cursor(live.effects.now())
    live.later(2 * 24 * 3600)
    live.effects.seconds += 2 * 24 * 3600
    late = sell("quote", "b")
    sell("sales_order", "o")
    before = _questions(live)
    assert late in _read(live, long_ago)["quote"]
    assert _questions(live) - before == 5  # one for each kind, and what the opportunity's documents come to


def test_a_field_that_one_kind_alone_wants_is_asked_for(live: Any, sell: Sell) -> None:
    """An administrator may add fields to one kind."""
    sell("quote", "a")
    sell("sales_order", "b")
    wider = replace(live.shape("sales_order"), fields=(*live.shape("sales_order").fields, "CREATEDFROM"))
    list(live.client.pages("", live.shape("quote"), None))
    (page,) = live.client.pages("", wider, None)
    assert "CREATEDFROM" in page.records[0].fields


def test_lines_of_more_documents_than_one_list_takes_are_asked_for_at_once() -> None:
    spread = one_of("DOCHDRID", [f"D-{number}" for number in range(2 * MOST_VALUES)])
    assert [(part.tag, len(part.findall("value"))) for part in spread] == [("in", MOST_VALUES)] * 2
