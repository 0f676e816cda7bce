"""I8, I9, I11, I12: the engine's own account of itself, and what it cost."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tieline.contract import Side
from tieline.store.nouns import Link, Status
from tieline.sync.panel import row as panel_row
from tieline.sync.repair import HELD
from tieline_simulation.oracle.endings import Endings
from tieline_simulation.oracle.truth import Truth
from tieline_simulation.violation import require

WRITTEN = {"created", "updated", "indeterminate", "not_executed"}
POLLS = {"pages", "deleted", "options"}
CALLS_A_CHANGE = 60
"""Calls that are no list polls, for each change anybody made, each press and each kill or fault."""


@dataclass
class Books:
    truth: Truth
    endings: Endings

    def verdict(self) -> None:
        for link in self.truth.links():
            self.explained(link)
        self.audited()
        self._answered()
        self._nothing_left()

    # I12 -------------------------------------------------------------------------------------------------------

    def explained(self, link: Link) -> None:
        if link.status in {Status.OUT_OF_SYNC, Status.DELETE_REQUEST_REJECTED}:
            shown = panel_row(self.truth.bench.context(), link)
            require(shown["Reason__c"], "I12", "no reason: {}", link)
            require(shown["Next_Step__c"], "I12", "no next step: {}", link)
            with self.truth.bench.store.reading() as tx:
                conflicts = tx.conflicts("books", link=link.id, open_only=True)
                told = [entry for entry in tx.audit("books", link=link.id, limit=1_000_000) if entry.event == "refused"]
            timed = link.problem or conflicts or (link.delete_refused and told)
            require(timed, "I12", "no time: {}", link)
        require(link.status is not Status.AWAITING_ACKNOWLEDGMENT, "I1", "still awaiting: {}", link)

    # I8 --------------------------------------------------------------------------------------------------------

    def audited(self) -> None:
        done: Counter[tuple[str, str]] = Counter()
        told: set[tuple[str, str, str, str]] = set()
        names = {f.erp: f.crm for m in self.truth.bench.mappings for f in m.fields}
        with self.truth.bench.store.reading() as tx:
            require(tx.verify_audit("books") is None, "I8", "the audit chain is broken")
            for entry in tx.audit("books", limit=1_000_000):
                if entry.event in WRITTEN:
                    system = "crm" if entry.side == Side.CRM else self.truth.bench.erp.name
                    key = entry.crm_key if entry.side == Side.CRM else entry.erp_key
                    done[system, key] += 1
                    told |= {(system, key, names.get(n, n), self.truth.form(v)) for n, v in entry.after.items()}
        born = self.truth.born
        unknown = {(place[0], place[3]) for place in born if self.endings.vanished(place) or "/" in place[3]}
        missing = {at: n for at, n in self.truth.mutations.items() if done[at] < n and at not in unknown}
        require(not missing, "I8", "writes without an audit entry: {}", missing)
        untold = sorted(one for one in self.truth.written - told if one[:2] not in unknown)
        require(not untold, "I8", "values written that no audit entry shows: {}", untold)

    # I9 --------------------------------------------------------------------------------------------------------

    def _answered(self) -> None:
        for key, row in self.truth.bench.crm.alive("ERP_Request__c").items():
            answered = row["Status__c"] in {"Done", "Refused", "Failed"}
            require(answered, "I9", "press {} is not answered: {}", key, row)

    def _nothing_left(self) -> None:
        """Whatever is poisoned, everything else has had its turn."""
        for link in self.truth.links():
            known = link.extra.get(HELD) or link.extra.get("waiting") or link.problem
            require(not link.dirty or known, "I9", "left to do in calm weather: {}", link)

    # I11 -------------------------------------------------------------------------------------------------------

    def idle(self, before: Counter[str], after: Counter[str]) -> None:
        """What a cycle cost in which nothing had happened."""
        more = {name: count for name, count in (after - before).items() if name.split(".")[1] not in POLLS}
        require(not more, "I11", "an idle cycle did more than poll: {}", more)

    def bounded(self, calls: Counter[str], happened: int) -> None:
        """Work grows with what happened."""
        work = sum(count for name, count in calls.items() if name.split(".")[1] not in POLLS)
        most = CALLS_A_CHANGE * (happened + 1)
        require(work <= most, "I11", "{} calls for {} things that happened: {}", work, happened, calls)
