"""Lists that move, end early or lead astray while they are read: every change is seen, and no page is believed that
cannot be whole."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

NUMBERS = itertools.count()
deep = partial(pytest.param, marks=pytest.mark.deep)


@contextmanager
def standing_still(tie: Any) -> Iterator[None]:
    """The clock of both systems stands; everything gets one stamp."""
    clock = tie.sandbox_clock
    offset, clock.frozen, clock.offset = clock.offset, clock.now(), timedelta()
    try:
        yield
    finally:
        clock.frozen, clock.offset = None, offset


def pairs(tie: Any, count: int = 7) -> list[tuple[str, str]]:
    """Customers and their accounts, tied and out of the reach of the overlap."""
    name = f"Pages {next(NUMBERS)}"
    guids = [tie.customer(CustomerName=f"{name} {number}") for number in range(count)]
    tie.settle()
    tie.later(3600)
    tie.settle()
    return [(tie.link(guid).crm_key, guid) for guid in guids]


def edit_all(tie: Any, side: str, made: list[tuple[str, str]], phone: str) -> Callable[[], bool]:
    """Every one of them gets this number on one side; whether all have it on the other."""
    for account, guid in made:
        if side == "org":
            tie.crm_edit("Account", account, Phone=phone)
        else:
            tie.erp_edit("Customers", guid, PhoneNumber=phone)

    def arrived() -> bool:
        if side == "org":
            return {tie.erp.held("Customers", guid)["PhoneNumber"] for _, guid in made} == {phone}
        return {tie.org.held("Account", account)["Phone"] for account, _ in made} == {phone}

    return arrived


@pytest.mark.parametrize("side", ["org", deep("erp")])
def test_more_rows_with_one_stamp_than_a_page_holds(tie: Any, small_pages: None, side: str) -> None:
    """Row 35: three pages of one stamp, then one more row of the same stamp."""
    made = pairs(tie)
    with standing_still(tie):
        arrived = edit_all(tie, side, made[:-1], "040 ties")
        tie.cycle()
        assert arrived()
        last = edit_all(tie, side, made[-1:], "040 ties")
        tie.cycle()
        assert last()
    tie.settle()


@pytest.mark.parametrize("side", ["erp", deep("org")])
def test_a_record_that_moves_while_pages_are_read(tie: Any, small_pages: None, side: str) -> None:
    """Row 38: one of the first page and one of the last are edited before the second page is asked for."""
    made = pairs(tie)
    arrived = edit_all(tie, side, made, "040 moved")
    engine = tie.engine()
    box = getattr(tie, side)
    for account, guid in (made[0], made[-1]):
        edit: dict[str, Any] = {"user": tie.user(), "action": "update", "object": "Account", "id": account,
                                "values": {"Fax": "040 fax"}}  # fmt: skip
        if side == "erp":
            edit |= {"user": "Bea", "object": "Customers", "id": guid, "values": {"FaxNumber": "040 fax"}}
        box.fault("accepted", {"as_user": edit}, path="/query/" if side == "org" else "/Customers/2")
    tie.cycle(engine)
    assert box.calm() == 2
    assert arrived()
    tie.settle()
    for account, guid in (made[0], made[-1]):
        assert tie.org.held("Account", account)["Fax"] == tie.erp.held("Customers", guid)["FaxNumber"] == "040 fax"


@pytest.mark.deep
def test_a_record_that_is_deleted_while_pages_are_read(tie: Any, small_pages: None) -> None:
    """Row 39: nobody behind it moves up out of sight."""
    made = pairs(tie)
    stranger = tie.account(Name="Deleted on the way")
    arrived = edit_all(tie, "org", made, "040 kept")
    engine = tie.engine()
    edit = {"user": tie.user(), "action": "delete", "object": "Account", "id": stranger}
    tie.org.fault("accepted", {"as_user": edit}, path="/query/")
    tie.cycle(engine)
    assert tie.org.calm() == 1
    tie.settle()
    assert arrived()


def refusing(code: str) -> dict[str, Any]:
    return {"status": {"code": 400, "body": [{"errorCode": code, "message": "invalid query locator"}]}}


@pytest.mark.parametrize("nth", [1, deep(0)])
def test_a_forgotten_locator_costs_nothing(tie: Any, small_pages: None, nth: int) -> None:
    """Row 40."""
    made = pairs(tie)
    arrived = edit_all(tie, "org", made, f"040 locator {nth}")
    engine = tie.engine()
    tie.org.fault("accepted", refusing("INVALID_QUERY_LOCATOR"), nth=nth, path="/query/")
    assert tie.cycle(engine).problems == []
    assert tie.org.calm() == 1
    assert arrived()
    tie.settle()


QUICK = {"leads in a circle", "lacks rows"}
PAGES = {
    "ends without the next": ({"totalSize": 9, "done": False, "records": []}, "ends without a next page"),
    "leads in a circle": (
        {"totalSize": 9, "done": False, "records": [], "nextRecordsUrl": "/services/data/v60.0/query/01g-1"},
        "leads back to a page we had",
    ),
    "leads to another host": (
        {"totalSize": 9, "done": False, "records": [], "nextRecordsUrl": "https://evil.example/query/01g-1"},
        "the org sent us to evil.example",
    ),
    "lacks rows": ({"totalSize": 9, "done": True, "records": []}, "told of 9 rows and sent 0"),
    "is no page": ({"records": None, "done": True}, "is no page of rows"),
}


@pytest.mark.parametrize("page", [page if page in QUICK else deep(page) for page in PAGES])
def test_a_page_that_leads_astray_is_no_end(tie: Any, page: str) -> None:
    """Rows 41 and 42: an error that is told, not an end; nothing is taken for deleted, and it goes on afterwards."""
    body, words = PAGES[page]
    made = pairs(tie, 2)
    arrived = edit_all(tie, "org", made, f"040 {page}")
    engine = tie.engine()
    before = [(one.crm_key, one.tombstone) for one in tie.links()]
    tie.org.fault("accepted", {"status": {"code": 200, "body": body}}, times=0, path="/query")
    problems = tie.cycle(engine).problems
    assert any(words in one for one in problems), problems
    assert [(one.crm_key, one.tombstone) for one in tie.links()] == before
    tie.org.calm()
    tie.settle()
    assert arrived()


@pytest.mark.deep
def test_pages_of_the_back_office_that_disagree_are_read_again(tie: Any, small_pages: None) -> None:
    """Row 42: the first page tells of more records than there are."""
    made = pairs(tie)
    arrived = edit_all(tie, "erp", made, "040 counted")
    told = {"NumberOfItems": 99, "PageSize": 3, "PageNumber": 1, "NumberOfPages": 2}
    tie.erp.fault("accepted", {"status": {"code": 200, "body": {"Pagination": told, "Items": []}}}, path="/Customers$")
    tie.cycle()
    assert tie.erp.calm() == 1
    tie.settle()
    assert arrived()


def test_fields_that_go_out_of_sight_while_we_run(tie: Any) -> None:
    """Row 48: the running engine's descriptions are behind the org; what is left of the object goes on."""
    account, guid = tie.pair(CustomerName="Schema")
    engine = tie.engine()
    tie.cycle(engine)
    user, admin = tie.org.running.document["user_id"], tie.user("admin")
    (ident, row), *_ = [one for one in tie.org.all("PermissionSetAssignment").items() if one[1]["AssigneeId"] == user]
    edit = {"user": admin, "action": "delete", "object": "PermissionSetAssignment", "id": ident}
    tie.org.fault("accepted", {"as_user": edit}, path="/query")
    tie.crm_edit("Account", account, Phone="040 schema")
    tie.cycle(engine)
    tie.cycle(engine)
    assert tie.org.calm() == 1
    assert tie.erp.held("Customers", guid)["PhoneNumber"] == "040 schema"
    tie.org.edit(admin, "PermissionSetAssignment", "", PermissionSetId=row["PermissionSetId"], AssigneeId=user)
    tie.later(3600)
    tie.settle()
    assert tie.link(account).problem is None
