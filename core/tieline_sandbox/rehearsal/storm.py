"""A storm over a vendor's client and stand-in: the same people, the same engine and the same judge."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tieline.contract import Outcome, Shape, Side, Write
from tieline.sync.absorb import HIDDEN
from tieline.sync.context import Context
from tieline.sync.looking import believe_hidden, out_of_sight
from tieline_sandbox.rehearsal.erp import StandIn, Vendor
from tieline_simulation.acts import Act
from tieline_simulation.acts.edits import born_in_crm
from tieline_simulation.acts.presses import press, promote
from tieline_simulation.acts.repairs import confirm_missing
from tieline_simulation.doors import Door
from tieline_simulation.storm import Plot, Storm, Weather
from tieline_simulation.systems import Toy, ToyCrm
from tieline_simulation.violation import require

_OUTWARD = 0.7
_ENTITIES = 3
"""One history of so many has all entities of its company, the others have its top level alone."""
_BAD = {0: 0.1, 0.15: 0.4, 0.4: 0.7}
"""How often a request that writes is struck, by how bad the weather was drawn."""


class WireDoor(Door):
    """What strikes, strikes on the line. Processes end and freeze, and people edit, between calls as everywhere."""

    def _look(self, name: str) -> None:
        self.storm.gate(name)

    def write(self, entity: str, shape: Shape, batch: Sequence[Write]) -> Sequence[Outcome]:
        storm = self.storm
        storm.gate("write")
        self._meddle(entity, shape, batch)
        storm.oracle.about_to_write(self.toy, entity, shape.object, batch)
        outcomes = self.toy.write(entity, shape, batch)
        storm.oracle.catch_up()
        if storm.rng.random() < 0.3:
            self._meddle(entity, shape, batch)
        storm.gate("written")
        return [self._told(outcome) for outcome in outcomes]


class Rehearsal(Storm):
    """One history at a vendor's. Its own lists, documents with lines, bins and rules that remake values are left out:
    the toys have them."""

    erp: StandIn

    def __init__(
        self, shape: str, seed: int, store: Any = None, weather: Weather | None = None,
        skip: frozenset[int] = frozenset(), kills: frozenset[int] | None = None, *, vendor: Vendor,
    ) -> None:  # fmt: skip
        self.vendor = vendor
        drawn = weather or Weather.drawn(random.Random(f"{shape}/{seed}"))  # noqa: S311 - seeded on purpose
        plot = Plot.drawn(random.Random(f"{shape}/{seed}/plot"))  # noqa: S311
        super().__init__(
            shape, seed, store, replace(drawn, withholds=False, hides=False, fault=_BAD[drawn.fault]), skip, kills,
            replace(plot, lists=False, lines=False, remade=False),
        )  # fmt: skip

    def _step(self, number: int, act: Act) -> None:
        """More goes out than among the toys: it is the writes that this is about."""
        super()._step(number, act)
        if self.rng.random() < _OUTWARD:
            self.rng.choice((born_in_crm, promote, press))(self)

    def _systems(self) -> tuple[ToyCrm, Toy, tuple[str, ...]]:
        crm = ToyCrm(self.world)
        entities = ("",) if self.seed % _ENTITIES else self.vendor.names.entities
        erp = StandIn(self.world, self.vendor, f"{self.shape}/{self.seed}/vendor", self, entities)
        crm.page_size = erp.page_size = self.rng.choice([2, 3])
        return crm, erp, entities

    def _doors(self) -> tuple[Door, Door]:
        return Door(self, self.crm), WireDoor(self, self.erp)

    def web(self) -> Context:
        """Each process has a client of its own."""
        self.erp.restart()
        return super().web()

    def _read_whole(self) -> None:
        """A day goes by in any weather: a new process cannot name what the audit trail tells by number. What it finds
        out of sight when it reads everything again, people look for, and say that it was deleted."""
        for _ in range(2):
            self.world.tick(25 * 3600)
            self.cycle()
            confirm_missing(self)
            self._confirm_hidden()

    def _confirm_hidden(self) -> None:
        with self.store.transaction() as tx:
            for link in out_of_sight(tx, "books"):
                side, mapping = Side(link.extra[HIDDEN]), self.mapping(link.mapping)
                obj = mapping.erp_object if side is Side.ERP else mapping.crm_object
                there = (self.erp if side is Side.ERP else self.crm).alive(obj)
                require(link.key(side) not in there, "I1", "{} is there and was told as out of sight", link)
            believe_hidden(tx, "books", self.world.now(), "ann")

    def between(self, entity: str, obj: str, key: str) -> None:
        """The one moment that a system without a precondition leaves open."""
        self._between(entity, obj, key)
