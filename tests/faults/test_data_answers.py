"""Answers that are not what they say: doubled names, no numbers, wrong encodings, entities, bottomless nesting.

What cannot be read is an error and says so. It is never an empty list, a blank field or garbled text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tieline.contract import TielineError

Change = Callable[[bytes], bytes]
SPOILED: dict[str, Change] = {
    "a name twice": lambda body: body.replace(b'"CustomerName":', b'"CustomerName": "Mallory", "CustomerName":', 1),
    "not a number": lambda body: body.replace(b'"NumberOfItems":', b'"Odd": NaN, "NumberOfItems":', 1),
    "latin-1": lambda body: body.replace("Söner".encode(), "Söner".encode("latin-1")),
    "half a character": lambda body: body[: body.index(b"\xc3") + 1] if b"\xc3" in body else body[:-1],
    "nested": lambda _body: b"[" * 100_000,
    "markup": lambda _body: b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "nothing": lambda _body: b"",
    "a word": lambda _body: b"null",
    "other pages": lambda body: body.replace(b'"Items":', b'"Rows":', 1),
}
HARMLESS: dict[str, Change] = {
    "byte order mark": lambda body: b"\xef\xbb\xbf" + body,
    "utf-16": lambda body: body.decode().encode("utf-16"),
}


RARE = {"half a character", "nested", "markup", "nothing", "other pages"}


def deep(name: str) -> Any:
    return pytest.param(SPOILED[name], marks=pytest.mark.deep)


def spoil(box: Any, path: str, change: Change, query: str = "") -> list[int]:
    """Until calmed, change what the system answers there; one entry for each time it was done."""
    done: list[int] = []

    def between(request: Any, answer: Any) -> Any:
        response = answer()
        if request.method != "GET" or not request.path.endswith(path) or query not in request.target:
            return response
        done.append(response.status)
        return replace(response, body=change(response.body))

    box.between = between
    return done


@pytest.mark.parametrize(
    "change", [deep(name) if name in RARE else change for name, change in SPOILED.items()], ids=SPOILED
)
def test_a_list_of_the_back_office_that_makes_no_sense(tie: Any, change: Change) -> None:
    before = tie.places()
    links = {one.id: str(one.status) for one in tie.links()}
    done = spoil(tie.erp, "/Customers", change)
    told = tie.cycle().problems
    assert done
    assert [one for one in told if one.startswith("read erp")], told
    assert tie.org.by_engine(before[0]) == []
    assert tie.erp.by_engine(before[1]) == []
    tie.org.calm()
    tie.erp.calm()
    assert tie.settle() == []
    assert {one.id: str(one.status) for one in tie.links()} == links


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
def test_another_encoding_that_says_what_it_is_is_read_right(tie: Any, change: Change) -> None:
    done = spoil(tie.erp, "/Customers", change)
    guid = tie.customer(CustomerName="Söner & Döttrar")
    tie.settle()
    assert done
    assert tie.org.held("Account", tie.link(guid).crm_key)["Name"] == "Söner & Döttrar"


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.replace(b'"totalSize":', b'"totalSize": 0, "totalSize":', 1),
        lambda body: body.replace(b'"done":', b'"odd": NaN, "done":', 1),
        lambda body: body.replace(b'"Id":', b'"Odd": "\xf6", "Id":', 1),
        lambda _body: b'{"a":' * 100_000,
        lambda _body: b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'x'>]><a>&b;</a>",
    ],
    ids=["a name twice", "not a number", "latin-1", "nested", "entities"],
)
def test_an_answer_of_the_org_that_makes_no_sense(tie: Any, change: Change) -> None:
    account, guid = tie.pair()
    tie.crm_edit("Account", account, Phone="5")
    before = tie.places()
    done = spoil(tie.org, "/query", change, "FROM+Account")
    told = tie.cycle().problems
    assert done
    assert [one for one in told if one.startswith("read crm")], told
    assert tie.erp.by_engine(before[1]) == []
    tie.org.calm()
    assert tie.settle() == []
    assert tie.erp.held("Customers", guid)["PhoneNumber"] == "5"


def test_entities_in_the_orgs_soap_are_not_looked_at(tie: Any) -> None:
    """The metadata API speaks XML: an answer with a document type is refused whole."""

    def between(request: Any, answer: Any) -> Any:
        response = answer()
        if "/services/Soap/m/" not in request.path:
            return response
        bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
        head, _, rest = response.body.partition(b"?>")
        return replace(response, body=bomb + (rest if b"<?xml" in head else response.body))

    tie.org.between = between
    with pytest.raises(TielineError, match="whole SOAP answer"):
        tie.engine().org.metadata.list_components("PermissionSet")
