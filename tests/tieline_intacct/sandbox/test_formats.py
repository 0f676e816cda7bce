"""Bare replies in JSON and CSV."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

FIELDS = "<field>CUSTOMERID</field><field>NAME</field><field>CREDITLIMIT</field>"
ROWS = [
    {"CUSTOMERID": "C-1", "NAME": "Ackman, Alice", "CREDITLIMIT": ""},
    {"CUSTOMERID": "C-2", "NAME": 'é "2"', "CREDITLIMIT": "5"},
]


@pytest.fixture
def two(desk: Any) -> Any:
    for row in ROWS:
        desk.customer(row["CUSTOMERID"], NAME=row["NAME"], CREDITLIMIT=row["CREDITLIMIT"])
    return desk


def query(form: str, fields: str = FIELDS) -> str:
    order = "<orderby><order><field>CUSTOMERID</field><ascending/></order></orderby>"
    options = f"<options><returnformat>{form}</returnformat></options>"
    return f"<query><object>CUSTOMER</object><select>{fields}</select>{order}{options}</query>"


def test_json_is_a_list_of_records(two: Any) -> None:
    answer = two.send(two.request(query("json")), headers={"Accept-Encoding": "gzip"})
    assert dict(answer.headers)["Content-Type"].startswith("application/json")
    assert json.loads(gzip.decompress(answer.body)) == ROWS


def test_csv_has_a_header(two: Any) -> None:
    answer = two.send(two.request(query("CSV")))
    assert answer.body.decode() == 'CUSTOMERID,NAME,CREDITLIMIT\nC-1,"Ackman, Alice",\nC-2,"é ""2""",5\n'


@pytest.mark.parametrize("function", ["read", "readByName", "readByQuery"])
def test_the_older_reads_answer_so_too(two: Any, function: str) -> None:
    keys = {"read": "1,2", "readByName": "C-1,C-2"}.get(function, "")
    asked = (
        f"<{function}><object>CUSTOMER</object><keys>{keys}</keys><fields>CUSTOMERID,NAME,CREDITLIMIT</fields>"
        f"<query/><returnFormat>json</returnFormat></{function}>"
    )
    assert json.loads(two.send(two.request(asked)).body) == ROWS


def test_failures_and_several_functions_stay_in_xml(two: Any, forms: Any) -> None:
    failed = two.send(two.request(query("json", "<field>NOPE</field>")))
    assert forms.parsed(failed).findtext("operation/result/status") == "failure"
    both = two.send(two.request(query("json"), query("json")))
    assert len(forms.parsed(both).findall("operation/result")) == 2
    assert "returnformat must be xml, json or csv; it is yaml" in two.words(query("yaml"))
