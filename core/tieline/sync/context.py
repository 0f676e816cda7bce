"""What one back office's engine works with. Everything that is not a decision comes in here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Protocol

from tieline.contract import Client as AnyClient
from tieline.contract import (
    Clock,
    CrmClient,
    Event,
    Executor,
    Explanation,
    FieldConflict,
    Identity,
    ListRow,
    ManagedList,
    Mapping,
    Passage,
    Side,
    System,
    Value,
    Values,
)
from tieline.store.nouns import AuditEntry, StoredRow
from tieline.store.protocol import Fence, Store
from tieline.sync.pace import Pace
from tieline.sync.points import Point, no_point
from tieline.sync.rules import Rules, compile_rules


class Behaviours(Protocol):
    """The per-record hooks of all plugins."""

    def change(self, mapping: Mapping, side: Side, fields: Values, passage: Passage) -> Values:
        """The fields to write after every plugin had its say; a plugin that raises refuses this record."""

    def match(self, mapping: Mapping, fields: Values, candidates: Sequence[tuple[str, Values]]) -> str | None: ...

    def resolve(self, conflict: FieldConflict) -> Side | None: ...

    def explain(self, system: str, code: str, reason: str, language: str) -> Explanation | None:
        """A refusal of the system in words for a person; None: the system's own will do. Never raises."""

    def tell(self, event: Event) -> None:
        """Never raises."""


class NoBehaviours:
    """No plugin has anything to say."""

    def change(self, _mapping: Mapping, _side: Side, fields: Values, _passage: Passage) -> Values:
        return fields

    def match(self, _mapping: Mapping, _fields: Values, _candidates: Sequence[tuple[str, Values]]) -> str | None:
        return None

    def resolve(self, _conflict: FieldConflict) -> Side | None:
        return None

    def explain(self, _system: str, _code: str, _reason: str, _language: str) -> Explanation | None:
        return None

    def tell(self, _event: Event) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Options:
    """How the engine behaves; durations are real time.

    `overlap` is how far each sweep goes back before its cursor: a long transaction of the vendor's can make a row
    visible after younger ones. `acknowledge_within` is how long a queued write may stay unanswered before a person
    is told. A create of unknown outcome whose record is nowhere to be found `absent_after` it was sent is taken not to
    have happened. `retry_first` and `retry_last` bound a record's back-off; after `retry_budget` attempts it is Out of
    Sync. `check_pins_every`: how often both sides are asked who they are.

    The back office is read for changes every `changes_every`, and `changes_after_press` a button was pressed: a
    document it made is shown soon. What an update wrote is read back with it. Its lists are read every `lists_every`,
    and soon for a row that nobody knows. What people do to the lists in the org is looked at every `guard_every` at
    least.

    Up to `missing_few` records of a kind may vanish within `missing_within`; more than `missing_share` of those known,
    or more than `missing_most`, are not taken for deleted until a person says so, and are looked for again after
    `missing_again`. Every `audit_every` each kind of record is read whole and compared, `audit_records` a cycle. A
    field that goes to and fro more than `flips` times within `flips_within` is not written any more.
    """

    overlap: timedelta = timedelta(minutes=10)
    changes_every: timedelta = timedelta(0)
    changes_after_press: timedelta = timedelta(minutes=1)
    lists_every: timedelta = timedelta(minutes=5)
    guard_every: timedelta = timedelta(minutes=5)
    acknowledge_within: timedelta = timedelta(hours=24)
    absent_after: timedelta = timedelta(minutes=10)
    retry_first: timedelta = timedelta(seconds=30)
    retry_last: timedelta = timedelta(hours=1)
    retry_budget: int = 5
    missing_few: int = 10
    missing_share: float = 0.2
    missing_most: int = 500
    missing_within: timedelta = timedelta(days=1)
    missing_again: timedelta = timedelta(hours=1)
    audit_every: timedelta = timedelta(hours=24)
    audit_records: int = 2000
    check_pins_every: timedelta = timedelta(hours=1)
    flips: int = 6
    flips_within: timedelta = timedelta(hours=1)
    page_of_links: int = 1000
    rounds: int = 5


@dataclass(frozen=True, slots=True)
class ListPlan:
    """Rows as they should stand now (all that are known, withdrawn ones inactive), and what is suspicious."""

    rows: tuple[StoredRow, ...]
    alarm: str = ""


class RowPlanner(Protocol):
    """Pure: what a fresh list means for the rows we know."""

    def __call__(
        self, back_office: str, entity: str, name: str, stored: Sequence[StoredRow], fresh: Sequence[ListRow]
    ) -> ListPlan: ...


def keep_rows(
    back_office: str, entity: str, name: str, stored: Sequence[StoredRow], fresh: Sequence[ListRow]
) -> ListPlan:
    """The planner of a host without managed lists: rows are added and renamed, nothing is withdrawn."""
    known = {row.key: row for row in stored}
    for row in fresh:
        before = known.get(row.key)
        known[row.key] = StoredRow(
            back_office, entity, name, row.key, row.label, row.active, row.parent, dict(row.attributes),
            before.crm_key if before else "", before.written if before else "",
        )  # fmt: skip
    return ListPlan(tuple(known.values()))


def _raised(_stage: str, error: Exception) -> str:
    raise error


def _as_written(_language: str, text: str) -> str:
    return text


@dataclass(frozen=True)
class Context:
    """One back office, its two clients, and the effects. `point` is told when a named crash point is passed;
    `say` puts a text into a language; `language` is the org's own. `known` is who answered when we logged in, `closed`
    are entities that are not open to us any more. `siblings` are all back offices of this system in the org, in order.
    `settings` are the connection's, without secrets. `mishap` is told of
    a stage that failed in a way nobody foresaw, and says so or raises it again."""

    back_office: str
    system: System
    mappings: Sequence[Mapping]
    lists: Sequence[ManagedList]
    store: Store
    crm: CrmClient
    erp: AnyClient
    clock: Clock
    executor: Executor
    entities: tuple[str, ...] = ("",)
    behaviours: Behaviours = field(default_factory=NoBehaviours)
    options: Options = field(default_factory=Options)
    say: Callable[[str, str], str] = _as_written
    plan_rows: RowPlanner = keep_rows
    point: Callable[[Point], None] = no_point
    fence: Fence | None = None
    language: str = "en"
    pace: Pace = field(default_factory=Pace)
    mishap: Callable[[str, Exception], str] = _raised
    resting: Sequence[Mapping] = ()
    known: MappingType[Side, Identity] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    settings: MappingType[str, str] = field(default_factory=dict)
    siblings: tuple[str, ...] = ()

    @property
    def offices(self) -> tuple[str, ...]:
        """All back offices of this system, this one among them, in order."""
        return self.siblings or (self.back_office,)

    @property
    def open(self) -> tuple[str, ...]:
        """Entities that the user we log in with may use now."""
        return tuple(entity for entity in self.entities if entity not in self.closed)

    @cached_property
    def rules(self) -> dict[str, dict[str, Rules]]:
        """By entity, then by mapping name, parents first."""
        return {entity: compile_rules(self.mappings, self.back_office, entity) for entity in self.entities}

    @cached_property
    def home(self) -> str:
        """The entity of a CRM record nobody has promoted yet: the only one, or none chosen."""
        return self.entities[0] if len(self.entities) == 1 else ""

    def seen_from(self, entity: str) -> tuple[str, ...]:
        """Where records stand that those of this entity may name: the top level serves all below it, and the entity's
        own come last, for they count more."""
        return ("", entity) if entity and "" in self.entities else (entity,)

    def rules_for(self, entity: str, mapping: str) -> Rules:
        """Rules of a mapping; a link without a chosen entity uses those of the first."""
        rules = self.rules.get(entity, self.rules[self.entities[0]])
        return rules[mapping] if mapping in rules else self._resting_rules[mapping]

    @cached_property
    def _resting_rules(self) -> dict[str, Rules]:
        """Of mappings that an administrator switched off: for what was under way before."""
        return compile_rules((*self.mappings, *self.resting), self.back_office, self.entities[0])

    def rules_of(self, entity: str) -> tuple[Rules, ...]:
        """All rules of an entity, parents first."""
        return tuple(self.rules.get(entity, self.rules[self.entities[0]]).values())

    def client(self, side: Side) -> AnyClient:
        return self.crm if side is Side.CRM else self.erp

    def entity_for(self, side: Side, entity: str) -> str:
        """What to tell a client: the CRM knows no accounting entities."""
        return "" if side is Side.CRM else entity

    def tell(self, name: str, **data: Value) -> None:
        self.behaviours.tell(Event(name, self.clock.now(), self.back_office, data))

    def note(self, event: str, **more: object) -> AuditEntry:
        return AuditEntry(self.clock.now(), event, **more)  # type: ignore[arg-type]
