"""The store of a sandbox: the mutation log tells what was committed, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tieline_sandbox.effects import Clock
from tieline_sandbox.hooks import FaultInjected, Hook, Tags
from tieline_sandbox.state import State, Transaction
from tieline_sandbox.wire import Response


@pytest.fixture
def state(clock: Clock) -> Iterator[State]:
    clock.freeze(datetime(2025, 1, 31, tzinfo=UTC))
    state = State(None, clock, {"Thing": ("name",)})
    yield state
    state.close()


def add(state: State, ident: str, name: str) -> None:
    with state.transaction(actor="api", operation="create", key="k") as change:
        change.insert("Thing", ident, {"name": name})


def test_every_change_is_logged_with_before_and_after(state: State) -> None:
    add(state, "1", "one")
    with state.transaction(actor="ann", operation="edit") as change:
        change.update("Thing", "1", {"name": "uno"})
        change.update("Thing", "1", {"name": "uno"})
        change.delete("Thing", "1")
    told = [(m.seq, m.actor, m.operation, m.action, m.key, m.before, m.after) for m in state.mutations()]
    assert told == [
        (1, "api", "create", "insert", "k", None, {"name": "one"}),
        (2, "ann", "edit", "update", "", {"name": "one"}, {"name": "uno"}),
        (3, "ann", "edit", "delete", "", {"name": "uno"}, None),
    ]
    assert {mutation.at for mutation in state.mutations()} == {"2025-01-31T00:00:00+00:00"}
    assert [mutation.seq for mutation in state.mutations(since=1, limit=1)] == [2]


def test_a_transaction_that_fails_leaves_no_trace(state: State) -> None:
    def fail() -> None:
        with state.transaction(actor="api", operation="create") as change:
            change.insert("Thing", "1", {"name": "one"})
            change.set_setting("seen", value=True)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with state.reading() as reader:
        assert (reader.count("Thing"), reader.find("Thing", "name", "one"), reader.setting("seen")) == (0, [], None)
    assert state.mutations() == []


@pytest.mark.parametrize(("at", "rows"), [(Hook.BEFORE_COMMIT, 0), (Hook.AFTER_COMMIT, 1)])
def test_a_fault_before_the_commit_undoes_one_after_it_does_not(state: State, at: Hook, rows: int) -> None:
    def probe(hook: Hook, _tags: Tags = Tags(), /) -> None:  # noqa: B008 - frozen and empty
        if hook is at:
            raise FaultInjected(Response(503))

    with pytest.raises(FaultInjected), state.transaction(actor="api", operation="create", probe=probe) as change:
        change.insert("Thing", "1", {"name": "one"})
    assert len(state.mutations()) == rows


def test_finding_follows_changes(state: State) -> None:
    add(state, "1", "one")
    add(state, "2", "one")
    with state.transaction(actor="api", operation="edit") as change:
        change.update("Thing", "1", {"name": "uno"})
        change.delete("Thing", "2")
    with state.reading() as reader:
        assert (reader.find("Thing", "name", "one"), reader.find("Thing", "name", "uno")) == (
            [],
            [("1", {"name": "uno"})],
        )


def test_a_part_can_be_undone_alone(state: State) -> None:
    def fail_in_part(change: Transaction) -> None:
        with change.savepoint():
            change.insert("Thing", "2", {"name": "two"})
            raise ValueError("bad")

    with state.transaction(actor="api", operation="batch") as change:
        change.insert("Thing", "1", {"name": "one"})
        with pytest.raises(ValueError, match="bad"):
            fail_in_part(change)
    assert [mutation.id for mutation in state.mutations()] == ["1"]


def test_counters_and_records_outlive_the_process(tmp_path: Path, clock: Clock) -> None:
    for wanted in (5, 6):
        state = State(tmp_path / "toy.db", clock)
        with state.transaction(actor="api", operation="count") as change:
            assert change.next_number("thing", 5) == wanted
            change.insert("Thing", str(wanted), {})
        assert len(state.mutations()) == wanted - 4
        state.close()


def test_changing_what_is_not_there_is_an_error(state: State) -> None:
    with pytest.raises(KeyError), state.transaction(actor="api", operation="edit") as change:
        change.delete("Thing", "9")


def test_the_log_is_read_inside_a_transaction_and_by_action(state: State) -> None:
    with state.transaction(actor="api", operation="edit") as change:
        change.insert("Thing", "1", {"name": "one"})
        change.update("Thing", "1", {"name": "uno"})
        change.delete("Thing", "1")
        assert [mutation.action for mutation in change.mutations()] == ["insert", "update", "delete"]
        assert [mutation.before for mutation in change.mutations(action="delete")] == [{"name": "uno"}]
        assert [mutation.action for mutation in change.mutations(since=1, limit=1)] == ["update"]
