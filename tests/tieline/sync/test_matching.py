from __future__ import annotations

from tieline.contract import Field, Mapping
from tieline.store.nouns import Link, Observation
from tieline.sync.matching import pair
from tieline.sync.rules import Rules

KEYS = (Field("Code", "code", key=True), Field("Email", "email", key=True))
RULES = Rules(Mapping("toy", "thing", "Thing", "Thing__c", "Things", KEYS), {})


def crm(ident: str, **fields: str) -> Link:
    return Link(ident, "books", "", "thing", crm_key=ident, crm=Observation(fields))


def erp(ident: str, **fields: str) -> Link:
    return Link(ident, "books", "", "thing", erp_key=ident, erp=Observation(fields))


def test_one_partner_on_one_strong_key_is_a_pair() -> None:
    found = pair(RULES, [crm("a", Code="1")], [erp("x", Code="1"), erp("y", Code="2")])
    assert (found.pairs, found.ambiguous) == ([("a", "x")], {})


def test_mail_addresses_do_not_mind_the_case_but_codes_do() -> None:
    found = pair(
        RULES, [crm("a", Email="Jo@x.org"), crm("b", Code="k")], [erp("x", Email="jo@X.org"), erp("y", Code="K")]
    )
    assert found.pairs == [("a", "x")]


def test_two_candidates_never_link_and_all_of_them_are_marked() -> None:
    found = pair(RULES, [crm("a", Code="1"), crm("b", Code="1")], [erp("x", Code="1")])
    assert found.pairs == []
    assert found.ambiguous == {"a": ("x",), "b": ("x",), "x": ("a", "b")}


def test_two_keys_that_name_different_partners_are_ambiguous() -> None:
    found = pair(RULES, [crm("a", Code="1", Email="m@x.org")], [erp("x", Code="1"), erp("y", Email="m@x.org")])
    assert found.pairs == []
    assert set(found.ambiguous) == {"a", "x", "y"}


def test_empty_keys_match_nothing() -> None:
    assert pair(RULES, [crm("a")], [erp("x")]).pairs == []
