"""Every invariant has a judgement that fails: a calm history is spoilt by hand, and the judge must name what broke."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from tieline.contract import Operation, Side, Write
from tieline.store.memory import MemoryStore
from tieline.store.nouns import CursorRow, Link, Problem, Status
from tieline.sync.missing import suspicions_scope
from tieline.sync.parts import part_of
from tieline.sync.status import settled
from tieline_simulation.acts.repairs import confirm_missing
from tieline_simulation.declared import TERMS_OBJECT
from tieline_simulation.storm import Plot, Storm, Weather
from tieline_simulation.violation import INVARIANTS, Violation
from tieline_simulation.watched import WatchedStore


def _calm(shape: str = "versioned", plot: Plot | None = None) -> Storm:
    """A short history without faults, judged and found good: customers `a` and `b`, typed in the back office."""
    storm = Storm(shape, 1, weather=Weather(), plot=plot or Plot())
    for key in ("a", "b"):
        storm.erp.add("Customers", key, storm.entities[0], name=f"name {key}", phone=f"phone {key}", site=f"site {key}")
    storm.run(steps=0)
    return storm


def _crm_key(storm: Storm, key: str) -> str:
    return next(link.crm_key for link in storm.live_links() if link.erp_key == key)


def _put(storm: Storm, system: str, key: str, **values: Any) -> None:
    """The engine writes, in the systems' own log."""
    toy, obj = (storm.crm, "Account") if system == "crm" else (storm.erp, "Customers")
    entity = "" if system == "crm" else storm.entities[0]
    toy._put(entity, obj, key, {**toy.rows[entity, obj, key].values, **values}, engine=True)
    storm.oracle.catch_up()


def _breaks(invariant: str, spoil: Callable[[], object]) -> None:
    with pytest.raises(Violation) as caught:
        spoil()
    assert caught.value.invariant == invariant


def _then_judged(storm: Storm, spoil: Callable[[], object]) -> Callable[[], object]:
    def both() -> None:
        spoil()
        storm.oracle.verdict()

    return both


def test_i1_a_field_that_differs() -> None:
    storm = _calm()
    _breaks("I1", _then_judged(storm, lambda: storm.erp.edit("Customers", "a", phone="new")))


def test_i1_a_record_without_partner() -> None:
    storm = _calm()
    _breaks("I1", _then_judged(storm, lambda: storm.erp.add("Customers", "c", name="new")))


def test_i1_a_list_row_that_says_something_else() -> None:
    storm = _calm(plot=Plot(lists=True))
    row = next(iter(storm.crm.alive(TERMS_OBJECT)))
    _breaks("I1", _then_judged(storm, lambda: storm.crm.edit(TERMS_OBJECT, row, Name="meddled")))


def test_i1_a_reference_to_another_record() -> None:
    storm = Storm("versioned", 1, weather=Weather(), plot=Plot())
    storm.erp.add("Customers", "a", name="one")
    storm.erp.add("Customers", "b", name="two")
    storm.erp.add("People", "p", last="three", customer="a")
    storm.run(steps=0)
    _breaks("I1", _then_judged(storm, lambda: storm.erp.edit("People", "p", customer="b")))


def test_i1_a_false_alarm_about_missing_records() -> None:
    storm = _calm()
    with storm.store.transaction() as tx:
        tx.save_fact(suspicions_scope("books"), part_of(Side.ERP, "", "customer").name,
                     {"missing": 2, "known": 2, "since": storm.world.now().isoformat()})  # fmt: skip
    _breaks("I1", lambda: confirm_missing(storm))


def test_many_deletions_are_believed_once_a_person_says_so() -> None:
    storm = _calm("whole")
    for key in storm.erp.alive("Customers"):
        storm.erp.remove("Customers", key)
    storm.world.tick(26 * 3600)
    storm.calm()
    storm.oracle.verdict()
    assert [link.erp_key for link in storm.live_links() if link.mapping == "customer"] == []


def test_a_record_that_is_restored_after_its_partner_was_deleted_gets_a_new_one() -> None:
    storm = _calm("versioned", Plot(bins=True))
    account = _crm_key(storm, "a")
    storm.crm.add("Contact", "mine", LastName="last", Email="m@x", AccountId=account)
    storm.calm()
    made = next(link.erp_key for link in storm.live_links() if link.crm_key == "mine")
    storm.erp.remove("People", made)
    storm.calm()
    storm.erp.restore("People", made)
    storm.calm()
    storm.oracle.verdict()
    assert _crm_key(storm, made) != "mine"


def test_i1_a_record_whose_tie_was_buried_and_nobody_unlinked_it() -> None:
    storm = _calm()
    link = next(one for one in storm.live_links() if one.erp_key == "a")
    with storm.store.transaction() as tx:
        tx.save_links([settled(replace(link, tombstone="unlinked"))])
    _breaks("I1", storm.oracle.verdict)


def test_a_record_that_was_unlinked_and_merged_away_later_is_rightly_buried() -> None:
    storm = _calm()
    link = next(one for one in storm.live_links() if one.erp_key == "a")
    storm.crm.remove("Account", link.crm_key)
    merged = settled(replace(link, tombstone="merged:b"))
    with storm.store.transaction() as tx:
        tx.save_links([merged])
        tx.save_links([settled(replace(merged, id="zzz", revision=0, crm_key="c", tombstone="unlinked"))])
    storm.oracle.verdict()


def test_i2_a_value_overwritten_unread() -> None:
    storm = _calm()
    storm.crm.edit("Account", _crm_key(storm, "a"), Phone="typed just now")
    _breaks("I2", lambda: _put(storm, "crm", _crm_key(storm, "a"), Phone="phone b"))


def test_i3_two_births_for_one_record() -> None:
    storm = _calm()

    def born_again() -> None:
        storm.crm._put("", "Account", "twin", {"Name": "name a"}, engine=True, origin="books//Customers/a")

    _breaks("I3", _then_judged(storm, born_again))


def test_i4_an_older_value_over_a_newer_one() -> None:
    storm = _calm()
    storm.erp.edit("Customers", "a", phone="newer")
    _breaks("I4", lambda: _put(storm, "erp", "a", phone="phone a"))


@pytest.mark.parametrize(
    ("system", "field"), [("erp", "tier"), ("crm", "Tier__c"), ("erp", "code"), ("crm", "Manager__c")]
)
def test_i5_a_field_that_is_not_the_engines(system: str, field: str) -> None:
    storm = _calm()
    key = "a" if system == "erp" else _crm_key(storm, "a")
    _breaks("I5", lambda: _put(storm, system, key, **{field: "name b"}))


def test_i5_a_deletion_no_mapping_asks_for() -> None:
    storm = _calm()
    storm.crm._bury("", "Account", _crm_key(storm, "a"), engine=True)
    _breaks("I5", storm.oracle.catch_up)


def test_i5_a_deletion_while_the_partner_is_there() -> None:
    storm = Storm("versioned", 1, weather=Weather(), plot=Plot(bins=True))
    storm.erp.add("Customers", "a", name="one")
    storm.erp.add("People", "p", last="two", customer="a")
    storm.run(steps=0)
    storm.crm._bury("", "Contact", _crm_key(storm, "p"), engine=True)
    _breaks("I5", storm.oracle.catch_up)


def test_i5_an_object_that_is_nobodys() -> None:
    storm = _calm()
    write = Write(Operation.UPDATE, "x", {}, "key")
    _breaks("I5", lambda: storm.oracle.about_to_write(storm.erp, "", "Invoices", [write]))


def test_i5_a_birth_nobody_asked_for() -> None:
    storm = _calm()
    link = storm.live_links()[0]
    write = Write(Operation.CREATE, "", {}, "key", marker=link.id)
    _breaks("I5", lambda: storm.oracle.about_to_write(storm.erp, "", "Customers", [write]))


def test_i5_held_changes_that_nobody_promoted() -> None:
    storm = _calm(plot=Plot(held=True))
    write = Write(Operation.UPDATE, "a", {"phone": "x"}, "key")
    _breaks("I5", lambda: storm.oracle.about_to_write(storm.erp, "", "Customers", [write]))


class _Careless(MemoryStore):
    """A store that asks nobody for a fence."""

    @contextmanager
    def transaction(self, fence: Any = None, durable: bool = True) -> Iterator[Any]:
        with super().transaction(None, durable) as tx:
            yield tx


def test_i6_a_worker_that_records_after_another_one_took_over() -> None:
    storm = _calm()
    store = WatchedStore(_Careless())
    late = store.lease("sync", "one", storm.world.now(), 1)
    storm.world.tick(2)
    store.lease("sync", "two", storm.world.now(), 1)

    def record() -> None:
        with store.transaction(late):
            pass

    _breaks("I6", record)


def test_i7_a_status_that_does_not_follow() -> None:
    storm = _calm()
    link = storm.live_links()[0]

    def lie() -> None:
        with storm.store.transaction() as tx:
            tx.save_links([replace(link, status=Status.OUT_OF_SYNC)])

    _breaks("I7", lie)


def test_i7_a_record_of_the_back_office_that_is_not_promoted_any_more() -> None:
    storm = _calm()
    _breaks("I7", lambda: _save(storm, replace(storm.live_links()[0], erp_key="")))


def test_i7_a_change_of_status_that_no_event_makes() -> None:
    storm = _calm()
    link = storm.live_links()[0]
    _breaks("I7", lambda: _save(storm, replace(link, extra={**link.extra, "system_of_record": "crm"})))


class _Forgetful(MemoryStore):
    """A store whose cursors go back."""

    @contextmanager
    def transaction(self, fence: Any = None, durable: bool = True) -> Iterator[Any]:
        with super().transaction(fence, durable) as tx:
            yield _Backwards(tx)


@dataclass
class _Backwards:
    inner: Any
    row: Any = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def save_cursor(self, row: CursorRow) -> None:
        self.row = row

    def cursor(self, *place: Any) -> CursorRow | None:
        found: CursorRow | None = self.row or self.inner.cursor(*place)
        return found


def test_i7_a_cursor_that_goes_back() -> None:
    storm = _calm()
    store, now = WatchedStore(_Forgetful()), storm.world.now()

    def back() -> None:
        with store.transaction() as tx:
            for at in (now, now - timedelta(seconds=1)):
                tx.save_cursor(CursorRow("books", "", Side.ERP, "customer", at))

    _breaks("I7", back)


def test_i8_a_write_that_no_audit_entry_shows() -> None:
    storm = _calm()
    _breaks("I8", _then_judged(storm, lambda: _write_unseen(storm)))


def _write_unseen(storm: Storm) -> None:
    """On both sides, so that they agree."""
    _put(storm, "crm", _crm_key(storm, "a"), Credit__c="7.25")
    _put(storm, "erp", "a", credit="7.25")


def test_i8_a_record_deleted_before_the_engine_heard_of_it_and_made_again_needs_one_audit_entry() -> None:
    storm = _calm("whole")
    place = ("whole", "unheard")
    for _ in range(2):
        storm.erp._put("", "Customers", "unheard", {"name": "of"}, engine=True, origin="link")
        storm.oracle.catch_up()
        assert storm.oracle.truth.mutations[place] == 1
        storm.erp.edit("Customers", "unheard", phone="nobody read it")
        storm.erp.remove("Customers", "unheard")
        storm.oracle.catch_up()
    storm.erp._put("", "Customers", "unheard", {"name": "of"}, engine=True, origin="link")
    storm.oracle.tied.add("unheard")  # an answer has come
    storm.oracle.catch_up()
    _breaks("I8", storm.oracle.books.audited)


def test_a_value_put_back_in_the_window_needs_no_audit_entry_of_its_field() -> None:
    """A later write of the same field and value tells nothing of the earlier one, which was to change another."""
    storm = _calm("whole")
    key = _crm_key(storm, "a")
    storm.crm.edit("Account", key, Manager__c="ours")
    storm.calm()
    storm.crm.edit("Account", key, Phone="new")

    def meddle(*_where: str) -> None:
        storm.erp.between = lambda *_where: None  # type: ignore[attr-defined]
        storm.erp.edit("Customers", "a", manager="lost")

    storm.erp.between = meddle  # type: ignore[attr-defined]
    storm.calm()
    storm.erp.edit("Customers", "a", manager="taken back")
    storm.calm()
    storm.oracle.verdict()
    assert [(loss.lost, loss.pre_image) for loss in storm.oracle.losses] == [("lost", "ours")]


def test_i9_a_press_that_nobody_answers() -> None:
    storm = _calm()
    _breaks("I9", _then_judged(storm, lambda: storm.crm.add("ERP_Request__c", "press", Status__c="New")))


def test_i9_a_link_that_is_left_to_do() -> None:
    storm = _calm()
    _breaks("I9", _then_judged(storm, lambda: _save(storm, replace(storm.live_links()[0], dirty=True))))


def _save(storm: Storm, link: Link) -> None:
    with storm.store.transaction() as tx:
        tx.save_links([settled(link)])


def test_i10_a_value_of_one_entity_in_another() -> None:
    storm = _calm("async")
    storm.erp.add("Customers", "s", "south", name="southern")
    storm.cycle()

    def leak() -> None:
        row = storm.erp.rows["south", "Customers", "s"].values
        storm.erp._put("south", "Customers", "s", {**row, "phone": "phone a"}, engine=True)
        storm.oracle.catch_up()

    _breaks("I10", leak)


def test_i11_an_idle_cycle_that_reads_records() -> None:
    storm = _calm()
    before = storm.world.calls.copy()
    _breaks("I11", lambda: storm.oracle.books.idle(before, before + Counter({"crm.read": 1})))
    storm.oracle.books.idle(before, before + Counter({"crm.pages": 1, "crm.deleted": 2, "versioned.options": 1}))


def test_i11_work_that_does_not_end() -> None:
    storm = _calm()
    _breaks("I11", lambda: storm.oracle.books.bounded(Counter({"crm.write": 1000}), 3))
    storm.oracle.books.bounded(Counter({"crm.write": 20, "crm.pages": 10_000}), 3)


def test_i12_out_of_sync_without_a_reason() -> None:
    storm = _calm()
    problem = Problem("", "", storm.world.now(), "odd")
    _breaks("I12", lambda: storm.oracle.books.explained(settled(replace(storm.live_links()[0], problem=problem))))


def test_every_invariant_is_judged_here() -> None:
    tested = {name.split("_")[1].upper() for name in globals() if name.startswith("test_i")}
    assert tested == set(INVARIANTS)
