"""Reading and writing records of the local org, over TLS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tieline.contract import (
    Cursor,
    Done,
    Misconfigured,
    Operation,
    PermanentError,
    Record,
    Refused,
    Shape,
    Stale,
    Values,
    Write,
)

ACCOUNT = Shape("Account", ("Name", "Phone", "Credit__c", "Since__c", "Seen__c", "NumberOfEmployees"))
Maker = Callable[..., Write]


@pytest.fixture
def make(request: pytest.FixtureRequest) -> Maker:
    """A create whose marker belongs to the test."""

    def write(number: object = 0, /, **fields: Any) -> Write:
        marker = f"{request.node.name}/{number}"
        values: Values = {"Name": f"N {number}", **fields}
        return Write(Operation.CREATE, "", values, marker, marker=marker)

    return write


def born(live: Any, *writes: Write) -> list[Record]:
    outcomes = live.records.write("", ACCOUNT, writes)
    assert all(isinstance(one, Done) and one.record for one in outcomes), outcomes
    return [one.record for one in outcomes]


def change(record: Record, **fields: Any) -> Write:
    return Write(Operation.UPDATE, record.key, fields, "k", version=record.version, expected=record.fields)


def test_check_names_the_org(live: Any, local: Any) -> None:
    who = live.records.check()
    assert who.tenant == local.document["org_id"]
    assert who.label == "Tieline Local Org"


def test_values_come_back_as_they_went(live: Any, make: Maker) -> None:
    text = 'O\'Brien \\ "quoted"\nMünchen 💶'
    sent = {
        "Name": "O'Brien & Co \\ “x”",
        "Phone": "+1",
        "Credit__c": Decimal("12345678901234.5678"),
        "Since__c": date(2024, 2, 29),
        "Seen__c": datetime(2025, 6, 1, 12, 30, 15, tzinfo=UTC),
        "NumberOfEmployees": 7,
    }
    (record,) = born(live, make(text, **sent))
    exact = {**sent, "Credit__c": record.fields["Credit__c"]}
    assert dict(record.fields) == exact
    assert isinstance(record.fields["Credit__c"], Decimal)
    assert record.marker.endswith(text)
    assert live.records.find("", ACCOUNT, [record.marker, "nobody's"]) == {record.marker: record}
    assert record.address == f"{live.url}/{record.key}"
    assert len(record.key) == 18


def test_empty_is_none_and_hidden_is_absent(live: Any, make: Maker) -> None:
    (record,) = born(live, make(Phone=""))
    assert record.fields["Phone"] is None
    shape = replace(ACCOUNT, fields=("Name", "Nowhere__c", "Owner.Email", "Owner.Nowhere", "BillingAddress"))
    (seen,) = live.records.read("", shape, [record.key]).values()
    assert set(seen.fields) == {"Name", "Owner.Email"}
    assert live.records.hidden("Account", shape.fields) == {"Nowhere__c", "Owner.Nowhere", "BillingAddress"}


def test_a_repeated_create_makes_no_twin(live: Any, make: Maker) -> None:
    first, second = (live.records.write("", ACCOUNT, [make()])[0] for _ in range(2))
    assert (first.created, second.created) == (True, False)
    assert first.key == second.key


def test_ties_on_the_stamp_are_neither_lost_nor_repeated(live: Any, make: Maker) -> None:
    born(live, *(make(number) for number in range(5)))
    everything = [record for page in live.records.pages("", ACCOUNT, None) for record in page.records]
    keys = [record.key for record in everything]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys) >= 5
    middle = everything[2]
    rest = [r for page in live.records.pages("", ACCOUNT, Cursor(middle.stamp, middle.key)) for r in page.records]
    assert [record.key for record in rest] == keys[3:]
    again = [r for page in live.records.pages("", ACCOUNT, Cursor(middle.stamp)) for r in page.records]
    assert [record.key for record in again] == keys


def test_an_empty_stream_still_tells_the_time(live: Any) -> None:
    place = Cursor(datetime(2099, 1, 1, tzinfo=UTC))
    (page,) = live.records.pages("", ACCOUNT, place)
    assert page.records == ()
    assert page.cursor == place
    assert page.as_of.tzinfo is not None


def test_locators_are_followed(live: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tieline.org.queries.PAGE_SIZE", 200)
    rows = [{"Name": f"Many {n}", "ERP_Key__c": f"many/{n}"} for n in range(450)]
    assert all(isinstance(one, Done) for one in live.records.upsert("Account", "ERP_Key__c", rows))
    pages = list(live.records.pages("", Shape("Account", ("Name",)), None))
    assert len(pages) >= 2
    markers = {record.marker for page in pages for record in page.records}
    assert {row["ERP_Key__c"] for row in rows} <= markers


def test_many_markers_fit_their_addresses(live: Any) -> None:
    wanted = [f"find/{n}/{'x' * 200}" for n in range(200)]
    live.records.upsert("Account", "ERP_Key__c", [{"Name": "F", "ERP_Key__c": one} for one in wanted])
    assert set(live.records.find("", ACCOUNT, wanted)) == set(wanted)


def test_a_marker_finds_what_is_in_the_bin_when_nothing_live_carries_it(live: Any, make: Maker) -> None:
    (record,) = born(live, make("binned"))
    live.records.write("", ACCOUNT, [Write(Operation.DELETE, record.key, {}, "k", version=record.version)])
    found = live.records.find("", ACCOUNT, [record.marker])[record.marker]
    assert (found.key, found.deleted, dict(found.fields)) == (record.key, True, {})


def test_an_update_writes_what_changed(live: Any, make: Maker, local: Any) -> None:
    (record,) = born(live, make(Phone="1"))
    local.plane.clock.advance(5)
    (done,) = live.records.write("", ACCOUNT, [change(record, Phone="2")])
    assert isinstance(done, Done)
    assert done.record is not None
    assert done.record.fields == {**record.fields, "Phone": "2"}
    assert done.version == done.record.version != record.version


def test_someone_elses_edit_makes_it_stale(live: Any, make: Maker, local: Any) -> None:
    (record,) = born(live, make(Phone="1"))
    admin = local.document["username"]
    local.plane.clock.advance(2)
    local.application.edit(admin, "update", "Account", record.key, {"Phone": "theirs"})
    (outcome,) = live.records.write("", ACCOUNT, [change(record, Phone="ours")])
    assert isinstance(outcome, Stale)
    assert outcome.record is not None
    assert outcome.record.fields["Phone"] == "theirs"


def test_an_edit_in_the_same_second_is_seen_too(live: Any, make: Maker, local: Any) -> None:
    (record,) = born(live, make(Phone="1"))
    local.application.edit(local.document["username"], "update", "Account", record.key, {"Phone": "theirs"})
    (outcome,) = live.records.write("", ACCOUNT, [change(record, Phone="ours")])
    assert isinstance(outcome, Stale)


@pytest.mark.parametrize("size", [3, 40])
def test_one_bad_row_stops_only_itself(live: Any, make: Maker, size: int) -> None:
    records = born(live, *(make(number) for number in range(size)))
    writes = [change(record, Phone="9") for record in records]
    writes[1] = change(records[1], Name="x" * 300)
    outcomes = live.records.write("", ACCOUNT, writes)
    assert [type(one) for one in outcomes] == [Done, Refused, *[Done] * (size - 2)]
    assert outcomes[1].code == "STRING_TOO_LONG"
    assert outcomes[1].fields == ("Name",)


def test_updates_and_deletes_of_what_is_gone(live: Any, make: Maker, local: Any) -> None:
    record, other = born(live, make(1), make(2))
    assert record.stamp is not None
    start = record.stamp - timedelta(seconds=1)
    delete = Write(Operation.DELETE, record.key, {}, "k", version=record.version, expected=record.fields)
    (done,) = live.records.write("", ACCOUNT, [delete])
    assert isinstance(done, Done)
    outcomes = live.records.write("", ACCOUNT, [delete, change(record, Phone="3"), change(other, Phone="4")])
    assert [getattr(one, "gone", None) for one in outcomes] == [True, True, None]
    assert record.key in {gone.key for gone in live.records.deleted("", "Account", start)}
    assert live.records.read("", ACCOUNT, [record.key, "nonsense"]) == {record.key: None, "nonsense": None}


def test_children_come_with_their_parent(live: Any, make: Maker) -> None:
    (record,) = born(live, make())
    contacts = Shape("Contact", ("LastName", "AccountId"))
    create = Write(Operation.CREATE, "", {"LastName": "A", "AccountId": record.key}, "k", marker=f"{record.key}/c")
    (child,) = live.records.write("", contacts, [create])
    assert isinstance(child, Done)
    for name in ("Contacts", "Contact"):
        shape = replace(ACCOUNT, embedded=(Shape(name, ("LastName",)),))
        (seen,) = live.records.read("", shape, [record.key]).values()
        (inner,) = seen.children[name]
        assert (inner.key, inner.parent, inner.fields) == (child.key, record.key, {"LastName": "A"})
    with pytest.raises(PermanentError, match="child relationships called Wheels"):
        live.records.read("", replace(ACCOUNT, embedded=(Shape("Wheels", ()),)), [record.key])


def test_where_selects_ours(live: Any, make: Maker) -> None:
    born(live, make(1, Phone="only this"), make(2))
    shape = replace(ACCOUNT, where={"Phone": "only this"})
    assert [r.fields["Phone"] for page in live.records.pages("", shape, None) for r in page.records] == ["only this"]
    with pytest.raises(PermanentError, match="Nowhere__c"):
        list(live.records.pages("", replace(ACCOUNT, where={"Nowhere__c": "x"}), None))


def test_users_and_rights(live: Any, local: Any, make: Maker) -> None:
    users = {row.attributes["username"]: row for row in live.records.options("", "users")}
    told = {user["username"]: user for user in local.document["users"]}
    assert set(told) <= set(users)
    camille = next(row for row in users.values() if row.attributes["language"] == "fr")
    assert camille.active
    assert camille.key == told[camille.attributes["username"]]["user_id"]
    (record,) = born(live, make())
    reader = next(user for user in local.document["users"] if user["profile"] == "Read Only")
    assert live.records.may_edit(live.user_id, record.key)
    assert not live.records.may_edit(reader["user_id"], record.key)
    with pytest.raises(PermanentError, match="no list called terms"):
        live.records.options("", "terms")


def test_a_permission_set_is_assigned_once(live: Any, local: Any) -> None:
    user = local.document["users"][1]["user_id"]
    assert live.records.assign_permission_set("Ties", user) is True
    assert live.records.assign_permission_set("Ties", user) is False


def test_an_object_without_marker_cannot_be_created(live: Any) -> None:
    write = Write(Operation.CREATE, "", {"Name": "P"}, "k", marker="m")
    with pytest.raises(Misconfigured, match="Product2: has no visible field ERP_Key__c"):
        live.records.write("", Shape("Product2", ("Name",)), [write])
    with pytest.raises(Misconfigured):
        live.records.find("", Shape("Product2", ("Name",)), ["m"])
    assert live.records.find("", Shape("Product2", ("Name",)), []) == {}


def test_a_session_that_ends_between_pages(live: Any, expire: Any) -> None:
    live.records.check()
    expire(live)
    assert live.records.check().tenant


def test_the_library_works_on_our_session(live: Any, expire: Any) -> None:
    live.records.check()
    expire(live)
    found = live.control.salesforce.query("SELECT Id FROM Organization")
    assert found["totalSize"] == 1
    assert "Account" in live.control.objects()
    assert live.control.allowances()["DailyApiRequests"][0] > 0
    assert live.limits.max > 0
