"""The SQL store and its twin in memory, side by side through random operations: same answers, same refusals."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tieline.contract.mapping import Side
from tieline.store.memory import MemoryStore
from tieline.store.nouns import AuditEntry, Call, Conflict, CursorRow, Item, Link, Observation, Status, StoredRow
from tieline.store.opening import open_store
from tieline.store.protocol import Fence, Fenced, Store, Transaction

START = datetime(2026, 1, 1, tzinfo=UTC)
OFFICES, ENTITIES, MAPPINGS = ("acme", "Acme"), ("", "north"), ("m.a", "m.b")
often = st.sampled_from((0, 0, 0, 0, 0, 1))  # links meet more often in one place than spread over many
KEYS = ("", "1", "2", "é", "É")
IDENTS = ("a", "b", "c", "d", "é", "z")

most, seldom = often.map(lambda one: not one), often.map(bool)
moments = st.integers(0, 5).map(lambda hours: START + timedelta(hours=hours))
values = st.sampled_from(("x", "y", "1", "", True, False, None))
fields = st.dictionaries(st.sampled_from(("A", "B", "C")), values, max_size=3)
observations = st.none() | st.builds(
    Observation, fields, st.sampled_from(("", "v")), st.none() | moments, st.none() | st.integers(0, 9), st.booleans(),
    st.sampled_from(("", "https://x")),
)  # fmt: skip
links = st.builds(
    Link,
    st.sampled_from(IDENTS), often.map(OFFICES.__getitem__), often.map(ENTITIES.__getitem__),
    often.map(MAPPINGS.__getitem__),
    st.sampled_from(KEYS), st.sampled_from(KEYS), observations, observations,
    st.dictionaries(st.sampled_from(("A", "B", "C", "D")), st.tuples(values, values), max_size=3),
    dirty=st.booleans(), not_before=st.none() | moments, tombstone=st.sampled_from(("", "", "", "gone")),
    parent=st.sampled_from(("", "p", "q")), status=st.sampled_from(list(Status)[:3]),
    panel=st.sampled_from(("", "shown")),
)  # fmt: skip
items = st.builds(
    Item,
    st.sampled_from(IDENTS),
    st.just("update"),
    st.sampled_from(KEYS),
    st.just("k"),
    st.dictionaries(st.text(), values),
)
calls = st.builds(
    Call, st.sampled_from(IDENTS), st.sampled_from(OFFICES), st.just(""), st.sampled_from(Side), st.just("m.a"),
    st.lists(items, max_size=2).map(tuple), moments, st.booleans(), deadline=st.none() | moments,
)  # fmt: skip
entries = st.builds(AuditEntry, moments, st.text(), st.sampled_from(IDENTS), before=fields, note=st.text())
cursors = st.builds(
    CursorRow, st.sampled_from(OFFICES), st.just(""), st.sampled_from(Side), st.just("m.a"), moments,
    st.sampled_from(KEYS), st.none() | moments,
)  # fmt: skip
conflicts = st.builds(
    Conflict, st.sampled_from(IDENTS), st.sampled_from(OFFICES), st.sampled_from(IDENTS), st.just("m.a"),
    st.just(("A",)), fields, fields, fields, st.just("erp"), st.just("erp_wins"), moments, st.none() | moments,
)  # fmt: skip
rows = st.builds(
    StoredRow, st.sampled_from(OFFICES), st.just(""), st.just("taxes"), st.sampled_from(KEYS), st.text(), st.booleans(),
    st.just(""), st.dictionaries(st.text(), st.text(), max_size=2),
)  # fmt: skip


class SomethingElse(Exception):
    """A failure of the code around the store."""


def told(ask: Callable[[], Any]) -> Any:
    """The answer, or the refusal. Of several collisions either store may name another one."""
    try:
        return ask()
    except ValueError:
        return ValueError
    except (Fenced, RuntimeError, SomethingElse) as error:
        return type(error), str(error)


class Twins(RuleBasedStateMachine):
    @initialize()
    def open(self) -> None:
        self.leaving = contextlib.ExitStack()
        folder = self.leaving.enter_context(tempfile.TemporaryDirectory())
        self.sql = self.leaving.enter_context(contextlib.closing(open_store(Path(folder))))
        self.memory = MemoryStore()
        self.fence: Fence | None = None

    def teardown(self) -> None:
        if hasattr(self, "leaving"):
            self.leaving.close()

    def both(self, ask: Callable[[Store], Any]) -> Any:
        one, two = told(lambda: ask(self.memory)), told(lambda: ask(self.sql))
        assert one == two
        return one

    def write(self, change: Callable[[Transaction], Any], *, fails: bool = False, fence: Fence | None = None) -> None:
        def inside(store: Store) -> Any:
            with store.transaction(fence, durable=False) as tx:
                change(tx)
                seen = tx.find_links(), tx.verify_audit(OFFICES[0])
                if fails:
                    raise SomethingElse
                return seen

        self.both(inside)

    @rule(some=st.lists(links, min_size=1, max_size=4), current=most, fails=seldom)
    def save_links(self, some: list[Link], current: bool, fails: bool) -> None:
        with self.memory.reading() as tx:
            stored = tx.links(IDENTS)
        if current:
            some = [replace(link, revision=stored[link.id].revision if link.id in stored else 0) for link in some]
        self.write(lambda tx: tx.save_links(some), fails=fails)

    @rule(idents=st.sets(st.sampled_from(IDENTS)), keys=st.permutations(KEYS))
    def swap_keys(self, idents: set[str], keys: list[str]) -> None:
        def swap(tx: Transaction) -> None:
            found = list(tx.links(sorted(idents)).values())
            tx.save_links([replace(link, crm_key=key) for link, key in zip(found, keys, strict=False)])

        self.write(swap)

    @rule(call=calls, close=st.sampled_from(IDENTS), fails=st.booleans())
    def keep_calls(self, call: Call, close: str, fails: bool) -> None:
        def change(tx: Transaction) -> None:
            tx.save_call(call)
            tx.close_call(close)

        self.write(change, fails=fails)

    @rule(office=st.sampled_from(OFFICES), some=st.lists(entries, max_size=3), fails=st.booleans())
    def append(self, office: str, some: list[AuditEntry], fails: bool) -> None:
        self.write(lambda tx: tx.append_audit(office, some), fails=fails)

    @rule(cursor=cursors)
    def move_cursor(self, cursor: CursorRow) -> None:
        self.write(lambda tx: tx.save_cursor(cursor))

    @rule(some=st.lists(conflicts, max_size=3), resolved=st.sets(st.sampled_from(IDENTS), max_size=2), at=moments)
    def log_conflicts(self, some: list[Conflict], resolved: set[str], at: datetime) -> None:
        def change(tx: Transaction) -> None:
            tx.add_conflicts(some)
            tx.resolve_conflicts(sorted(resolved), at)

        self.write(change)

    @rule(some=st.lists(rows, max_size=3), name=st.sampled_from(KEYS), value=values)
    def save_small_things(self, some: list[StoredRow], name: str, value: Any) -> None:
        def change(tx: Transaction) -> None:
            tx.save_list_rows(some)
            tx.save_fact("s", name, value)

        self.write(change)

    @rule(owner=st.sampled_from(("one", "two")), at=moments)
    def lease(self, owner: str, at: datetime) -> None:
        taken = self.both(lambda store: store.lease("writer", owner, at, 3600))
        self.fence = taken or self.fence

    @rule()
    def release(self) -> None:
        if self.fence is not None:
            fence = self.fence
            self.both(lambda store: store.release(fence))

    @rule(value=st.integers())
    def write_fenced(self, value: int) -> None:
        self.write(lambda tx: tx.save_fact("s", "fenced", value), fence=self.fence)

    @invariant()
    def they_agree(self) -> None:
        if hasattr(self, "leaving"):
            self.both(lambda store: whole_of(store))


def whole_of(store: Store) -> list[Any]:
    with store.reading() as tx:
        return whole(tx)


def whole(tx: Transaction) -> list[Any]:
    return list(_whole(tx))


def _whole(tx: Transaction) -> Iterator[Any]:
    """Every question a transaction answers."""
    found = tx.find_links()
    yield found
    yield from (tx.find_links(OFFICES[0], MAPPINGS[0], status, after="b", limit=2) for status in list(Status)[:3])
    yield tx.links(IDENTS)
    yield tx.count_links()
    yield from (tx.children(parent) for parent in ("", "p", "q"))
    for office in OFFICES:
        yield [
            tx.dirty_links(office, MAPPINGS[0], START + timedelta(hours=2), 2, "a"), tx.stale_panels(office, 2, "a"),
            tx.next_due(office), tx.count_links(office), tx.open_calls(office), tx.audit(office),
            tx.audit(office, 1, 2, "a", newest=True), tx.verify_audit(office), tx.list_rows(office, "", "taxes"),
            [tx.cursor(office, "", side, "m.a") for side in Side], tx.conflicts(office, open_only=True),
        ]  # fmt: skip
        for entity in ENTITIES:
            yield [tx.links_by_key(office, entity, mapping, side, KEYS) for mapping in MAPPINGS for side in Side]
            yield [tx.half_links(office, entity, mapping, 2, after) for mapping in MAPPINGS for after in ("", "a")]
    yield tx.conflicts(), tx.facts("s")


@pytest.mark.parametrize("examples", [6, pytest.param(200, marks=[pytest.mark.deep, pytest.mark.timeout(600)])])
def test_the_stores_agree(examples: int) -> None:
    profile = settings(
        max_examples=examples, stateful_step_count=25, deadline=None, derandomize=True, database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )  # fmt: skip
    run_state_machine_as_test(Twins, settings=profile)
