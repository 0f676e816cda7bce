"""Picklists of buttons that offer what an administrator set."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tieline.contract import Action, Choice, Decline, Parameter, Setting, System, Text
from tieline.workers.offered import with_choices


def _no_client(_context: Any) -> Any:
    raise AssertionError("no client is needed")


TERM = Parameter("term", "Term", Text(20))
KIND = Parameter("kind", "Kind", Text(80), offered="kinds")
SYSTEM = System("toy", "Toy", "Toy", (Setting("kinds", "Kinds", "Words.", default="Order"),), _no_client, ())
ACTION = Action("toy", "order", "Order", "Opportunity", lambda _given: Decline("No."), parameters=(KIND, TERM))


@pytest.mark.parametrize(
    ("told", "offered"),
    [
        ([], None),
        ([{}], None),
        ([{"kinds": "Rush"}], None),
        ([{"kinds": " Rush , Order,Rush"}], ("Rush", "Order")),
        ([{"kinds": "Rush"}, {}], ("Rush", "Order")),
    ],
)
def test_more_than_one_word_is_a_picklist_of_all_back_offices_together(told: Any, offered: Any) -> None:
    (action,) = with_choices((ACTION,), SYSTEM, told)
    expected = () if offered is None else (replace(KIND, kind=Choice(offered)),)
    assert action.parameters == (*expected, TERM)
