"""A vendor's client and stand-in, as one of the systems of a history."""

# ruff: noqa: ARG002 - the toys' signatures

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tieline.contract import (
    Capabilities,
    Client,
    ClientContext,
    Cursor,
    Done,
    Gone,
    ListRow,
    Misconfigured,
    Operation,
    Outcome,
    Page,
    Record,
    Refused,
    Shape,
    Stale,
    System,
    Value,
    Values,
    Write,
)
from tieline_sandbox.application import EditRefused
from tieline_sandbox.effects import Clock, Randomness
from tieline_sandbox.rehearsal.line import Line
from tieline_sandbox.rehearsal.names import NAMES, Names, Noun
from tieline_sandbox.rehearsal.truth import Moved, Truth
from tieline_simulation.systems import Row, Toy
from tieline_simulation.world import World

if TYPE_CHECKING:
    from tieline_sandbox.rehearsal.storm import Rehearsal

CLERK = "Bea"


@dataclass(frozen=True, slots=True)
class Vendor:
    """What a system declares, without what only people read; it can be sent to another process."""

    name: str
    client: Callable[[ClientContext], Client]
    sandbox: Callable[[], Any]
    describe: Callable[[Mapping[str, Any]], Mapping[str, str]]
    names: Names


def vendor_of(system: System) -> Vendor:
    """Raises Misconfigured for a system without a stand-in, or without names for what a history needs."""
    if system.sandbox is None or system.describe_sandbox is None or system.name not in NAMES:
        mend = f"Name one of {', '.join(NAMES)} with --system."
        raise Misconfigured(f"{system.name} cannot be rehearsed", where="rehearse", mend=mend, code="no_rehearsal")
    return Vendor(system.name, system.client, system.sandbox, system.describe_sandbox, NAMES[system.name])


class _Plain:
    """Randomness that is never looked at."""

    def uniform(self, low: float, high: float) -> float:
        return (low + high) / 2

    def token(self, size: int) -> bytes:
        return bytes(size)


class StandIn(Toy):
    """People's edits go to the vendor's screens, calls through its client; `rows` and the world's log hold what the
    stand-in's own log tells, and nothing else."""

    def __init__(
        self, world: World, vendor: Vendor, seed: str, storm: Rehearsal, entities: tuple[str, ...]
    ) -> None:  # fmt: skip
        super().__init__(world, vendor.name)
        self.vendor, self.storm, self.entities = vendor, storm, entities
        self.clock = Clock(source=lambda: world.now() + self.skew)
        self.application = vendor.sandbox()(None, self.clock, Randomness(random.Random(seed)), None)  # noqa: S311
        for obj, values in vendor.names.before:
            self.application.edit(CLERK, "create", obj, "", values)
        self.truth = Truth(vendor.names, seen=self.application.state.last_mutation())
        self.looked = {}
        self.line = Line(self)
        self.markers: dict[str, str] = {}  # by idempotency key
        self.busy: tuple[str, str, tuple[str, ...]] = ("", "", ())  # entity, object and keys of the write under way
        self.page_size = 3
        self.restart()
        self.shape_of = self.client.capabilities(self._noun("Customers").object)

    def restart(self) -> None:
        """A client of a new process: no session, nothing remembered."""
        told = {**self.application.credentials(), "tls_url": "https://localhost", "ca_file": ""}
        more = {"page_size": str(self.page_size), "entities": ",".join(self.entities)}
        settings = {**self.vendor.describe(told), **more}
        self.client = self.vendor.client(ClientContext("books", settings, self.line, self.world, _Plain()))

    def _noun(self, obj: str) -> Noun:
        return self.vendor.names.of(obj)

    # people --------------------------------------------------------------------------------------------------------

    def add(self, obj: str, key: str, entity: str = "", **values: Any) -> str:
        """A company has each key once, whatever the entity."""
        noun, key = self._noun(obj), f"{key}.{entity}" if entity else key
        more = {name: values[other] for name, other in noun.typed.items()}
        owner = {self.vendor.names.owner: entity} if entity else {}
        self._type("create", obj, "", {noun.key: key, **noun.always, **more, **owner, **self._screen(noun, values)})
        return key

    def edit(self, obj: str, key: str, entity: str = "", **values: Any) -> None:
        self._type("update", obj, key, self._screen(self._noun(obj), values))

    def remove(self, obj: str, key: str, entity: str = "") -> None:
        with suppress(EditRefused):  # somebody else's record names it
            self._type("delete", obj, key, {})

    def binned(self, obj: str, entity: str = "") -> list[str]:
        """There is no bin."""
        return []

    @contextmanager
    def stamped_from(self, began: datetime, entity: str, obj: str, key: str) -> Iterator[None]:
        begun = max(self.rows[entity, obj, key].stamp, began)
        with self.clock.unshifted():
            self.clock.shift((begun - self.clock.now()).total_seconds())
            yield

    def _screen(self, noun: Noun, values: Mapping[str, Any]) -> dict[str, Any]:
        return {noun.screen(name): value for name, value in values.items()}

    def _type(self, action: str, obj: str, key: str, values: Mapping[str, Any]) -> None:
        self.application.edit(CLERK, action, self._noun(obj).kind, key, values)
        self.take_in()

    def meddled(self) -> None:
        """Somebody may edit the very records that are about to be written, after the client's look."""
        entity, obj, keys = self.busy
        for key in keys:
            self.storm.between(entity, obj, key)

    # the truth -----------------------------------------------------------------------------------------------------

    def take_in(self, *, read: bool = False) -> None:
        """What has changed since the last time. `read`: the client has just looked at what it is about to write."""
        for one in self.truth.moved(self.application.state.mutations(self.truth.seen)):
            self._moved(one)
        if read and self.looked is not None:
            entity, obj, keys = self.busy
            self.looked.update({(entity, obj, key): len(self.world.log) for key in keys})

    def _moved(self, one: Moved) -> None:
        place = (one.entity, one.obj, one.key)
        row = self.rows.get(place)
        if one.values is None:
            if row is not None:
                row.deleted, row.stamp = True, one.stamp
                self._log("delete", *place, {}, engine=one.engine)
        elif row is None or row.deleted:
            origin = self.markers.get(one.keyed, "") if one.engine else ""
            self.rows[place] = Row(one.values, one.stamp, 1, origin)
            self._log("create", *place, one.values, origin, engine=one.engine)
        elif row.values != one.values:
            row.values, row.stamp, row.number = one.values, one.stamp, row.number + 1
            self._log("update", *place, one.values, engine=one.engine)
        else:
            row.stamp = one.stamp
            return
        self.world.tick(self.world.step)

    # the client ----------------------------------------------------------------------------------------------------

    def capabilities(self, obj: str) -> Capabilities:
        return self.client.capabilities(self._noun(obj).object)

    def pages(self, entity: str, shape: Shape, since: Cursor | None) -> Iterator[Page]:
        self._count("pages")
        noun = self._noun(shape.object)
        for page in self.client.pages(entity, self._shape(noun, shape), since):
            yield replace(page, records=tuple(self._shown(noun, one) for one in page.records))

    def read(self, entity: str, shape: Shape, keys: Sequence[str]) -> Mapping[str, Record | None]:
        self._count("read")
        noun = self._noun(shape.object)
        found = self.client.read(entity, self._shape(noun, shape), keys)
        return {key: record and self._shown(noun, record) for key, record in found.items()}

    def find(self, entity: str, shape: Shape, markers: Sequence[str]) -> Mapping[str, Record]:
        self._count("find")
        noun = self._noun(shape.object)
        found = self.client.find(entity, self._shape(noun, shape), markers)
        return {marker: self._shown(noun, record) for marker, record in found.items()}

    def deleted(self, entity: str, obj: str, since: datetime) -> Iterator[Gone]:
        self._count("deleted")
        yield from self.client.deleted(entity, self._noun(obj).object, since)

    def options(self, entity: str, name: str) -> Sequence[ListRow]:
        self._count("options")
        return self.client.options(entity, name)

    def write(self, entity: str, shape: Shape, batch: Sequence[Write]) -> Sequence[Outcome]:
        self._count("write")
        noun = self._noun(shape.object)
        self.markers |= {one.idempotency_key: one.marker for one in batch}
        self.busy = (entity, shape.object, tuple(one.key for one in batch if one.operation is Operation.UPDATE))
        try:
            sent = [self._sent(noun, one) for one in batch]
            outcomes = self.client.write(entity, self._shape(noun, shape), sent)
        finally:
            self.busy = ("", "", ())
        return [self._outcome(noun, one) for one in outcomes]

    def _count(self, call: str) -> None:
        self.world.calls[f"{self.name}.{call}"] += 1

    def _shape(self, noun: Noun, shape: Shape) -> Shape:
        fields = tuple(noun.theirs(name) for name in shape.fields)
        where = {noun.theirs(name): text for name, text in shape.where.items()}
        return Shape(noun.object, fields, (), {**where, **noun.always})

    def _shown(self, noun: Noun, record: Record) -> Record:
        return replace(record, fields=noun.shown(record.fields))

    def _sent(self, noun: Noun, one: Write) -> Write:
        fields: Values = noun.sent(one.fields)
        if one.operation is Operation.CREATE:
            more: dict[str, Value] = {**noun.always, **noun.born}
            return replace(one, fields={**more, **fields}, children=noun.children)
        return replace(one, fields=fields, expected=noun.sent(one.expected))

    def _outcome(self, noun: Noun, one: Outcome) -> Outcome:
        if isinstance(one, Done | Stale) and one.record is not None:
            return replace(one, record=self._shown(noun, one.record))
        if isinstance(one, Refused):
            return replace(one, fields=tuple(noun.shown(dict.fromkeys(one.fields))))
        return one
