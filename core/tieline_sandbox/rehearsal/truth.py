"""What really changed at the vendor's, read off the stand-in's log of mutations, as the history names it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tieline_sandbox.rehearsal.names import Names, Noun
from tieline_sandbox.state import Mutation, Values

ENGINE = "api"
_STAMP = "WHENMODIFIED"


@dataclass(frozen=True, slots=True)
class Moved:
    """One record after a request or an edit; `values` None once it is gone. `keyed` is the idempotency key it was
    born under."""

    entity: str
    obj: str
    key: str
    values: dict[str, Any] | None
    stamp: datetime
    engine: bool
    keyed: str


@dataclass
class Truth:
    """The bodies of all records that the log told of."""

    names: Names
    bodies: dict[tuple[str, str], Values] = field(default_factory=dict)
    seen: int = 0

    def moved(self, mutations: Iterable[Mutation]) -> list[Moved]:
        """The records that these touch, each once, as they are after the last one."""
        touched: dict[tuple[str, str], Mutation] = {}
        for one in mutations:
            self.seen = one.seq
            place = (one.kind, one.id)
            if one.after is not None:
                self.bodies[place] = one.after
            for shown in self._shown(place):
                touched.setdefault(shown, one)
            if one.after is None:
                touched.pop(place, None)
                touched[place] = one
        return [found for place, one in touched.items() if (found := self._record(place, one)) is not None]

    def _shown(self, place: tuple[str, str]) -> Iterator[tuple[str, str]]:
        """The record itself, and those it is shown in."""
        yield place
        for kind, (_, name, other) in self.names.display.items():
            if place[0] == other:
                yield from (at for at, body in self.bodies.items() if at[0] == kind and body.get(name) == place[1])

    def _record(self, place: tuple[str, str], one: Mutation) -> Moved | None:
        body, found = self.bodies[place], self._noun(place)
        if found is None:
            return None
        obj, noun = found
        gone = (one.kind, one.id) == place and one.after is None
        values = None if gone else dict(self._values(place[0], noun, body))
        entity = str(body.get(self.names.owner) or "")
        return Moved(entity, obj, str(body[noun.key]), values, _moment(body), one.actor == ENGINE, one.key)

    def _noun(self, place: tuple[str, str]) -> tuple[str, Noun] | None:
        body = self.bodies[place]
        for obj, noun in self.names.nouns.items():
            if noun.kind == place[0] and all(body.get(name) == text for name, text in noun.always.items()):
                return obj, noun
        return None

    def _values(self, kind: str, noun: Noun, body: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        prefix, name, other = self.names.display.get(kind, ("", "", ""))
        display = self.bodies.get((other, str(body.get(name))), {})
        for ours in noun.fields:
            theirs = noun.screen(ours)
            inside = bool(prefix) and theirs.startswith(prefix)
            value = display.get(theirs.removeprefix(prefix)) if inside else body.get(theirs)
            if value is not None:
                yield ours, value == "true" if ours in noun.flags else value


def _moment(body: Mapping[str, Any]) -> datetime:
    return datetime.strptime(body[_STAMP], "%m/%d/%Y %H:%M:%S").replace(tzinfo=UTC)
