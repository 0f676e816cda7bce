"""Design faults seen in the wild, put into the engine on purpose: a storm that does not notice them proves nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from tieline.contract import Cursor
from tieline.sync import act, cycle, drive, intents, merge, observe, outcome, planning
from tieline.sync.act import Tally
from tieline.sync.context import Context
from tieline.sync.status import settled
from tieline.sync.translate import Translator


class Patch:
    """Attributes replaced until `undo`."""

    def __init__(self) -> None:
        self._before: list[tuple[Any, str, Any]] = []

    def setattr(self, owner: Any, name: str, value: Any) -> None:
        self._before.append((owner, name, getattr(owner, name)))
        setattr(owner, name, value)

    def undo(self) -> None:
        while self._before:
            setattr(*self._before.pop())


def no_intent(patch: Patch) -> None:
    """What was under way at a crash or a lost answer is forgotten and planned anew."""

    def forget(context: Context) -> Tally:
        with context.store.transaction() as tx:
            for call in tx.open_calls(context.back_office):
                links = tx.links([item.link for item in call.items])
                free = [replace(k, awaiting="", dirty=True, epoch=k.epoch + 1) for k in links.values()]
                tx.save_links([settled(link) for link in free])
                tx.close_call(call.id)
        return Tally()

    patch.setattr(cycle, "recover", forget)


def no_overlap(patch: Patch) -> None:
    """Reading goes on exactly where it ended."""
    _shift_cursor(patch, lambda context, since: Cursor(since.stamp + context.options.overlap))


def strict_cursor(patch: Patch) -> None:
    """Only stamps greater than the last one are read."""
    _shift_cursor(patch, lambda context, since: Cursor(since.stamp + context.options.overlap, "~"))


def _shift_cursor(patch: Patch, shift: Callable[[Context, Cursor], Cursor]) -> None:
    sweep = observe.Observer._sweep_mapping

    def swept(self: observe.Observer, *given: Any) -> observe.Seen:
        plain = self.context
        shown = _Shifted(plain, shift)
        self.context = shown  # type: ignore[assignment]
        try:
            return sweep(self, *given)
        finally:
            self.context = plain

    patch.setattr(observe.Observer, "_sweep_mapping", swept)


class _Shifted:
    """A context whose clients are asked from another cursor."""

    def __init__(self, context: Context, shift: Callable[[Context, Cursor], Cursor]) -> None:
        self._context, self._shift = context, shift

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def client(self, side: Any) -> Any:
        return _Reader(self._context, self._context.client(side), self._shift)


class _Reader:
    def __init__(self, context: Context, client: Any, shift: Callable[[Context, Cursor], Cursor]) -> None:
        self._context, self._client, self._shift = context, client, shift

    def pages(self, entity: str, shape: Any, since: Cursor | None) -> Any:
        return self._client.pages(entity, shape, self._shift(self._context, since) if since else None)


def no_marker(patch: Patch) -> None:
    """Our own births are taken for strangers when they are met before their answer."""
    newborn = observe.Observer._newborn

    def stranger(self: observe.Observer, tx: Any, side: Any, entity: str, rules: Any, record: Any) -> Any:
        self.births = {}
        return newborn(self, tx, side, entity, rules, replace(record, marker=""))

    patch.setattr(observe.Observer, "_newborn", stranger)


def no_base(patch: Patch) -> None:
    """Two-way compare: whatever differs is a conflict, and nobody knows who changed it."""

    def two_way(rules: Any, crm: Any, erp: Any, _base: Any, translator: Translator, judge: Any, **more: Any) -> Any:
        found = merge.merge(rules, crm, erp, {}, translator, judge, **more)
        found.clashes.clear()
        return found

    patch.setattr(planning, "merge", two_way)


def ambiguity_forgotten(patch: Patch) -> None:
    """A clean refusal after an attempt of unknown outcome is taken for a proof that nothing happened."""
    apply: Any = outcome.apply

    def certain(*given: Any) -> Any:
        return apply(*given[:-1], False)

    patch.setattr(act, "apply", certain)


def no_precondition(patch: Patch) -> None:
    """Updates quote no version and compare nothing."""

    def blunt(*given: Any) -> Any:
        return replace(intents.as_write(*given), version="", expected={})

    patch.setattr(act, "as_write", blunt)


def loser_dropped(patch: Patch) -> None:
    """The loser of a conflict is written nowhere."""
    patch.setattr(drive.Driver, "_log", lambda *_given: None)


def fresh_keys(patch: Patch) -> None:
    """Every attempt is sent under a new key and marker: nothing recognises a repeat."""
    count = iter(range(10**9))

    def anew(*given: Any) -> Any:
        write = intents.as_write(*given)
        return replace(write, idempotency_key=f"{write.idempotency_key}/{next(count)}")

    patch.setattr(act, "as_write", anew)


def frozen_written(patch: Patch) -> None:
    """A frozen field is treated like any other."""
    decide = merge._decide

    def thaw(unit: Any, result: Any, judge: Any, *, follower: bool) -> None:
        if unit.fields[0].direction == "frozen":
            merge._both(unit, result, judge)
        else:
            decide(unit, result, judge, follower=follower)

    patch.setattr(merge, "_decide", thaw)


MUTANTS: dict[str, Callable[[Patch], None]] = {
    one.__name__: one
    for one in (
        no_intent, no_overlap, strict_cursor, no_marker, no_base, ambiguity_forgotten, no_precondition, loser_dropped,
        fresh_keys, frozen_written,
    )
}  # fmt: skip


@contextlib.contextmanager
def switched_on(name: str) -> Iterator[None]:
    """The engine with this design fault, for a while; the engine as it is when the name is empty."""
    patch = Patch()
    try:
        if name:
            MUTANTS[name](patch)
        yield
    finally:
        patch.undo()
