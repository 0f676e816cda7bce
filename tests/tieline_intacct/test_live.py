"""The client against the local Intacct, called directly."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tieline.contract import (
    Cursor,
    Done,
    Misconfigured,
    Operation,
    PermanentError,
    Refused,
    Stale,
    TransientError,
    Unknown,
)
from tieline_intacct.gateway import Call
from tieline_intacct.xml import element

NAME = "Müller & Söhne <GmbH> 😀"
LINES = "SODOCUMENTENTRY"


def _pages(live: Any, mapping: str, since: Cursor | None = None, entity: str = "") -> list[Any]:
    return list(live.client.pages(entity, live.shape(mapping), since))


def _keys(live: Any, mapping: str, since: Cursor | None = None, entity: str = "") -> list[str]:
    return [record.key for page in _pages(live, mapping, since, entity) for record in page.records]


def test_pages_end_where_the_records_end(opened: Any) -> None:
    live = opened(page_size="2")
    for name in "abcdef":
        live.create("customer", name, NAME=name)
        live.later()
    before = live.calls
    pages = _pages(live, "customer")
    assert [len(page.records) for page in pages] == [2, 2, 2]
    assert live.calls - before == 3
    assert [page.cursor for page in pages] == sorted(page.cursor for page in pages)


def test_records_of_one_second_are_neither_missed_nor_met_twice(opened: Any) -> None:
    live = opened(page_size="2")
    keys = [live.create("customer", name, NAME=name).key for name in "abcde"]
    assert _keys(live, "customer") == keys
    second = _pages(live, "customer")[0].cursor
    assert _keys(live, "customer", second) == keys[1:]  # a reading goes on inside the second


def test_a_record_that_moves_between_two_pages_is_read_again_and_hides_no_other(opened: Any) -> None:
    live = opened(page_size="2")
    keys = []
    for name in "abcd":
        keys.append(live.create("customer", name, NAME=name).key)
        live.later()
    pages = iter(live.client.pages("", live.shape("customer"), None))
    first = [record.key for record in next(pages).records]
    live.edit("update", "CUSTOMER", keys[0], NAME="moved")
    assert [*first, *(record.key for page in pages for record in page.records)] == [*keys, keys[0]]


def test_a_delta_starts_at_the_cursor(live: Any) -> None:
    live.create("customer", "a", NAME="old")
    live.later(60)
    after = Cursor(live.effects.now())
    fresh = live.create("customer", "b", NAME="new").key
    assert _keys(live, "customer", after) == [fresh]
    assert _pages(live, "customer", after)[0].as_of == live.effects.now()


def test_what_is_written_comes_back(live: Any) -> None:
    made = live.create(
        "customer", "a", NAME=NAME, TERMNAME="N30", TERRITORYID="EU", DISPLAYCONTACT__URL1="https://a.example",
        DISPLAYCONTACT__MAILADDRESS__STREET="One Road\nBack yard",
    )  # fmt: skip
    shown = made.record.fields
    assert (shown["NAME"], shown["TERMNAME"], shown["DISPLAYCONTACT.URL1"]) == (NAME, "N30", "https://a.example")
    assert shown["DISPLAYCONTACT.MAILADDRESS.STREET"] == "One Road\nBack yard"
    assert made.record.version


def test_an_update_writes_what_is_named_and_clears_what_is_empty(live: Any, make_write: Any) -> None:
    key = live.create("customer", "a", NAME="Acme", TERMNAME="N30", DISPLAYCONTACT__PHONE1="1").key
    (done,) = live.write("customer", make_write(Operation.UPDATE, key, "u", {"TERMNAME": None}))
    assert (done.record.fields["TERMNAME"], done.record.fields["DISPLAYCONTACT.PHONE1"]) == (None, "1")


def test_a_record_that_moved_is_not_overwritten(live: Any, make_write: Any) -> None:
    key = live.create("customer", "a", NAME="Acme").key
    live.edit("update", "CUSTOMER", key, NAME="Theirs")
    change = make_write(Operation.UPDATE, key, "u", {"NAME": "Ours"}, expected={"NAME": "Acme"})
    (outcome,) = live.write("customer", change)
    assert isinstance(outcome, Stale)
    assert live.read("customer", key).fields["NAME"] == "Theirs"


def test_a_flag_that_prints_as_a_word_is_no_edit(live: Any, make_write: Any) -> None:
    """`ONHOLD` reads `false`; the host remembers the flag."""
    key = live.create("customer", "a", NAME="Acme").key
    change = make_write(Operation.UPDATE, key, "u", {"NAME": "Ours"}, expected={"NAME": "Acme", "ONHOLD": False})
    assert isinstance(live.write("customer", change)[0], Done)


def test_one_bad_record_stops_only_itself(live: Any, make_write: Any) -> None:
    given = ({"NAME": "Good"}, {"NAME": "x" * 101}, {"NAME": "Bad term", "TERMNAME": "nope"}, {"NAME": "Fine"})
    batch = [make_write(Operation.CREATE, "", str(n), fields) for n, fields in enumerate(given)]
    good, long, term, fine = live.write("customer", *batch)
    assert isinstance(good, Done)
    assert isinstance(fine, Done)
    assert isinstance(long, Refused)
    assert long.fields == ("NAME",)
    assert "nope" in term.reason
    assert len(_keys(live, "customer")) == 2


def test_a_repeat_after_a_lost_answer_makes_no_twin(live: Any) -> None:
    live.transport.lose = 1
    assert isinstance(live.create("customer", "a", NAME="Acme"), Unknown)
    again = live.again()
    found = again.client.find("", again.shape("customer"), ["link-a", "link-b"])
    assert list(found) == ["link-a"]
    repeated = again.create("customer", "a", NAME="Acme")
    assert repeated.key == found["link-a"].key
    assert len(_keys(live, "customer")) == 1


@pytest.mark.parametrize(
    ("mapping", "fields"),
    [
        ("contact", {"FIRSTNAME": "Ann", "LASTNAME": "Lee"}),
        ("item", {"ITEMID": "I-1", "NAME": "Seat", "ITEMTYPE": "Non-Inventory"}),
        ("project", {"NAME": "Move", "PROJECTCATEGORY": "Contract"}),
    ],
)
def test_every_kind_is_found_again(live: Any, mapping: str, fields: dict[str, Any]) -> None:
    live.transport.lose = 1
    assert isinstance(live.create(mapping, "a", **fields), Unknown)
    assert isinstance(live.create(mapping, "a", **fields), Done)
    assert len(_keys(live, mapping)) == len([key for key in _keys(live, mapping) if key])


def test_two_people_of_one_name_are_two_contacts(live: Any, make_write: Any) -> None:
    first, second = (live.create("contact", name, FIRSTNAME="Ann", LASTNAME="Lee") for name in "ab")
    assert first.key != second.key
    (renamed,) = live.write("contact", make_write(Operation.UPDATE, first.key, "u", {"LASTNAME": "Leigh"}))
    assert renamed.record.fields["LASTNAME"] == "Leigh"
    name = live.transport.intacct.state
    assert name is not None


def test_a_new_contact_has_its_customers_name_for_a_company(live: Any, make_write: Any) -> None:
    customer = live.create("customer", "c", NAME="Acme & Co").key
    people = [
        make_write(Operation.CREATE, "", name, {"LASTNAME": name, "PREFIX": "Dr.", **more})
        for name, more in (("Lee", {"COMPANY": customer}), ("Ray", {"COMPANY": customer}), ("Alone", {}))
    ]
    before = live.calls
    made = live.write("contact", *people)
    assert live.calls - before == 3  # the name, the writes, the look at them
    assert [type(one) for one in made] == [Done] * 3
    with live.transport.intacct.state.reading() as reader:
        held = {row["LASTNAME"]: row for _, row in reader.all("CONTACT") if row.get("PREFIX") == "Dr."}
    assert {name: row.get("COMPANYNAME") for name, row in held.items()} == {
        "Lee": "Acme & Co", "Ray": "Acme & Co", "Alone": None,
    }  # fmt: skip
    assert "COMPANY" not in live.read("contact", made[0].key).fields


def test_projects_leave_templates_out_and_tasks_hang_on_them(live: Any, make_write: Any) -> None:
    live.edit("create", "PROJECT", "", PROJECTID="TPL", NAME="Template", PROJECTCATEGORY="Template")
    key = live.create("project", "p", NAME="Move", PROJECTCATEGORY="Contract").key
    assert _keys(live, "project") == [key]
    task = live.create("task", "t", NAME="Pack", PROJECTID=key, TASKSTATUS="Planned")
    assert _keys(live, "task") == [task.key]
    (gone,) = live.write("task", make_write(Operation.DELETE, task.key, "d", {}))
    assert isinstance(gone, Done)
    told = live.client.deleted("", "TASK", live.effects.now())
    assert task.key in {one.key for one in told}


def test_a_project_made_after_a_template_brings_its_tasks_once(live: Any) -> None:
    live.transport.lose = 1
    told = {"NAME": "Move", "PROJECTCATEGORY": "Contract", "MADEAFTER": "TPL-IMPL", "SFDCKEY": "006000000000001AAA"}
    assert isinstance(live.create("project", "p", **told), Unknown)
    made = live.create("project", "p", **told)
    assert isinstance(made, Done)
    tasks = [record for page in _pages(live, "task") for record in page.records]
    assert sorted(str(one.fields["NAME"]) for one in tasks) == ["Go live", "Kick-off"]
    assert {(one.fields["PROJECTID"], one.fields["TASKSTATUS"]) for one in tasks} == {(made.key, "Not Started")}
    assert live.read("project", made.key).fields["SFDCKEY"] == "006000000000001AAA"
    assert _keys(live, "project") == [made.key]
    nowhere = live.create("project", "q", **{**told, "MADEAFTER": "NOPE"})
    assert isinstance(nowhere, Refused)
    assert "no project template NOPE" in nowhere.reason
    assert _keys(live, "project") == [made.key]


def test_a_deletion_is_told_by_the_key_that_the_host_knows(live: Any) -> None:
    key = live.create("customer", "a", NAME="Acme").key
    live.edit("delete", "CUSTOMER", key)
    assert key in {one.key for one in live.client.deleted("", "CUSTOMER", live.effects.now())}
    assert live.read("customer", key) is None


def test_lists_name_their_parents_and_what_is_inactive(live: Any) -> None:
    live.edit("update", "DEPARTMENT", "210", STATUS="inactive")
    rows = {row.key: row for row in live.client.options("", "departments")}
    assert (rows["210"].parent, rows["210"].active, rows["200"].active) == ("200", False, True)
    territories = {row.key: row for row in live.client.options("", "territories")}
    assert territories["EU-W"].parent == "EU"


def _sell(live: Any, make_write: Any, kind: str, name: str, entity: str = "", **fields: Any) -> Any:
    lines = (
        {"ITEMID": "I-1", "QUANTITY": Decimal(3), "PRICE": Decimal("12.50"), "DISCOUNTPERCENT": Decimal(10)},
        {"ITEMID": "I-2", "QUANTITY": Decimal(10), "PRICE": Decimal("0.333")},
    )
    mapping = {"quote": "quote", "order": "sales_order", "invoice": "invoice"}[kind]
    header = {"WHENCREATED": date(2026, 1, 5), "PONUMBER": "A & B", **fields}
    (outcome,) = live.write(
        mapping, make_write(Operation.CREATE, "", name, header, children={f"{LINES}.{kind}": lines}), entity=entity
    )
    return outcome


@pytest.fixture
def selling(live: Any) -> Any:
    """A customer with a term, and two items."""
    live.create("customer", "c", NAME="Acme", CUSTOMERID="C-1", TERMNAME="N30")
    for key in ("I-1", "I-2"):
        live.create("item", key, ITEMID=key, NAME=key, ITEMTYPE="Non-Inventory")
    return live


def test_a_quote_becomes_an_order_and_an_invoice(selling: Any, make_write: Any) -> None:
    quote = _sell(selling, make_write, "quote", "q", CUSTVENDID="C-1")
    order = _sell(selling, make_write, "order", "o", CUSTVENDID="C-1", CREATEDFROM=quote.key)
    invoice = _sell(selling, make_write, "invoice", "i", CUSTVENDID="C-1", CREATEDFROM=order.key)
    assert selling.read("quote", quote.key).fields["STATE"] == "Converted"
    assert selling.read("sales_order", order.key).fields["STATE"] == "Converted"
    shown = selling.read("invoice", invoice.key)
    assert Decimal(shown.fields["TOTAL"]) == Decimal("37.08")  # 33.75 and 3.33
    lines = shown.children[f"{LINES}.invoice"]
    assert [line.fields["ITEMID"] for line in lines] == ["I-1", "I-2"]
    assert _keys(selling, "quote") == [quote.key]
    assert _keys(selling, "sales_order") == [order.key]


def test_a_press_repeated_after_a_lost_answer_is_one_document(selling: Any, make_write: Any) -> None:
    selling.transport.lose = 1
    assert isinstance(_sell(selling, make_write, "order", "o", CUSTVENDID="C-1"), Unknown)
    again = _sell(selling.again(), make_write, "order", "o", CUSTVENDID="C-1")
    assert isinstance(again, Done)
    assert _keys(selling, "sales_order") == [again.key]


def test_a_document_that_cannot_be_made_says_why(selling: Any, make_write: Any) -> None:
    selling.create("customer", "n", NAME="No term", CUSTOMERID="C-2")
    no_term = _sell(selling, make_write, "order", "a", CUSTVENDID="C-2")
    nobody = _sell(selling, make_write, "order", "b", CUSTVENDID="C-9", TERMNAME="N30")
    strange = _sell(selling, make_write, "order", "c", CUSTVENDID="C-1", DOCPARID="Strange")
    assert [type(one) for one in (no_term, nobody, strange)] == [Refused] * 3
    assert "no AR term" in no_term.reason
    assert "C-9" in nobody.reason
    assert _keys(selling, "sales_order") == []


def test_lines_are_read_with_their_document(selling: Any, make_write: Any) -> None:
    order = _sell(selling, make_write, "order", "o", CUSTVENDID="C-1")
    line = order.record.children[f"{LINES}.order"][1]
    again = selling.read("sales_order_line", line.key)
    assert (again.key, again.parent, again.fields["LINE_NO"]) == (line.key, order.key, "1")


def test_entities_keep_their_records_apart(opened: Any) -> None:
    live = opened(entities="200-DE, top, 100-US")
    assert [one.key for one in live.client.check().entities] == ["", "200-DE", "100-US"]
    keys = {
        entity: live.create("customer", f"a{entity}", entity, NAME="Acme").key for entity in ("", "100-US", "200-DE")
    }
    for entity, key in keys.items():
        assert _keys(live, "customer", entity=entity) == [key]


def test_what_belongs_to_the_top_level_is_not_an_entitys_to_change(opened: Any, make_write: Any) -> None:
    live = opened(entities="top,100-US")
    key = live.create("customer", "a", NAME="Acme").key
    (outcome,) = live.write("customer", make_write(Operation.UPDATE, key, "u", {"NAME": "X"}), entity="100-US")
    assert isinstance(outcome, Refused)
    assert live.read("customer", key).fields["NAME"] == "Acme"


def test_an_entity_that_is_not_there_is_named(opened: Any) -> None:
    with pytest.raises(Misconfigured, match="300-FR"):
        opened(entities="300-FR,100-US").client.check()


def test_the_companys_own_zone(opened: Any) -> None:
    live = opened(time_zone="America/Los_Angeles")
    key = live.create("customer", "a", NAME="Acme").key
    stamp = live.read("customer", key).stamp
    assert (stamp - live.effects.now()).total_seconds() == 8 * 3600  # the local Intacct prints UTC
    assert _keys(live, "customer", Cursor(stamp)) == [key]


def test_an_opportunity_is_worth_its_orders_or_its_newest_quote(selling: Any, make_write: Any) -> None:
    opportunity = "006000000000001AAA"
    told = {"CUSTVENDID": "C-1", "OPPORTUNITY": opportunity}
    assert _keys(selling, "opportunity_amount") == []
    quote = _sell(selling, make_write, "quote", "q", **told)
    _sell(selling, make_write, "quote", "another", CUSTVENDID="C-1")  # of no opportunity
    selling.later(60)
    since = Cursor(selling.effects.now())
    assert selling.read("opportunity_amount", opportunity).fields == {
        "OPPORTUNITY": opportunity, "TOTAL": Decimal("37.08"),
    }  # fmt: skip
    _sell(selling, make_write, "order", "o", CREATEDFROM=quote.key, **told)
    _sell(selling, make_write, "order", "second", **told)
    ((page,),) = [_pages(selling, "opportunity_amount", since)]
    assert [(one.key, one.fields["TOTAL"]) for one in page.records] == [(opportunity, Decimal("74.16"))]
    assert _keys(selling, "opportunity_amount") == [opportunity]


def test_a_contract_is_shown_with_its_lines(selling: Any) -> None:
    told = {"CUSTOMERID": "C-1", "NAME": "Care", "BEGINDATE": "01/01/2026", "ENDDATE": "12/31/2026", "TERMNAME": "N30"}
    selling.edit(
        "create", "CONTRACT", "", **told, CONTRACTID="CN-1", TERMTYPE="Termed", LOCATIONID="100-US",
        RENEWALMACRO="Renew yearly",
    )  # fmt: skip
    line = {"CONTRACTID": "CN-1", "ITEMID": "I-1", "LOCATIONID": "100-US", "BILLINGMETHOD": "Fixed price"}
    selling.edit("create", "CONTRACTDETAIL", "", **line, QUANTITY="2", PRICE="5", BILLINGTEMPLATENAME="Monthly")
    shown = selling.read("contract", "CN-1").fields
    assert [shown[name] for name in ("CUSTOMERID", "BEGINDATE", "ENDDATE", "RENEWALMACRO")] == [
        "C-1", date(2026, 1, 1), date(2026, 12, 31), "Renew yearly",
    ]  # fmt: skip
    (page,) = _pages(selling, "contract_line")
    (found,) = page.records
    assert [found.fields[name] for name in ("CONTRACTID", "ITEMID", "QUANTITY", "PRICE", "BILLINGTEMPLATENAME")] == [
        "CN-1", "I-1", "2", "5", "Monthly",
    ]  # fmt: skip
    selling.edit("delete", "CONTRACTDETAIL", found.key)
    assert found.key in {one.key for one in selling.client.deleted("", "CONTRACTDETAIL", selling.effects.now())}


def _pay(live: Any, invoice: str, amount: str, **told: str) -> None:
    """As somebody else's program would."""
    detail = element("ARPYMTDETAIL", element("RECORDKEY", text=invoice), element("TRX_PAYMENTAMOUNT", text=amount))
    fields = [element(name, text=value) for name, value in told.items()]
    body = element("create", element("ARPYMT", *fields, element("ARPYMTDETAILS", detail)))
    (result,) = live.client._access.gateway.run("", [Call("pay", body)])
    assert result.ok, result


def test_receivables_show_what_is_due_and_what_was_paid(selling: Any, make_write: Any) -> None:
    _sell(selling, make_write, "invoice", "i", CUSTVENDID="C-1")
    ((page,),) = [_pages(selling, "ar_invoice")]
    (due,) = page.records
    names = ("CUSTOMERID", "STATE", "TRX_TOTALENTERED", "TRX_TOTALPAID", "TRX_TOTALDUE")
    assert [due.fields[name] for name in names] == ["C-1", "Posted", "37.08", "0", "37.08"]
    selling.later(60)
    since = Cursor(selling.effects.now())
    told = {"CUSTOMERID": "C-1", "PAYMENTMETHOD": "EFT", "RECEIPTDATE": "01/06/2026", "CURRENCY": "USD"}
    _pay(selling, due.key, "20", DOCNUMBER="CHK-7", **told)
    ((page,),) = [_pages(selling, "ar_invoice", since)]
    assert [one.fields["TRX_TOTALDUE"] for one in page.records] == ["17.08"]
    ((page,),) = [_pages(selling, "ar_payment")]
    (paid,) = page.records
    assert [paid.fields[name] for name in ("DOCNUMBER", "STATE", "RECEIPTDATE", "TRX_AMOUNTTOPAY")] == [
        "CHK-7", "Complete", date(2026, 1, 6), "20",
    ]  # fmt: skip
    refused = selling.create("ar_payment", "p", **told)
    assert (type(refused), refused.code) == (Refused, "unsupported")


def test_a_part_of_a_quote_is_converted_and_then_the_rest(selling: Any, make_write: Any) -> None:
    quote = _sell(selling, make_write, "quote", "q", CUSTVENDID="C-1")

    def order(name: str, item: str, quantity: int) -> Any:
        header = {"WHENCREATED": date(2026, 1, 5), "CUSTVENDID": "C-1", "CREATEDFROM": quote.key}
        lines = {f"{LINES}.order": ({"ITEMID": item, "QUANTITY": Decimal(quantity), "PRICE": Decimal("12.50")},)}
        (outcome,) = selling.write("sales_order", make_write(Operation.CREATE, "", name, header, children=lines))
        return outcome

    assert isinstance(order("o", "I-2", 10), Done)
    assert selling.read("quote", quote.key).fields["STATE"] == "Partially Converted"
    sent = selling.transport.asked
    sources = [one.body for one in sent if b"sourcelinekey" in one.body]
    assert len(sources) == 1  # the line is named, not guessed by its place
    assert isinstance(order("rest", "I-1", 3), Done)
    assert selling.read("quote", quote.key).fields["STATE"] == "Converted"


def test_a_session_lost_between_two_pages_loses_no_record(opened: Any) -> None:
    live = opened(page_size="2")
    keys = [live.create("customer", name, NAME=name).key for name in "abcd"]
    pages = iter(live.client.pages("", live.shape("customer"), None))
    first = [record.key for record in next(pages).records]
    live.transport.intacct.edit("ann", "expire", "SESSION", "all", {})
    assert [*first, *(record.key for page in pages for record in page.records)] == keys


def test_a_session_lost_before_a_write_is_written_once(live: Any) -> None:
    live.create("customer", "a", NAME="first")
    live.transport.intacct.edit("ann", "expire", "SESSION", "all", {})
    assert isinstance(live.create("customer", "b", NAME="second"), Done)
    assert len(_keys(live, "customer")) == 2


@pytest.mark.parametrize("switch", [{"offline": True}, {"rate_limited": True}])
def test_a_company_that_is_busy_or_off_is_asked_again_later(live: Any, switch: dict[str, bool]) -> None:
    live.client.check()
    live.edit("update", "Company", "", **switch)
    with pytest.raises(TransientError):
        _keys(live, "customer")
    refused = live.create("customer", "a", NAME="Acme")
    assert isinstance(refused, Refused)
    assert refused.retryable


def test_an_object_out_of_reach_stops_itself_alone(live: Any) -> None:
    live.edit("update", "Company", "", denied_objects="ITEM")
    with pytest.raises(PermanentError, match="permission"):
        _keys(live, "item")
    assert _keys(live, "customer") == []
