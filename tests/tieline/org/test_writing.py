"""Writing against a scripted org: what is sent, how often, and what each row is told."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tieline.contract import (
    AnswerLost,
    Cursor,
    Done,
    HttpResponse,
    Misconfigured,
    NothingSent,
    Operation,
    PermanentError,
    RateLimited,
    Refused,
    Shape,
    Stale,
    TransientError,
    Unknown,
    Write,
)

DATA = "/services/data/v60.0"
SHAPE = Shape("Account", ("Name", "Credit__c"))
STAMP = "2026-01-01T00:00:00.000+0000"
IDS = [f"0010000000000{n:02d}AAA" for n in range(60)]


@pytest.fixture
def described(script: Any, answers: Any) -> Any:
    """An Account with the marker; every query shows the rows it asks for by id."""
    kinds = {"Id": "id", "SystemModstamp": "datetime", "Name": "string", "ERP_Key__c": "string", "Credit__c": "double"}
    fields = [{"name": name, "type": kind} for name, kind in kinds.items()]
    script.on("GET", f"{DATA}/sobjects/Account/describe", answers({"name": "Account", "fields": fields}))
    script.rows = lambda request: [row(key) for key in IDS if key in request.url]
    script.on("GET", f"{DATA}/query", lambda request: answers({"done": True, "records": script.rows(request)}))
    return script


def row(key: str, **fields: Any) -> dict[str, Any]:
    return {"Id": key, "SystemModstamp": STAMP, "Name": "n", "ERP_Key__c": None, "Credit__c": 1, **fields}


def create(number: int, **fields: Any) -> Write:
    return Write(Operation.CREATE, "", {"Name": "n", **fields}, f"k{number}", marker=f"m{number}")


def update(number: int, **fields: Any) -> Write:
    return Write(Operation.UPDATE, IDS[number], {"Name": "new", **fields}, f"k{number}", version=STAMP)


def delete(number: int) -> Write:
    return Write(Operation.DELETE, IDS[number], {}, f"k{number}", version=STAMP)


def births_path() -> str:
    return f"{DATA}/composite/sobjects"


def good(number: int, **more: Any) -> dict[str, Any]:
    return {"id": IDS[number], "success": True, "errors": [], **more}


def bad(code: str, *fields: str, message: str = "no") -> dict[str, Any]:
    return {"success": False, "errors": [{"statusCode": code, "message": message, "fields": list(fields)}]}


def test_a_create_is_an_insert_that_carries_its_marker(org: Any, described: Any, answers: Any) -> None:
    described.on("POST", births_path(), answers([good(0, created=True)]))
    (done,) = org.records.write("", SHAPE, [create(0, Credit__c=Decimal("12345678901234.56780"))])
    assert (done.key, done.created, done.version) == (IDS[0], True, STAMP)
    (sent,) = described.sent("POST")
    assert b'"Credit__c":12345678901234.56780' in sent.body
    assert json.loads(sent.body)["records"][0]["ERP_Key__c"] == "m0"
    assert json.loads(sent.body)["allOrNone"] is False


def test_a_lost_answer_is_unknown_and_not_repeated(org: Any, described: Any) -> None:
    described.on("POST", births_path(), AnswerLost("cut"))
    outcomes = org.records.write("", SHAPE, [create(0), create(1)])
    assert [type(one) for one in outcomes] == [Unknown, Unknown]
    assert len(described.sent("POST")) == 1


@pytest.mark.parametrize("error", [NothingSent("off"), RateLimited("day"), Misconfigured("tls")])
def test_a_batch_that_never_left_raises(org: Any, described: Any, error: Exception) -> None:
    described.on("POST", births_path(), error)
    with pytest.raises(type(error)):
        org.records.write("", SHAPE, [create(0)])


def test_after_the_first_call_nothing_raises(org: Any, described: Any, answers: Any) -> None:
    described.on("POST", births_path(), answers([good(0, created=True)]))
    described.on("DELETE", f"{DATA}/composite/sobjects", NothingSent("off"))
    done, later = org.records.write("", SHAPE, [create(0), delete(1)])
    assert isinstance(done, Done)
    assert isinstance(later, Refused)
    assert later.retryable


def test_a_failed_look_raises_before_anything_is_sent(org: Any, described: Any) -> None:
    described.rules.insert(0, ("GET", f"{DATA}/query", [HttpResponse(503, {}, b"")]))
    with pytest.raises(NothingSent):
        org.records.write("", SHAPE, [create(0), update(1)])
    assert described.sent("PATCH") == []


def test_small_updates_carry_their_condition(org: Any, described: Any, answers: Any) -> None:
    gone = [{"errorCode": "ENTITY_IS_DELETED", "message": "entity is deleted"}]
    moved = [{"errorCode": "PRECONDITION_FAILED", "message": "changed"}]
    told = [(204, None), (412, moved), (404, gone), (503, None)]

    def answer(request: Any) -> Any:
        names = [part["referenceId"] for part in json.loads(request.body)["compositeRequest"]]
        assert all(re.fullmatch("[A-Za-z0-9_]+", name) for name in names)
        parts = [
            {"referenceId": name, "httpStatusCode": status, "body": body}
            for name, (status, body) in zip(names, told, strict=False)
        ]
        return answers({"compositeResponse": parts})

    described.on("POST", f"{DATA}/composite", answer)
    outcomes = org.records.write("", SHAPE, [update(n) for n in range(5)])
    assert [type(one) for one in outcomes] == [Done, Stale, Refused, Unknown, Unknown]
    assert outcomes[1].record.key == IDS[1]
    assert outcomes[2].gone
    (sent,) = described.sent("POST")
    parts = json.loads(sent.body)["compositeRequest"]
    assert {part["httpHeaders"]["If-Unmodified-Since"] for part in parts} == {"Thu, 01 Jan 2026 00:00:00 GMT"}
    assert parts[0]["url"] == f"{DATA}/sobjects/Account/{IDS[0]}"


def test_without_composite_collections_do(org: Any, described: Any, answers: Any) -> None:
    described.on("PATCH", f"{DATA}/composite/sobjects", answers([good(0)]))
    for _ in range(2):
        assert isinstance(org.records.write("", SHAPE, [update(0)])[0], Done)
    assert len(described.sent("POST")) == 1  # asked once, remembered


def test_large_updates_go_as_collections(org: Any, described: Any, answers: Any) -> None:
    described.on("PATCH", f"{DATA}/composite/sobjects", answers([good(n) for n in range(30)]))
    outcomes = org.records.write("", SHAPE, [update(n) for n in range(30)])
    assert all(isinstance(one, Done) and one.record for one in outcomes)
    assert described.sent("POST") == []


def test_a_row_the_org_cannot_read_is_found(org: Any, described: Any, answers: Any, refuses: Any) -> None:
    def judge(request: Any) -> Any:
        records = json.loads(request.body)["records"]
        if any(one["Name"] == "bad" for one in records):
            return refuses("JSON_PARSER_ERROR", "cannot read")
        return answers([good(int(one["ERP_Key__c"][1:]), created=True) for one in records])

    described.on("POST", births_path(), judge)
    writes = [create(n) for n in range(8)]
    writes[5] = replace(writes[5], fields={"Name": "bad"})
    outcomes = org.records.write("", SHAPE, writes)
    assert [n for n, one in enumerate(outcomes) if not isinstance(one, Done)] == [5]
    assert (outcomes[5].code, outcomes[5].retryable) == ("JSON_PARSER_ERROR", False)


@pytest.mark.parametrize(
    ("item", "retryable", "gone"),
    [
        (bad("UNABLE_TO_LOCK_ROW"), True, False),
        (bad("DUPLICATE_VALUE", "Other__c"), False, False),
        (bad("REQUIRED_FIELD_MISSING", "Name"), False, False),
        (bad("INVALID_CROSS_REFERENCE_KEY"), False, False),
    ],
)
def test_refused_births(org: Any, described: Any, answers: Any, item: Any, retryable: bool, gone: bool) -> None:
    described.on("POST", births_path(), answers([item]))
    (outcome,) = org.records.write("", SHAPE, [create(0)])
    assert (outcome.retryable, outcome.gone) == (retryable, gone)
    assert outcome.code == item["errors"][0]["statusCode"]


def test_an_insert_that_comes_after_its_own_repeat_overwrites_nothing(org: Any, described: Any, answers: Any) -> None:
    words = f"duplicate value found: ERP_Key__c duplicates value on record with id: {IDS[3][:15]}"
    twin = bad("DUPLICATE_VALUE", "ERP_Key__c", message=words)
    described.on("POST", births_path(), answers([twin]))
    (outcome,) = org.records.write("", SHAPE, [create(0)])
    assert (outcome.key, outcome.created, outcome.record.key) == (IDS[3], False, IDS[3])


def test_a_twin_the_org_does_not_name_is_looked_for(org: Any, described: Any, answers: Any) -> None:
    described.on("POST", births_path(), answers([bad("DUPLICATE_VALUE", "ERP_Key__c")]))
    (outcome,) = org.records.write("", SHAPE, [create(0)])
    assert isinstance(outcome, Unknown)


@pytest.mark.parametrize(
    ("item", "gone"),
    [
        (bad("ENTITY_IS_DELETED"), True),
        (bad("INVALID_CROSS_REFERENCE_KEY"), True),
        (bad("INVALID_CROSS_REFERENCE_KEY", "OwnerId"), False),
        (bad("DELETE_FAILED"), False),
    ],
)
def test_refused_deletes(org: Any, described: Any, answers: Any, item: Any, gone: bool) -> None:
    described.on("DELETE", f"{DATA}/composite/sobjects", answers([item]))
    (outcome,) = org.records.write("", SHAPE, [delete(0)])
    assert outcome.gone is gone


def test_an_answer_of_another_length_proves_nothing(org: Any, described: Any, answers: Any) -> None:
    described.on("POST", births_path(), answers([good(0)]))
    outcomes = org.records.write("", SHAPE, [create(0), create(1)])
    assert [type(one) for one in outcomes] == [Unknown, Unknown]


def test_a_failed_read_back_takes_nothing_back(org: Any, described: Any, answers: Any) -> None:
    described.rules.insert(0, ("GET", f"{DATA}/query", [HttpResponse(503, {}, b"")]))
    described.on("POST", births_path(), answers([good(0, created=True)]))
    (outcome,) = org.records.write("", SHAPE, [create(0)])
    assert outcome == Done(IDS[0], created=True)


def test_writes_that_must_not_be_sent(org: Any, described: Any) -> None:
    moved = replace(update(0), version="2025-01-01T00:00:00.000+0000")
    edited = replace(update(1), expected={"Name": "was"})
    parent = replace(update(2), children={"Line": ({},)})
    unmarked = replace(create(3), marker="")
    outcomes = org.records.write("", SHAPE, [moved, edited, parent, unmarked])
    assert [type(one) for one in outcomes] == [Stale, Stale, Refused, Refused]
    assert outcomes[0].record.key == IDS[0]
    assert described.sent("PATCH") == described.sent("POST") == []


def test_fields_we_leave_alone_do_not_make_it_stale(org: Any, described: Any, answers: Any) -> None:
    described.on("PATCH", f"{DATA}/composite/sobjects", answers([good(0)]))
    (outcome,) = org.records.write("", SHAPE, [replace(update(0), expected={"Name": "n", "Credit__c": Decimal(7)})])
    assert isinstance(outcome, Done)
    watched = replace(delete(0), expected={"Credit__c": Decimal(7)})
    assert isinstance(org.records.write("", SHAPE, [watched])[0], Stale)


def test_lists_are_repeated_when_the_answer_is_lost(org: Any, described: Any, answers: Any, clock: Any) -> None:
    path = f"{DATA}/composite/sobjects/Term__c/Key__c"
    described.on("PATCH", path, AnswerLost("cut"), answers([good(n) for n in range(2)]))
    rows = [{"Key__c": str(n), "Name": "t"} for n in range(2)]
    outcomes = org.records.upsert("Term__c", "Key__c", rows)
    assert all(isinstance(one, Done) for one in outcomes)
    assert (len(described.sent("PATCH")), clock.waits) == (2, [1.0])
    assert org.records.upsert("Term__c", "Key__c", []) == []


def test_a_forgotten_locator_goes_on_from_the_last_row(org: Any, described: Any, answers: Any, refuses: Any) -> None:
    first = {"done": False, "nextRecordsUrl": f"{DATA}/query/01g-2", "records": [row(IDS[0]), row(IDS[1])]}
    rest = {"done": True, "records": [row(IDS[2])]}
    described.rules.insert(0, ("GET", f"{DATA}/query", [answers(first), answers(rest)]))
    described.on("GET", f"{DATA}/query/01g-2", refuses("INVALID_QUERY_LOCATOR"))
    pages = list(org.records.pages("", SHAPE, None))
    assert [record.key for page in pages for record in page.records] == IDS[:3]
    assert f"Id > '{IDS[1]}'" in described.queries()[1]
    assert pages[-1].cursor == Cursor(datetime(2026, 1, 1, tzinfo=UTC), IDS[2])


def test_a_locator_that_never_holds_is_an_error(org: Any, described: Any, answers: Any, refuses: Any) -> None:
    first = {"done": False, "nextRecordsUrl": f"{DATA}/query/01g-2", "records": []}
    described.rules.insert(0, ("GET", f"{DATA}/query", [answers(first)]))
    described.on("GET", f"{DATA}/query/01g-2", refuses("INVALID_QUERY_LOCATOR"))
    with pytest.raises(PermanentError, match="no"):
        list(org.records.pages("", SHAPE, None))


def test_a_foreign_locator_is_not_followed(org: Any, described: Any, answers: Any) -> None:
    first = {"done": False, "nextRecordsUrl": "https://evil.example/query/01g", "records": []}
    described.rules.insert(0, ("GET", f"{DATA}/query", [answers(first)]))
    with pytest.raises(PermanentError, match=r"evil\.example"):
        list(org.records.pages("", SHAPE, None))


@pytest.mark.parametrize(
    "page",
    [
        {"records": []},
        {"records": [], "done": False},
        {"records": [], "done": False, "nextRecordsUrl": None},
        {"records": {}, "done": True},
        {"done": True},
        [],
    ],
)
def test_a_page_that_does_not_say_it_is_the_last_is_not(org: Any, described: Any, answers: Any, page: Any) -> None:
    described.rules.insert(0, ("GET", f"{DATA}/query", [answers(page)]))
    with pytest.raises(TransientError):
        list(org.records.pages("", SHAPE, None))
    with pytest.raises(TransientError):
        org.records.read("", SHAPE, [IDS[0]])


def test_pages_that_lead_back_end(org: Any, described: Any, answers: Any) -> None:
    more = {"records": [], "done": False, "totalSize": 0, "nextRecordsUrl": f"{DATA}/query/01g-1"}
    described.rules.insert(0, ("GET", f"{DATA}/query(/01g-1)?", [answers(more)]))
    with pytest.raises(TransientError, match="leads back"):
        list(org.records.pages("", SHAPE, None))


def test_missing_rows_are_asked_for_once_more(org: Any, described: Any, answers: Any) -> None:
    short, whole = {"records": [], "done": True, "totalSize": 1}, {"records": [], "done": True, "totalSize": 0}
    described.rules.insert(0, ("GET", f"{DATA}/query", [answers(short), answers(whole)]))
    assert [page.records for page in org.records.pages("", SHAPE, None)] == [(), ()]
    described.rules.insert(0, ("GET", f"{DATA}/query", [answers(short), answers(whole)]))
    assert org.records.read("", SHAPE, [IDS[0]]) == {IDS[0]: None}
    described.rules.insert(0, ("GET", f"{DATA}/query", [answers(short)]))
    for look in (lambda: list(org.records.pages("", SHAPE, None)), lambda: org.records.read("", SHAPE, [IDS[0]])):
        with pytest.raises(TransientError, match="told of 1 rows and sent 0"):
            look()


@pytest.mark.parametrize("row", [{"Id": "003000000000001AAA", "attributes": {"type": "Contact"}}, {"Id": IDS[1]}])
def test_rows_nobody_asked_for_are_not_taken(org: Any, described: Any, answers: Any, row: Any) -> None:
    page = {"records": [row], "done": True, "totalSize": 1}
    described.rules.insert(0, ("GET", f"{DATA}/query", [answers(page)]))
    with pytest.raises(TransientError):
        org.records.read("", SHAPE, [IDS[0]])


def test_an_answer_about_other_rows_proves_nothing(org: Any, described: Any, answers: Any) -> None:
    described.on("DELETE", f"{DATA}/composite/sobjects", answers([good(2)]))
    (outcome,) = org.records.write("", SHAPE, [delete(1)])
    assert isinstance(outcome, Unknown)


def test_half_a_page_is_no_page(org: Any, described: Any) -> None:
    cut = HttpResponse(200, {}, b'{"done":true,"records":[{"Id":"0010')
    described.rules.insert(0, ("GET", f"{DATA}/query", [cut]))
    with pytest.raises(TransientError):
        list(org.records.pages("", SHAPE, None))


def test_as_of_is_the_servers(org: Any, described: Any, answers: Any) -> None:
    empty = answers({"done": True, "records": []}, Date="Fri, 02 Jan 2026 00:00:00 GMT")
    described.rules.insert(0, ("GET", f"{DATA}/query", [empty]))
    (page,) = org.records.pages("", SHAPE, None)
    assert page.as_of == datetime(2026, 1, 2, tzinfo=UTC)


def test_describes_are_kept_until_forgotten(org: Any, described: Any) -> None:
    org.records.hidden("Account", ["Name"])
    org.records.hidden("Account", ["Name"])
    assert len([one for one in described.seen if "describe" in one.url]) == 1
    org.describer.forget()
    assert org.records.hidden("Account", ["Name", "X__c"]) == {"X__c"}
    assert len([one for one in described.seen if "describe" in one.url]) == 2


def test_a_list_row_the_org_cannot_read_is_found(org: Any, described: Any, answers: Any, refuses: Any) -> None:
    def judge(request: Any) -> Any:
        rows = json.loads(request.body)["records"]
        if any(one["Name"] == "bad" for one in rows):
            return refuses("JSON_PARSER_ERROR", "cannot read")
        return answers([good(int(one["Key__c"])) for one in rows])

    described.on("PATCH", f"{DATA}/composite/sobjects/Term__c/Key__c", judge)
    rows = [{"Key__c": str(n), "Name": "bad" if n == 2 else "t"} for n in range(5)]
    outcomes = org.records.upsert("Term__c", "Key__c", rows)
    assert [type(one) for one in outcomes] == [Done, Done, Refused, Done, Done]


def test_an_object_that_is_not_there_is_said_once(org: Any, described: Any) -> None:
    with pytest.raises(PermanentError) as caught:
        org.records.upsert("Gone__c", "Key__c", [{"Key__c": str(n)} for n in range(9)])
    assert caught.value.code == "NOT_FOUND"
    assert len(described.sent("PATCH")) == 1
    outcomes = org.records.write("", SHAPE, [create(n) for n in range(3)])
    assert [one.code for one in outcomes] == ["NOT_FOUND"] * 3
    assert len(described.sent("POST")) == 1


def test_a_fault_that_all_rows_share_is_not_asked_of_each(org: Any, described: Any, refuses: Any) -> None:
    described.on("POST", births_path(), refuses("INVALID_FIELD", "No such column 'Gone__c' on sobject of type Account"))
    outcomes = org.records.write("", SHAPE, [create(n) for n in range(200)])
    assert all(isinstance(one, Refused) for one in outcomes)
    assert [one.retryable for one in outcomes].count(False) == 3
    assert len(described.sent("POST")) < 20


def test_a_field_hidden_in_the_meantime_is_absent(org: Any, described: Any, answers: Any, refuses: Any) -> None:
    org.records.hidden("Account", ["Name"])
    fields = [{"name": name, "type": "string"} for name in ("Id", "SystemModstamp", "Name", "ERP_Key__c")]
    hidden = answers({"name": "Account", "fields": fields})
    described.rules.insert(0, ("GET", f"{DATA}/sobjects/Account/describe", [hidden]))

    def judge(request: Any) -> Any:
        if "Credit__c" in request.url:
            return refuses("INVALID_FIELD", "No such column 'Credit__c'")
        return answers({"done": True, "records": [row(IDS[0])]})

    described.rules.insert(0, ("GET", f"{DATA}/query", [judge]))
    assert org.records.read("", SHAPE, IDS[:1])[IDS[0]].fields == {"Name": "n"}
    org.describer.forget()
    assert [record.key for page in org.records.pages("", SHAPE, None) for record in page.records] == IDS[:1]


def test_a_field_that_stays_wrong_is_an_error(org: Any, described: Any, refuses: Any) -> None:
    described.rules.insert(0, ("GET", f"{DATA}/query", [refuses("INVALID_FIELD", "No such column 'Name'")]))
    with pytest.raises(PermanentError, match="No such column"):
        org.records.read("", SHAPE, IDS[:1])
    with pytest.raises(PermanentError, match="No such column"):
        list(org.records.pages("", SHAPE, None))


def test_an_odd_value_does_not_stop_the_stream(org: Any, described: Any, answers: Any) -> None:
    described.rows = lambda request: [row(IDS[0], Credit__c="much"), row(IDS[1])]
    (page,) = org.records.pages("", SHAPE, None)
    assert [record.fields["Credit__c"] for record in page.records] == ["much", Decimal(1)]
