"""Faults in what is read, and in what is made of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tieline.contract import Cursor
from tieline.sync import absorb, observe
from tieline.sync.context import Context
from tieline_simulation.mutants.patch import Patch, mutant


@mutant("async")
def no_overlap(patch: Patch) -> None:
    """Reading goes on exactly where it ended."""
    _shift_cursor(patch, lambda context, since: Cursor(since.stamp + context.options.overlap))


@mutant("versioned")
def strict(patch: Patch) -> None:
    """Only stamps greater than the last one are read."""
    _shift_cursor(patch, lambda context, since: Cursor(since.stamp + context.options.overlap, "~"))


@mutant("async")
def ckpt_first(patch: Patch) -> None:
    """The cursor is kept before what it vouches for."""
    sweep = observe.Observer._sweep_mapping

    def swept(self: observe.Observer, side: Any, entity: str, rules: Any) -> observe.Seen:
        with self.context.store.reading() as tx:
            row = tx.cursor(self.context.back_office, entity, side, rules.name)
        if row is not None:
            self._finish(side, entity, rules, self.context.clock.now())
        plain = self.context
        since = row.stamp if row else None
        self.context = _Shifted(plain, lambda context, _: Cursor(since - context.options.overlap)) if since else plain  # type: ignore[assignment]
        try:
            return sweep(self, side, entity, rules)
        finally:
            self.context = plain

    patch.setattr(observe.Observer, "_sweep_mapping", swept)


def _shift_cursor(patch: Patch, shift: Callable[[Context, Cursor], Cursor]) -> None:
    sweep = observe.Observer._sweep_mapping

    def swept(self: observe.Observer, *given: Any) -> observe.Seen:
        plain = self.context
        self.context = _Shifted(plain, shift)  # type: ignore[assignment]
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

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def pages(self, entity: str, shape: Any, since: Cursor | None) -> Any:
        return self._client.pages(entity, shape, self._shift(self._context, since) if since else None)


@mutant("async")
def no_marker(patch: Patch) -> None:
    """Our own births are taken for strangers when they are met before their answer."""
    newborn = observe.Observer.newborn

    def stranger(self: observe.Observer, tx: Any, side: Any, entity: str, rules: Any, record: Any) -> Any:
        self.births = {}
        return newborn(self, tx, side, entity, rules, replace(record, marker=""))

    patch.setattr(observe.Observer, "newborn", stranger)


@mutant("versioned")
def echo_time(patch: Patch) -> None:
    """What is not younger than our own last write is taken for its echo."""

    def filtered(link: Any, rules: Any, side: Any, record: Any, now: Any) -> Any:
        if link.synced_at and record.stamp and record.stamp <= link.synced_at:
            return absorb.Absorbed(None)
        return absorb.absorb(link, rules, side, record, now)

    patch.setattr(observe, "absorb", filtered)
