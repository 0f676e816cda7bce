"""What seeded histories once broke, each as small as it can be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tieline.contract import Done, Outcome, PermanentError, Record, Shape, Side, Write
from tieline.store.memory import MemoryStore
from tieline.store.nouns import Item, Link, Observation, Status
from tieline.sync.absorb import absorb
from tieline.sync.context import Options
from tieline.sync.intents import update_item
from tieline.sync.outcome import apply
from tieline.sync.rules import compile_rules
from tieline_simulation.bench import CUSTOMER, Bench
from tieline_simulation.systems import AsyncErp, ToyCrm, VersionedErp, WholeErp
from tieline_simulation.world import World

RULES = compile_rules((CUSTOMER,), "books", "")["customer"]


@pytest.fixture
def queueing() -> Bench:
    """A back office that queues writes, with two accounting entities."""
    world = World()
    made = Bench(world, ToyCrm(world), AsyncErp(world), MemoryStore(), ("north", "south"))
    made.confirm()
    return made


@pytest.fixture
def versioned() -> Bench:
    world = World()
    made = Bench(world, ToyCrm(world), VersionedErp(world), MemoryStore(), ("",))
    made.confirm()
    return made


@pytest.fixture
def whole() -> Bench:
    world = World()
    made = Bench(world, ToyCrm(world), WholeErp(world), MemoryStore(), ("",))
    made.confirm()
    return made


def conflicts(bench: Bench) -> set[str]:
    with bench.store.reading() as tx:
        return {str(value) for one in tx.conflicts("books") for value in (*one.crm.values(), *one.erp.values())}


# several accounting entities ---------------------------------------------------------------------------------------


def test_a_contact_that_followed_its_account_does_not_come_back_as_a_twin(queueing: Bench) -> None:
    queueing.crm.add("Account", "a1", Name="New")
    queueing.crm.add("Contact", "k1", LastName="Child", AccountId="a1")
    queueing.settle()
    queueing.promote("a1", "north")
    queueing.settle()
    assert list(queueing.crm.alive("Contact")) == ["k1"]
    assert queueing.link("k1", "contact").entity == "north"


def test_contacts_follow_to_an_entity_that_is_not_the_first(queueing: Bench) -> None:
    queueing.crm.add("Account", "a1", Name="New")
    queueing.crm.add("Contact", "k1", LastName="Child", AccountId="a1")
    queueing.settle()
    queueing.promote("a1", "south")
    queueing.settle()
    assert [row["last"] for row in queueing.erp.alive("People", "south").values()] == ["Child"]


def test_a_promoted_record_may_be_promoted_to_another_entity_too(queueing: Bench) -> None:
    queueing.crm.add("Account", "a1", Name="New")
    queueing.settle()
    for entity in ("north", "south"):
        queueing.promote("a1", entity)
        queueing.settle()
        assert [row["name"] for row in queueing.erp.alive("Customers", entity).values()] == ["New"]


def test_two_owners_of_one_way_fields_do_not_overwrite_each_other_for_ever(queueing: Bench) -> None:
    queueing.erp.add("Customers", "c1", "north", name="One", code="north's")
    queueing.settle()
    queueing.promote(queueing.crm_key("c1"), "south")
    queueing.settle()
    made = next(iter(queueing.erp.alive("Customers", "south")))
    queueing.erp.edit("Customers", made, "south", code="south's")
    queueing.settle()
    assert next(iter(queueing.crm.alive("Account").values()))["Code__c"] == "north's"


def test_a_deletion_in_the_crm_is_seen_in_every_entity(queueing: Bench) -> None:
    queueing.erp.add("Customers", "c1", "south", name="One")
    queueing.settle()
    queueing.crm.remove("Account", queueing.crm_key("c1"))
    queueing.settle()
    assert queueing.link("c1").tombstone


# queues ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["after", "before"])
def test_a_create_that_waits_in_a_silent_queue_is_not_made_anew(queueing: Bench, fault: str) -> None:
    assert isinstance(queueing.erp, AsyncErp)
    queueing.crm.add("Account", "a1", Name="New")
    queueing.cycle()
    queueing.promote("a1", "north")
    queueing.erp.silent = True
    setattr(queueing.erp.faults, fault, 1)
    queueing.cycle()
    queueing.world.tick(3600)
    queueing.cycle()
    queueing.erp.silent = False
    queueing.settle()
    assert len(queueing.erp.alive("Customers", "north")) == 1


def test_a_value_that_a_queued_write_went_over_stays_readable(queueing: Bench) -> None:
    assert isinstance(queueing.erp, AsyncErp)
    queueing.erp.add("Customers", "c1", "north", name="One", phone="1")
    queueing.settle()
    queueing.crm.edit("Account", queueing.crm_key("c1"), Phone="from the crm")
    queueing.erp.silent = True
    queueing.cycle()
    queueing.erp.edit("Customers", "c1", "north", phone="typed meanwhile")
    queueing.cycle()
    queueing.erp.silent = False
    queueing.settle()
    assert queueing.erp.value("Customers", "c1", "phone", "north") == "from the crm"
    assert "typed meanwhile" in conflicts(queueing)


def test_an_unanswered_write_is_sent_again_when_somebody_presses_promote(queueing: Bench) -> None:
    assert isinstance(queueing.erp, AsyncErp)
    queueing.crm.add("Account", "a1", Name="New")
    queueing.cycle()
    queueing.promote("a1", "north")
    queueing.erp.silent = True
    queueing.cycle()
    queueing.erp.queue.clear()  # the back office lost its queue
    queueing.world.tick(25 * 3600)
    queueing.cycle()
    assert queueing.link("a1").status is Status.OUT_OF_SYNC
    queueing.erp.silent = False
    queueing.promote("a1", "north")
    queueing.settle()
    assert len(queueing.erp.alive("Customers", "north")) == 1
    assert queueing.link("a1").status is Status.IN_SYNC


NOW = World().at
BEFORE = Observation({"Name": "One", "Phone": "1"}, "5", NOW, 5)


def test_a_late_answer_does_not_put_an_old_version_over_a_newer_one() -> None:
    link = Link("l", "books", "", "customer", "a1", "c1", BEFORE, replace(BEFORE, sequence=5), promoted=True)
    item = update_item_of(link, "2")
    newer = replace(link, erp=Observation({"Name": "One", "Phone": "3"}, "7", NOW, 7))
    answer = Done("c1", "6", Record("c1", {"name": "One", "phone": "2"}, "6", NOW, 6))
    after = apply(newer, item, Side.ERP, answer, RULES, NOW, Options()).link
    assert after.erp is not None
    assert (after.erp.sequence, after.erp.fields["Phone"]) == (7, "3")


def test_the_state_before_our_write_is_not_taken_for_two_contents_of_one_version() -> None:
    link = Link("l", "books", "", "customer", "a1", "c1", BEFORE, BEFORE, promoted=True, confirmed=True)
    sent = apply(link, update_item_of(link, "2"), Side.ERP, Done("c1"), RULES, NOW, Options()).link
    assert absorb(sent, RULES, Side.ERP, Record("c1", {"name": "One", "phone": "1"}, "5", NOW, 5), NOW).link is None


def update_item_of(link: Link, phone: str) -> Item:
    world = World()
    context = Bench(world, ToyCrm(world), VersionedErp(world), MemoryStore(), ("",)).context()
    return update_item(context, RULES, link, Side.ERP, {"Phone": phone})


def test_the_same_edit_made_again_later_is_a_new_write_where_there_are_no_versions() -> None:
    link = Link("l", "books", "", "customer", "a1", "c1", replace(BEFORE, version=""), replace(BEFORE, version=""))
    later = replace(link, synced_at=NOW + timedelta(hours=1))
    assert update_item_of(link, "2").idempotency_key != update_item_of(later, "2").idempotency_key


# one side's trouble ------------------------------------------------------------------------------------------------


def test_a_refusal_of_one_side_does_not_keep_the_other_from_its_part(versioned: Bench) -> None:
    versioned.erp.add("Customers", "c1", name="One")
    versioned.settle()
    account = versioned.crm_key("c1")
    versioned.erp.faults.refuse["bad"] = "not allowed"
    versioned.crm.edit("Account", account, Phone="bad")
    versioned.erp.edit("Customers", "c1", site="erp site")

    def kill(name: str) -> None:
        if name == "act.after_ack" and "refused" in versioned.audit():
            versioned.point = lambda _name: None
            raise KeyboardInterrupt(name)

    versioned.point = kill
    with pytest.raises(KeyboardInterrupt):
        versioned.cycle()
    versioned.settle()
    assert versioned.crm.value("Account", account, "Website") == "erp site"
    assert versioned.link("c1").status is Status.OUT_OF_SYNC


def test_an_erp_out_of_reach_does_not_hold_up_the_crm(versioned: Bench) -> None:
    versioned.erp.add("Customers", "c1", name="One")
    versioned.settle()
    account = versioned.crm_key("c1")
    versioned.crm.edit("Account", account, Phone="from the crm")
    versioned.erp.edit("Customers", "c1", site="erp site")
    versioned.erp.faults.never_sent = 99
    versioned.cycle()
    assert versioned.crm.value("Account", account, "Website") == "erp site"


# promotion and matching --------------------------------------------------------------------------------------------


def test_a_record_we_made_ourselves_is_recognised_when_promoted_before_we_know_of_it(whole: Bench) -> None:
    whole.erp.add("Customers", "c1", name="One")
    whole.crm.faults.after = 1
    whole.cycle()
    whole.promote(next(iter(whole.crm.alive("Account"))))
    whole.settle()
    assert len(whole.erp.alive("Customers")) == 1
    assert len(whole.crm.alive("Account")) == 1


def test_a_record_whose_partner_was_deleted_is_not_promoted_silently(whole: Bench) -> None:
    whole.erp.add("Customers", "c1", name="One")
    whole.settle()
    account = whole.crm_key("c1")
    whole.crm.remove("Account", account)
    whole.settle()
    with pytest.raises(PermanentError, match="deleted"):
        whole.promote(account)


def test_whoever_is_no_longer_ambiguous_goes_on(versioned: Bench) -> None:
    versioned.crm.add("Account", "a1", Name="Twin one", Code__c="C-2")
    versioned.crm.add("Account", "a2", Name="Twin two", Code__c="C-2")
    versioned.erp.add("Customers", "c1", name="Twin", code="C-2")
    versioned.settle()
    assert versioned.link("c1").status is Status.OUT_OF_SYNC
    versioned.crm.edit("Account", "a1", Code__c="C-3")
    versioned.crm.edit("Account", "a2", Code__c="C-4")
    versioned.settle()
    assert versioned.link("c1").crm_key
    assert len(versioned.crm.alive("Account")) == 3


def test_an_erp_value_of_a_field_the_crm_owns_is_logged_before_the_crms_first_value_replaces_it(whole: Bench) -> None:
    whole.erp.add("Customers", "c1", name="One", manager="theirs")
    whole.settle()
    assert whole.erp.value("Customers", "c1", "manager") == "theirs"
    whole.crm.edit("Account", whole.crm_key("c1"), Manager__c="ours")
    whole.settle()
    assert whole.erp.value("Customers", "c1", "manager") == "ours"
    assert "theirs" in conflicts(whole)


def test_a_contact_that_changes_its_account_before_it_went_out_follows_the_new_one(versioned: Bench) -> None:
    versioned.crm.add("Account", "a1", Name="Stays at home")
    versioned.crm.add("Account", "a2", Name="Goes out")
    versioned.crm.add("Contact", "k1", LastName="Child", AccountId="a1")
    versioned.settle()
    versioned.promote("a2")
    versioned.crm.edit("Contact", "k1", AccountId="a2")
    versioned.settle()
    assert [row["last"] for row in versioned.erp.alive("People").values()] == ["Child"]


def test_one_side_out_of_reach_does_not_keep_the_other_from_being_recovered(versioned: Bench) -> None:
    versioned.crm.add("Account", "a1", Name="Out")
    versioned.cycle()
    versioned.promote("a1")
    versioned.point = lambda _name: versioned.world.tick(1)  # the ERP's call is the older one
    versioned.erp.faults.before = 1
    versioned.crm.faults.before = 1
    versioned.erp.add("Customers", "c1", name="In")
    versioned.cycle()
    assert versioned.open_calls() == 2
    versioned.erp.faults.never_sent = 99
    versioned.cycle()
    assert sorted(row["Name"] for row in versioned.crm.alive("Account").values()) == ["In", "Out"]


def test_a_change_that_waits_in_a_queue_is_not_judged_by_a_look(queueing: Bench) -> None:
    assert isinstance(queueing.erp, AsyncErp)
    queueing.erp.add("Customers", "c1", "north", name="One", phone="1")
    queueing.settle()
    account = queueing.crm_key("c1")
    queueing.crm.edit("Account", account, Phone="first")
    queueing.erp.silent = True
    queueing.erp.faults.after = 1
    queueing.cycle()
    queueing.crm.edit("Account", account, Phone="second")
    queueing.cycle()
    queueing.erp.silent = False
    queueing.settle()
    assert queueing.erp.value("Customers", "c1", "phone", "north") == "second"


def test_a_refused_contact_follows_its_new_account_into_another_entity(queueing: Bench) -> None:
    for key, entity in (("a1", "north"), ("a2", "south")):
        queueing.crm.add("Account", key, Name=key)
        queueing.cycle()
        queueing.promote(key, entity)
    queueing.settle()
    queueing.erp.faults.refuse["bad"] = "not allowed"
    queueing.crm.add("Contact", "k1", LastName="bad", AccountId="a2")
    queueing.settle()
    queueing.crm.edit("Contact", "k1", LastName="good", AccountId="a1")
    queueing.settle()
    assert [row["last"] for row in queueing.erp.alive("People", "north").values()] == ["good"]


def test_a_refusal_soon_after_a_lost_repeat_is_not_believed_however_old_the_create_is(whole: Bench) -> None:
    whole.crm.add("Account", "a1", Name="slow")
    whole.cycle()
    whole.promote("a1")
    whole.erp.faults.before = 1
    whole.cycle()
    whole.world.tick(1200)
    whole.erp.faults.before = 1
    whole.cycle()
    whole.erp.faults.refuse["slow"] = "closed"
    whole.cycle()
    assert whole.open_calls() == 1


def test_a_client_that_takes_a_tied_record_for_the_new_one_ties_nothing_twice(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.erp.add("Customers", "c1", bench.entity, name="Jo Li")
    bench.settle()
    bench.crm.add("Account", "a2", Name="Jo Li")
    bench.crm.add("Account", "a3", Name="Other")
    bench.cycle()

    def adopt(entity: str, shape: Shape, write: Write) -> Outcome:
        if write.fields["name"] == "Jo Li":
            return Done("c1", record=bench.erp._record(entity, shape, "c1"))
        return type(bench.erp)._create(bench.erp, entity, shape, write)

    monkeypatch.setattr(bench.erp, "_create", adopt)
    bench.promote("a2")
    bench.promote("a3")
    bench.settle()
    problem = bench.link("a2").problem
    assert problem is not None
    assert "tied to another one already" in problem.reason
    assert bench.link("a3").status is Status.IN_SYNC
    assert bench.link("c1").crm_key != "a2"
