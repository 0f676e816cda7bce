"""Whatever comes in: an answer of the contract, never an exception, and nothing written by a refusal."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tieline_intacct.sandbox import build
from tieline_intacct.sandbox.catalogue import standard
from tieline_sandbox.effects import Clock, Randomness

BOMB = b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><request>&b;</request>'
FILE = b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]><request>&f;</request>'


@pytest.mark.parametrize(
    "body",
    [b"", b"no xml", BOMB, FILE, b"<request>", b"<request><control/></request>", b"<a>" * 5000, b"\xff\xfe"],
)
def test_what_is_no_request_fails_at_control_level(desk: Any, forms: Any, body: bytes) -> None:
    answer = desk.send(body)
    root = forms.parsed(answer)
    assert (answer.status, root.findtext("control/status")) == (200, "failure")
    assert forms.errors(root)[0][0] == "XL03000003"
    assert b"root:" not in answer.body


@pytest.mark.parametrize("kind", ["", '[<!ENTITY e "expanded">]', '[<!ENTITY e SYSTEM "file:///etc/passwd">]'])
def test_a_good_request_with_a_document_type_is_refused(desk: Any, forms: Any, kind: str) -> None:
    body = desk.request(forms.customer("C-1", COMMENTS="e"))
    if kind:
        body = body.replace(b"<COMMENTS>e<", b"<COMMENTS>&e;<")
    root = forms.parsed(desk.send(b"<!DOCTYPE request " + kind.encode() + b">" + body))
    assert "document type is not allowed" in forms.errors(root)[0][1]
    assert desk.log() == []


@pytest.mark.parametrize(
    "content",
    [
        "",
        "<function/>",
        "<function controlid='1'/>",
        "<function><query/></function>",
        "<other controlid='1'><query/></other>",
    ],
)
def test_functions_that_are_none(desk: Any, forms: Any, content: str) -> None:
    body = desk.request("<x/>").decode()
    head, _, tail = body.partition("<content>")
    root = forms.parsed(desk.send(f"{head}<content>{content}</content>{tail.partition('</content>')[2]}".encode()))
    assert root.findtext("control/status") == "failure"


FUNCTIONS = [
    "query",
    "read",
    "readByName",
    "readByQuery",
    "readMore",
    "readRelated",
    "create",
    "update",
    "delete",
    "lookup",
    "inspect",
    "get_list",
    "get",
    "create_sotransaction",
    "update_sotransaction",
    "delete_sotransaction",
    "create_territory",
    "update_territory",
    "delete_territory",
    "create_arterm",
    "create_sopricelist",
    "create_invpricelistentry",
    "post",
    "hold",
    "getUserPermissions",
    "readEntityDetails",
]
PARTS = [
    "object",
    "select",
    "field",
    "filter",
    "and",
    "or",
    "equalto",
    "between",
    "in",
    "like",
    "isnull",
    "value",
    "orderby",
    "order",
    "pagesize",
    "offset",
    "options",
    "keys",
    "fields",
    "query",
    "resultId",
    "CUSTOMER",
    "ITEM",
    "CONTACT",
    "SODOCUMENT",
    "NAME",
    "CUSTOMERID",
    "RECORDNO",
    "DISPLAYCONTACT",
    "PRINTAS",
    "STATUS",
    "transactiontype",
    "datecreated",
    "year",
    "month",
    "day",
    "customerid",
    "termname",
    "state",
    "sotransitems",
    "sotransitem",
    "itemid",
    "quantity",
    "price",
    "locationid",
    "updatesotransitems",
    "updatesotransitem",
    "sum",
    "count",
    "territoryid",
    "name",
    "due",
    "dueday",
    "showprivate",
]
texts = st.sampled_from(
    ["", "1", "-1", "0", "CUSTOMER", "C-1", "*", "NaN", "1e999", "N30", "'", "%", "true", "Sales Quote", "I-1", "é🚀"]
)
leaves = st.builds(lambda name, text: f"<{name}>{text}</{name}>", st.sampled_from(PARTS), texts)


def element(name: str, parts: list[str]) -> str:
    return f"<{name}>{''.join(parts)}</{name}>"


trees = st.recursive(
    leaves, lambda inner: st.builds(element, st.sampled_from(PARTS), st.lists(inner, max_size=4)), max_leaves=12
)
calls = st.builds(
    lambda name, key, parts: f'<{name} key="{key}" object="{key}" line_num="{key}">{"".join(parts)}</{name}>',
    st.sampled_from(FUNCTIONS), texts.filter(lambda text: text != "'"), st.lists(trees, max_size=5),
)  # fmt: skip


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(calls, min_size=1, max_size=3), st.booleans(), st.booleans())
def test_any_functions_get_results(desk_of: Any, functions: list[str], unique: bool, transaction: bool) -> None:
    intacct = build(None, Clock(frozen=datetime(2026, 1, 5, tzinfo=UTC)), Randomness(random.Random(1)), None)
    try:
        desk = desk_of(intacct)
        before = intacct.state.mutations()
        answer = desk.send(desk.request(*functions, unique=unique, transaction=transaction))
        results = etree.fromstring(answer.body).findall("operation/result")  # noqa: TID251 - our own answer
        statuses = [one.findtext("status") for one in results]
        assert (answer.status, len(results)) == (200, len(functions))
        assert set(statuses) <= {"success", "failure", "aborted"}
        if "success" not in statuses and not any(one.find("data") is not None for one in results):
            assert intacct.state.mutations() == before
    finally:
        intacct.state.close()


def test_the_catalogue_is_whole() -> None:
    catalogue = standard()
    for kind in catalogue:
        assert not kind.key or kind.key in kind.fields, kind.name
        assert not kind.label or kind.label in kind.fields, kind.name
        for reference in kind.references.values():
            assert reference.field in kind.fields, (kind.name, reference)
            assert reference.target in catalogue.objects, (kind.name, reference)
        for name, field in kind.fields.items():
            assert name == field.name
            assert field.default is None or not field.codes or field.default in field.codes, (kind.name, name)
