"""Pressed buttons, on every shape of back office: one document a press, an answer in the person's language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

import pytest

from tieline.actions.desk import Desk
from tieline.contract import (
    Action,
    ActionInput,
    CreateDocument,
    Decision,
    Decline,
    Direction,
    Field,
    ListRow,
    ManagedList,
    Mapping,
    Number,
    Option,
    Outcome,
    Parameter,
    Promote,
    Promotion,
    Record,
    Reference,
    Refused,
    Shape,
    Text,
    Value,
    Write,
    text,
)
from tieline.store.memory import MemoryStore
from tieline.sync.context import Context
from tieline.sync.cycle import Cycle, Report
from tieline_simulation.bench import Bench
from tieline_simulation.systems import AsyncErp, ToyCrm
from tieline_simulation.world import World

ORDER = Mapping(
    "toy",
    "order",
    "Order",
    "ERP_Document__c",
    "Orders",
    (
        Field("Number__c", "number", Text(80), Direction.TO_CRM),
        Field("Account__c", "customer", Reference("customer"), Direction.TO_CRM),
        Field("Total__c", "total", Number(2), Direction.TO_CRM),
    ),
    promotion=Promotion.NEVER,
    number="number",
)
WAREHOUSES = ManagedList("toy", "warehouses", "Warehouse", "Warehouses")


def order(given: ActionInput) -> Decision:
    lines = given.children["Lines"]
    if not lines:
        return Decline("No lines for {name}.", {"name": text(given.record, "Name")})
    total = sum((Decimal(str(line["Price"])) for line in lines), Decimal(0))
    fields: dict[str, Value] = {
        "number": f"N-{text(given.parameters, 'warehouse')}",
        "customer": given.keys["customer", text(given.record, "AccountId")],
        "total": total,
    }
    return CreateDocument("order", fields, {"Lines": tuple(lines)}, {"Opportunity__c": given.record_id})


def once(given: ActionInput) -> Decision:
    """One at a time."""
    return Decline("Under way.") if given.under_way else order(given)


ACTIONS = (
    Action("toy", "promote", "Promote", "Account", lambda _given: Promote("customer")),
    Action(
        "toy",
        "order",
        "Create order",
        "Opportunity",
        order,
        reads=("Name", "AccountId"),
        children={"Lines": ("Price",)},
        links={"AccountId": "customer"},
        parameters=(Parameter("warehouse", "Warehouse", Option("warehouses")),),
        enabled_when='"customer" in linked',
        otherwise="Promote the account first.",
    ),
    Action(
        "toy", "once", "Create one order", "Opportunity", once, reads=("Name", "AccountId"),
        children={"Lines": ("Price",)}, links={"AccountId": "customer"},
    ),
)  # fmt: skip


@dataclass
class Counter:
    """A bench with buttons."""

    bench: Bench
    french: dict[str, str] = field(default_factory=dict)
    siblings: tuple[str, ...] = ("books",)

    def context(self) -> Context:
        plain = self.bench.context()
        return replace(
            plain,
            mappings=(*plain.mappings, ORDER),
            lists=(WAREHOUSES,),
            say=lambda language, words: self.french.get(words, words) if language == "fr" else words,
        )

    def cycle(self) -> Report:
        self.bench.world.tick(5)
        context = self.context()
        return Cycle(context, desk=Desk(context, ACTIONS, self.siblings)).run()

    def settle(self) -> None:
        for _ in range(8):
            before = self.bench.world.writes()
            report = self.cycle()
            assert report.problems == []
            if self.bench.world.writes() == before and not self.bench.open_calls():
                return
        raise AssertionError("still writing")

    def press(self, action: str, record: str, user: str = "u-en", **more: str) -> str:
        number = len(self.bench.crm.alive("ERP_Request__c")) + 1
        fields = {"Accounting_Entity__c": self.bench.entity, **more}
        return self.bench.crm.add(
            "ERP_Request__c", f"r{number}", Action__c=f"toy.{action}", Record_Id__c=record, Status__c="New",
            CreatedById=user, **fields,
        )  # fmt: skip

    def answer(self, press: str) -> tuple[str, str]:
        row = self.bench.crm.alive("ERP_Request__c")[press]
        return str(row["Status__c"]), str(row.get("Message__c") or "")


@pytest.fixture
def counter(bench: Bench) -> Counter:
    """One linked account with an opportunity of two lines."""
    made = Counter(bench)
    bench.erp.lists["warehouses"] = [ListRow("W1", "Main"), ListRow("W2", "Old", active=False)]
    bench.crm.lists["users"] = [
        ListRow("u-en", "Sam", attributes={"language": "en_US"}),
        ListRow("u-fr", "Camille", attributes={"language": "fr"}),
    ]
    bench.erp.add("Customers", "c1", bench.entity, name="Acme")
    made.settle()
    bench.crm.add("Opportunity", "o1", Name="Deal", AccountId=bench.crm_key("c1"))
    bench.crm.related["o1", "Lines"] = [{"Price": Decimal("10.50")}, {"Price": Decimal(2)}]
    return made


def test_a_press_makes_one_document_and_tells_its_number(counter: Counter) -> None:
    press = counter.press("order", "o1")
    counter.settle()
    orders = counter.bench.erp.alive("Orders", counter.bench.entity)
    assert [row["total"] for row in orders.values()] == [Decimal("12.50")]
    assert counter.answer(press) == ("Done", "Order N- is in Toy.")
    mirrors = counter.bench.crm.alive("ERP_Document__c")
    assert [(row["Opportunity__c"], str(row["Total__c"])) for row in mirrors.values()] == [("o1", "12.50")]
    assert "pressed" in counter.bench.audit()


@pytest.mark.parametrize("fault", ["before", "after", "never_sent"])
def test_a_lost_answer_still_makes_one_document(counter: Counter, fault: str) -> None:
    press = counter.press("order", "o1")
    setattr(counter.bench.erp.faults, fault, 1)
    counter.cycle()
    counter.bench.world.tick(60)
    counter.settle()
    assert len(counter.bench.erp.alive("Orders", counter.bench.entity)) == 1
    assert counter.answer(press)[0] == "Done"


class Killed(BaseException):
    pass


def test_killed_anywhere_a_press_makes_one_document(counter: Counter) -> None:
    bench = counter.bench
    for kill in range(1, 40):
        bench.point = _after(kill)
        before = len(bench.erp.alive("Orders", bench.entity))
        press = counter.press("order", "o1")
        try:
            counter.cycle()
        except Killed:
            bench.world.tick(1)
        bench.point = lambda _name: None
        counter.settle()
        assert len(bench.erp.alive("Orders", bench.entity)) == before + 1, kill
        assert counter.answer(press)[0] == "Done", kill
    assert len(bench.crm.alive("ERP_Document__c")) == 39


def _after(count: int) -> Callable[[str], None]:
    left = [count]

    def point(name: str) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Killed(name)

    return point


def test_two_presses_are_two_documents(counter: Counter) -> None:
    counter.press("order", "o1")
    counter.press("order", "o1")
    counter.settle()
    assert len(counter.bench.erp.alive("Orders", counter.bench.entity)) == 2


def test_a_press_knows_of_documents_that_others_set_in_motion(counter: Counter) -> None:
    bench = counter.bench
    bench.erp.faults.after = 1  # the first one's answer is lost
    presses = [counter.press("once", "o1"), counter.press("once", "o1")]
    counter.settle()
    assert len(bench.erp.alive("Orders", bench.entity)) == 1
    told = [counter.answer(press) for press in presses]
    assert told[1] == ("Refused", "Under way.")
    bench.world.tick(60)
    counter.settle()
    assert counter.answer(presses[0])[0] == "Done"
    third = counter.press("once", "o1")  # the CRM shows the first by now
    counter.settle()
    assert counter.answer(third)[0] == "Done"
    assert len(bench.erp.alive("Orders", bench.entity)) == 2


def test_a_document_that_came_to_nothing_is_not_under_way(counter: Counter) -> None:
    bench = counter.bench
    bench.crm.edit("Opportunity", "o1", Name="Deal")
    bench.erp.faults.refuse["N-"] = "no such number"
    refused = counter.press("once", "o1")
    counter.settle()
    assert counter.answer(refused)[0] == "Failed"
    bench.erp.faults.refuse.clear()
    again = counter.press("once", "o1")
    counter.settle()
    assert counter.answer(again)[0] == "Done"
    with bench.store.reading() as tx:
        assert len(tx.facts("under_way:books")) == 1  # the refused one is forgotten


def test_who_may_not_edit_the_record_may_not_press(counter: Counter) -> None:
    counter.bench.crm.forbidden.add(("u-en", "o1"))
    press = counter.press("order", "o1")
    counter.settle()
    assert counter.answer(press) == ("Refused", "You may not edit this record.")
    assert counter.bench.erp.alive("Orders", counter.bench.entity) == {}
    assert "refused_press" in counter.bench.audit()


def test_the_answer_is_in_the_language_of_the_person(counter: Counter) -> None:
    counter.french["You may not edit this record."] = "Vous ne pouvez pas modifier cette fiche."
    counter.bench.crm.forbidden.add(("u-fr", "o1"))
    press = counter.press("order", "o1", user="u-fr")
    counter.settle()
    assert counter.answer(press)[1] == "Vous ne pouvez pas modifier cette fiche."


def test_a_button_that_is_not_enabled_says_what_to_do(counter: Counter) -> None:
    counter.bench.crm.add("Account", "a9", Name="Unknown to the ERP")
    counter.bench.crm.add("Opportunity", "o9", Name="Deal", AccountId="a9")
    press = counter.press("order", "o9")
    counter.settle()
    assert counter.answer(press) == ("Refused", "Promote the account first.")


def test_a_handler_may_decline(counter: Counter) -> None:
    counter.bench.crm.related["o1", "Lines"] = []
    press = counter.press("order", "o1")
    counter.settle()
    assert counter.answer(press) == ("Refused", "No lines for Deal.")


def test_a_handler_that_fails_is_told_and_the_cycle_goes_on(counter: Counter, caplog: pytest.LogCaptureFixture) -> None:
    counter.bench.crm.related["o1", "Lines"] = [{"Price": "ten"}]
    counter.bench.crm.add("Opportunity", "o2", Name="Other", AccountId=counter.bench.crm_key("c1"))
    counter.bench.crm.related["o2", "Lines"] = [{"Price": Decimal(1)}]
    bad, good = counter.press("order", "o1"), counter.press("order", "o2")
    counter.settle()
    assert counter.answer(bad) == ("Refused", "This button does not work for this record. Tell your administrator.")
    assert counter.answer(good)[0] == "Done"
    assert "toy.order failed" in caplog.text


def test_a_row_that_takes_no_answer_does_not_hold_up_the_others(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = [counter.press("order", "gone"), counter.press("order", "o1")]
    free = counter.press("order", "o1")
    write = counter.bench.crm.write

    def refusing(entity: str, shape: Shape, batch: Sequence[Write]) -> Sequence[Outcome]:
        if any(one.key in locked for one in batch):
            return [Refused("the record is locked", "ENTITY_IS_LOCKED")] * len(batch)
        return write(entity, shape, batch)

    monkeypatch.setattr(counter.bench.crm, "write", refusing)
    problems = [problem for _ in range(8) for problem in counter.cycle().problems]
    assert counter.answer(free)[0] == "Done"
    assert {problem.partition(":")[0] for problem in problems} == {"requests", "answers"}


def test_a_short_form_of_the_records_id_is_the_same_record(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    read = counter.bench.crm.read
    given: list[ActionInput] = []

    def known_by_both(entity: str, shape: Shape, keys: Sequence[str]) -> dict[str, Record | None]:
        found = read(entity, shape, [key.removeprefix("short:") for key in keys])
        return {key: found[key.removeprefix("short:")] for key in keys}

    def look(seen: ActionInput) -> Decision:
        given.append(seen)
        return Decline("no")

    monkeypatch.setattr(counter.bench.crm, "read", known_by_both)
    key = counter.bench.crm_key("c1")
    counter.press("promote", f"short:{key}")
    context = counter.context()
    Desk(context, (replace(ACTIONS[0], handler=look),), counter.siblings).accept()
    assert given[0].record_id == key
    assert given[0].keys["customer", key] == "c1"


def test_a_list_row_the_user_chose_reaches_the_handler_as_the_erps_key(counter: Counter) -> None:
    entity = counter.bench.entity or None
    listed = counter.bench.crm.alive("Toy_Warehouse__c").items()
    rows = {row["Name"]: key for key, row in listed if row["Accounting_Entity__c"] == entity}
    press = counter.press("order", "o1", Toy_Warehouse__c=rows["Main"])
    gone = counter.press("order", "o1", Toy_Warehouse__c=rows["Old"])
    counter.settle()
    assert counter.answer(press) == ("Done", "Order N-W1 is in Toy.")
    assert counter.answer(gone)[0] == "Refused"
    assert "Warehouse is not offered" in counter.answer(gone)[1]


def test_promoting_by_button_is_answered_when_the_record_is_there(counter: Counter) -> None:
    counter.bench.crm.add("Account", "a9", Name="Newcomer")
    press = counter.press("promote", "a9")
    counter.settle()
    assert counter.answer(press)[0] == "Done"
    assert "Newcomer" in [row["name"] for row in counter.bench.erp.alive("Customers", counter.bench.entity).values()]


def test_a_refusal_of_the_erp_is_the_answer(counter: Counter) -> None:
    counter.bench.crm.add("Account", "a9", Name="bad")
    counter.bench.erp.faults.refuse["bad"] = "Name is not allowed"
    press = counter.press("promote", "a9")
    counter.settle()
    status, message = counter.answer(press)
    assert status == "Failed"
    assert message.startswith("Name is not allowed")


def test_a_record_that_is_gone_is_told(counter: Counter) -> None:
    press = counter.press("order", "nowhere")
    counter.settle()
    assert counter.answer(press)[0] == "Refused"


def test_presses_nobody_can_take_are_answered(counter: Counter) -> None:
    unknown = counter.press("vanished", "o1")
    other = counter.press("order", "o1", Back_Office__c="no such books")
    foreign = counter.press("order", "o1")
    counter.bench.crm.edit("ERP_Request__c", foreign, Action__c="another.system")
    counter.settle()
    assert counter.answer(unknown)[0] == "Refused"
    assert "books" in counter.answer(other)[1]
    assert counter.answer(foreign)[0] == "New"


def test_with_two_back_offices_of_one_system_the_person_must_choose(counter: Counter) -> None:
    counter.siblings = ("books", "more books")
    press = counter.press("order", "o1")
    theirs = counter.press("order", "o1", Back_Office__c="more books")
    ours = counter.press("order", "o1", Back_Office__c="books")
    counter.settle()
    assert counter.answer(press)[0] == "Refused"
    assert "more books" in counter.answer(press)[1]
    assert counter.answer(theirs)[0] == "New"
    assert counter.answer(ours)[0] == "Done"


def test_a_press_without_an_entity_goes_where_the_record_is_or_shall_go() -> None:
    world = World()
    bench = Bench(world, ToyCrm(world), AsyncErp(world), MemoryStore(), ("north", "south"))
    bench.confirm()
    counter = Counter(bench)
    bench.erp.lists["warehouses"] = [ListRow("W1", "Main")]
    bench.crm.add("Account", "a1", Name="Acme")
    bench.crm.add("Opportunity", "o1", Name="Deal", AccountId="a1")
    bench.crm.related["o1", "Lines"] = [{"Price": Decimal(2)}]
    counter.settle()
    bench.crm.edit("ERP_Link__c", f"ERP_Link__c:{bench.link('a1').id}", Accounting_Entity__c="south")
    counter.settle()
    for action, record in (("promote", "a1"), ("promote", "a1"), ("order", "o1")):
        press = counter.press(action, record, Accounting_Entity__c="")
        counter.settle()
        assert counter.answer(press)[0] == "Done"
    found = {
        name: [len(bench.erp.alive(name, entity)) for entity in bench.entities] for name in ("Customers", "Orders")
    }
    assert found == {"Customers": [0, 1], "Orders": [0, 1]}


def test_at_a_top_level_a_record_goes_where_the_one_it_names_is() -> None:
    """And what stands at the top may be named below."""
    world = World()
    bench = Bench(world, ToyCrm(world), AsyncErp(world), MemoryStore(), ("", "south"))
    bench.confirm()
    counter = Counter(bench)
    bench.erp.lists["warehouses"] = [ListRow("W1", "Main")]
    bench.crm.add("Account", "a1", Name="Acme")
    bench.crm.add("Opportunity", "o1", Name="Deal", AccountId="a1")
    bench.crm.related["o1", "Lines"] = [{"Price": Decimal(2)}]
    counter.settle()
    presses = [("promote", "a1", ""), ("order", "o1", ""), ("order", "o1", "south"), ("promote", "a1", "south")]
    for action, record, entity in presses:
        press = counter.press(action, record, Accounting_Entity__c=entity)
        counter.settle()
        assert counter.answer(press)[0] == "Done"
    found = {
        name: [len(bench.erp.alive(name, entity)) for entity in bench.entities] for name in ("Customers", "Orders")
    }
    assert found == {"Customers": [1, 1], "Orders": [1, 1]}


def test_a_choice_made_just_before_the_press_counts() -> None:
    """Both come after the cycle has read the choices and before it picks up presses."""
    world = World()
    bench = Bench(world, ToyCrm(world), AsyncErp(world), MemoryStore(), ("north", "south"))
    bench.confirm()
    counter = Counter(bench)
    bench.crm.add("Account", "a1", Name="Acme")
    counter.settle()
    context = counter.context()
    cycle = Cycle(context, desk=Desk(context, ACTIONS, counter.siblings))
    cycle.observe()
    bench.crm.edit("ERP_Link__c", f"ERP_Link__c:{bench.link('a1').id}", Accounting_Entity__c="south")
    press = counter.press("promote", "a1", Accounting_Entity__c="")
    desk = cycle.desk
    assert desk is not None
    assert desk.accept() == 1
    counter.settle()
    assert counter.answer(press)[0] == "Done"
    assert len(bench.erp.alive("Customers", "south")) == 1


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("", "books: plusieurs entités. Choisissez parmi north, south."),
        ("west", "Pas d'entité. Choisissez parmi north, south."),
    ],
)
def test_who_names_no_entity_or_a_wrong_one_is_told_which_there_are(said: str, answer: str) -> None:
    world = World()
    bench = Bench(world, ToyCrm(world), AsyncErp(world), MemoryStore(), ("north", "south"))
    bench.confirm()
    bench.crm.lists["users"] = [ListRow("u-fr", "Camille", attributes={"language": "fr"})]
    french = {
        "more than one accounting entity could take this record": "plusieurs entités",
        "there is no such accounting entity": "pas d'entité",
        "Choose one of north, south.": "Choisissez parmi north, south.",
    }
    counter = Counter(bench, french)
    bench.crm.add("Account", "a1", Name="Acme")
    counter.settle()
    press = counter.press("promote", "a1", "u-fr", Accounting_Entity__c=said)
    counter.settle()
    assert counter.answer(press) == ("Refused", answer)
    assert bench.erp.alive("Customers", "north") == {}
    press = counter.press("promote", "a1", Accounting_Entity__c="SOUTH")
    counter.settle()
    assert (counter.answer(press)[0], len(bench.erp.alive("Customers", "south"))) == ("Done", 1)
