"""One cycle of one back office: recover, look at both sides, decide, act, show. Cost grows with what changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Protocol

from tieline.contract import ListRow, Person, Side, TielineError, Unconfirmed
from tieline.store.nouns import StoredRow
from tieline.sync.act import Tally
from tieline.sync.choices import take_choices
from tieline.sync.context import Context
from tieline.sync.deletes import keep_beginnings, sweep_deletes
from tieline.sync.drive import Driver
from tieline.sync.first_load import confirmed
from tieline.sync.hints import take_hints
from tieline.sync.lists import sync_lists
from tieline.sync.match import match_mapping
from tieline.sync.missing import report_suspicions
from tieline.sync.observe import Observer, Seen
from tieline.sync.pace import CHANGES
from tieline.sync.panel import write_panels
from tieline.sync.pins import OTHER_TENANT, check_pins, report_closed
from tieline.sync.points import Point
from tieline.sync.recover import births, recover
from tieline.sync.rounds import Audited, run_rounds
from tieline.sync.rules import Rules
from tieline.sync.versions import adopt_mappings

FRESH = 60.0
"""Seconds that a look at both sides holds: whoever confirms its counts at once goes on from it."""


@dataclass(slots=True)
class Report:
    """What a cycle did. `writes` counts records that took effect, `panels` rows of `ERP_Link__c`: most travel with the
    values they speak of, `panels_alone` had a call of their own. `lists` counts list rows
    written to the org, `requests` presses picked up, `answers` presses written on; `audited` is what full readings
    compared and found; `problems` are sentences about things that stopped a part of the cycle."""

    seen: Seen = field(default_factory=Seen)
    writes: Tally = field(default_factory=Tally)
    panels_alone: int = 0
    lists: int = 0
    requests: int = 0
    answers: int = 0
    audited: Audited = field(default_factory=Audited)
    problems: list[str] = field(default_factory=list)
    paused: bool = False

    @property
    def panels(self) -> int:
        return self.writes.panels + self.panels_alone

    @property
    def total_writes(self) -> int:
        return self.writes.crm + self.writes.erp + self.panels + self.lists + self.answers


Progress = Callable[[str], None]


def _silent(_stage: str) -> None:
    return None


class Desk(Protocol):
    """Pressed buttons (see `actions`)."""

    def accept(self) -> int: ...

    def answer(self) -> int: ...


class Cycle:
    """The stages of a cycle, each of which may also be run on its own."""

    def __init__(self, context: Context, progress: Progress = _silent, desk: Desk | None = None) -> None:
        self.context, self.progress, self.desk = context, progress, desk
        self.report = Report()
        self._users: Sequence[ListRow] | None = None
        self._looked: float | None = None

    def look(self) -> None:
        """Read both sides before anything is decided. A `run` soon afterwards goes on from what was read: every record
        and the places of the cursors are kept, and what changes meanwhile is met by the next cycle."""
        self.context.pace.ask(CHANGES)
        self.observe()
        self._looked = self.context.clock.monotonic()

    def run(self) -> Report:
        """All stages. A part that fails is reported and the others go on. Raises Unconfirmed before the first load."""
        self._check_pins()
        self.stage("recover", lambda: self.report.writes.add(recover(self.context)))
        self.stage("lists", self._lists)
        self.stage("mappings", lambda: adopt_mappings(self.context))
        if not self._has_looked():
            self.observe()
        if not confirmed(self.context):
            raise Unconfirmed(
                "the first load has not been confirmed",
                where=f"back office {self.context.back_office}",
                mend="Look at the counts of `tieline sync --preview`, then run `tieline sync --once --yes`.",
            )
        self.stage("rounds", self._rounds)
        self.stage("missing", lambda: report_suspicions(self.context))
        if self.desk is not None:
            self.stage("requests", self._accept)
        self.settle()
        if self.desk is not None:
            self.stage("answers", self._answer)
        self._plan_next_look()
        return self.report

    def _plan_next_look(self) -> None:
        """What a button made is soon looked at: documents are shown as the back office has them. What an update wrote
        is read back at once, and every look may be billed. A reading that failed as a whole is tried again as soon; a
        kind of record that is refused for good waits for its turn."""
        failed = any(line.startswith(f"read {Side.ERP}:") for line in self.report.problems)
        if failed or self.report.requests:
            self.context.pace.by(CHANGES, self.context.clock.now() + self.context.options.changes_after_press)

    def _check_pins(self) -> None:
        """Raises Misconfigured when another org or company answers: nothing is read from it, nothing written to it."""
        try:
            open_now = check_pins(self.context)
        except TielineError as error:
            if error.code == OTHER_TENANT:
                raise
            self._tell("who answers", error)
            return
        self.stage("entities", lambda: report_closed(self.context, open_now))
        closed = frozenset(self.context.entities) - frozenset(open_now)
        if closed != self.context.closed:
            self.context = replace(self.context, closed=closed)

    def _has_looked(self) -> bool:
        """Just now, and only once: each look stands for one reading."""
        looked, self._looked = self._looked, None
        return looked is not None and self.context.clock.monotonic() - looked < FRESH

    def observe(self) -> None:
        """Both sides' changes and deletions."""
        born = births(self.context)
        observer = Observer(self.context, born)
        self.stage("hints", lambda: take_hints(self.context, born))
        self.stage("choices", lambda: take_choices(self.context))
        for side in self._sides_to_read():
            self.stage(f"deletes {side}", lambda side=side: keep_beginnings(self.context, side))  # type: ignore[misc]
            self.stage(f"read {side}", lambda side=side: self._read(observer, side))  # type: ignore[misc]
            self.stage(f"deletes {side}", lambda side=side: sweep_deletes(self.context, side))  # type: ignore[misc]

    def _sides_to_read(self) -> Sequence[Side]:
        """The back office has a pace of its own: its calls may be billed. One that failed is asked again soon."""
        pace, now, every = self.context.pace, self.context.clock.now(), self.context.options.changes_every
        if not pace.asked(CHANGES) and not pace.due(CHANGES, now, every):
            pace.skip(CHANGES, now, timedelta(seconds=FRESH))
            return (Side.CRM,)
        pace.done(CHANGES, now)
        return (Side.ERP, Side.CRM)

    def settle(self) -> None:
        """Decide and act until nothing is left to do, then show it."""
        for _ in range(self.context.options.rounds):
            if not self._round():
                break
        self.stage("panels", self._panels)

    def stage(self, name: str, work: Callable[[], object]) -> None:
        self.progress(name)
        try:
            work()
        except TielineError as error:
            self._tell(name, error)
        except Exception as error:  # noqa: BLE001 - a plugin's mistake, or one of ours
            self._add(self.context.mishap(name, error))

    def _tell(self, name: str, error: TielineError) -> None:
        self._add(f"{name}: {error.sentence()}")

    def _add(self, line: str) -> None:
        if line not in self.report.problems:
            self.report.problems.append(line)

    def _read(self, observer: Observer, side: Side) -> None:
        self.report.seen.add(observer.sweep(side, lambda rules, error: self._tell(f"read {side} {rules.name}", error)))

    def _lists(self) -> None:
        tally = sync_lists(self.context)
        self.report.lists += tally.written
        self.report.problems += tally.problems

    def _rounds(self) -> None:
        self.report.audited.add(run_rounds(self.context, births(self.context)))

    def _accept(self) -> None:
        assert self.desk is not None
        self.report.requests += self.desk.accept()

    def _answer(self) -> None:
        assert self.desk is not None
        self.report.answers += self.desk.answer()

    def _panels(self) -> None:
        self.report.panels_alone += write_panels(self.context)

    def _round(self) -> bool:
        """One pass over all mappings, parents first. True when something was written, so that another may be due."""
        before = (self.report.writes.crm, self.report.writes.erp, self.report.writes.replanned)
        busy = self._busy()
        for entity in self.context.open:
            mappings = self.context.rules[entity]
            rows = self._rows(entity)
            for rules in mappings.values():
                self.context.point(Point.CYCLE_NEXT_MAPPING)
                self.stage(f"match {rules.name}", lambda e=entity, r=rules: match_mapping(self.context, e, r))  # type: ignore[misc]
                self.stage(rules.name, lambda e=entity, r=rules, w=rows: self._drive(e, r, w, busy))  # type: ignore[misc]
        return before != (self.report.writes.crm, self.report.writes.erp, self.report.writes.replanned)

    def _drive(self, entity: str, rules: Rules, rows: dict[str, list[StoredRow]], busy: frozenset[str]) -> None:
        users = self._users_for(rules)
        self.report.writes.add(Driver(self.context, entity, rules, rows, users, busy).run())

    def _busy(self) -> frozenset[str]:
        """Links inside calls whose outcome is unknown: nothing new is decided about them."""
        with self.context.store.reading() as tx:
            calls = tx.open_calls(self.context.back_office)
        return frozenset(item.link for call in calls for item in call.items)

    def _rows(self, entity: str) -> dict[str, list[StoredRow]]:
        with self.context.store.reading() as tx:
            return {one.name: tx.list_rows(self.context.back_office, entity, one.name) for one in self.context.lists}

    def _users_for(self, rules: Rules) -> Sequence[ListRow]:
        """The org's users, asked for only when the mapping joins people."""
        if not any(isinstance(field.kind, Person) for field in rules.mapping.fields):
            return ()
        if self._users is None:
            self._users = self.context.crm.options("", "users")
        return self._users
