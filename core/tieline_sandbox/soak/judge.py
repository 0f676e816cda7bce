"""The judge: what two systems' own logs say about duplicates, lost values and writes nobody recorded.

It takes logs as the test plane shows them and what the product tells about itself (conflicts, audit, status), and
calls nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tieline_sandbox.soak.lineage import Lineage, Overwritten, Step
from tieline_sandbox.soak.said import Column, Ledger, Pair, Site
from tieline_sandbox.soak.trade import Trade
from tieline_sandbox.soak.unleashed import UNLEASHED

Row = Mapping[str, Any]

_ENGINE_IN_ERP = "api"
_NATURAL: Mapping[str, tuple[str, ...]] = {
    "Account": ("AccountNumber",),
    "Contact": ("AccountId", "FirstName", "LastName"),
    "Product2": ("ProductCode",),
    "ERP_Document__c": ("Number__c",),
    "ERP_Document_Line__c": ("Document__c", "Line_Number__c"),
    "ERP_Link__c": ("Record_Id__c", "Mapping__c"),
    "ERP_Request__c": ("Record_Id__c", "Action__c"),
}
"""What makes two records of the org the same thing in the world."""
_GRAIN = timedelta(seconds=1)
"""The org's conditions do not see a later edit in the very second of the last change that was read."""
_OUT_OF_SYNC = "Out of Sync"


@dataclass(frozen=True)
class Evidence:
    """All a verdict is made from. The deliveries to both systems tell the moment of the last read before a write;
    `engine_user` is who the product is in the org."""

    org: Sequence[Row]
    erp: Sequence[Row]
    org_deliveries: Sequence[Row]
    erp_deliveries: Sequence[Row]
    conflicts: Sequence[Row]
    audit: Sequence[Row]
    stuck: Sequence[Row]
    engine_user: str

    def log(self, site: Site) -> Sequence[Row]:
        return self.org if site is Site.CRM else self.erp

    def reads(self, site: Site) -> Sequence[Row]:
        return self.org_deliveries if site is Site.CRM else self.erp_deliveries


@dataclass(frozen=True)
class Verdict:
    """Each list holds sentences; all but `window_losses` are to be empty."""

    duplicated: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    window_losses: list[str] = field(default_factory=list)
    unequal: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)
    unaudited: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        found = (self.duplicated, self.lost, self.unequal, self.unexplained, self.unaudited)
        return not any(found)


class Judge:
    """One run's: what was typed, and the evidence after all came to rest."""

    def __init__(
        self, ledger: Ledger, pairs: Sequence[Pair], evidence: Evidence, trade: Trade = UNLEASHED
    ) -> None:  # fmt: skip
        self.ledger, self.pairs, self.evidence, self.trade = ledger, pairs, evidence, trade
        self._natural = {**_NATURAL, **trade.natural}
        self._logged = json.dumps(list(evidence.conflicts), ensure_ascii=False, default=str)
        self._rows = {site: _by_record(evidence.log(site)) for site in Site}
        self._first = _first_saves(evidence.erp, trade)

    def verdict(self) -> Verdict:
        lost, window = self._losses()
        return Verdict(
            duplicated=[*self._twins(), *self._born_twice()],
            lost=[*lost, *self._unborn()],
            window_losses=window,
            unequal=list(self._unequal()),
            unexplained=list(self._unexplained()),
            unaudited=list(self._unaudited()),
        )

    # values ----------------------------------------------------------------------------------------------------

    def lineage(self, pair: Pair, column: Column) -> Lineage:
        steps = [step for site in Site for step in self._steps(site, pair.on(site), column.on(site))]
        return Lineage(steps)

    def _steps(self, site: Site, ident: str, name: str) -> Iterator[Step]:
        held: str | None = None
        for row in self._rows[site].get(ident, ()):
            value = (row["after"] or {}).get(name)
            if value == held:
                continue
            held = value
            yield Step(site, _moment(row["at"]), int(row["seq"]), str(value or ""), self._by_person(site, row))

    def _by_person(self, site: Site, row: Row) -> bool:
        """In the back office everybody's programs share one name: a save that brings a value typed there for the first
        time is a person's, with all that it sent along."""
        if site is Site.CRM:
            return bool(row["actor"] != self.evidence.engine_user)
        return bool(row["actor"] != _ENGINE_IN_ERP) or self._typed_in_erp(row)

    def _typed_in_erp(self, row: Row) -> bool:
        values = [str((row["after"] or {}).get(column.erp)) for column in self.trade.columns]
        fresh = [
            self.ledger.typed[one] for one in values if one in self.ledger.typed and self._first[one] == row["seq"]
        ]
        born = str((row["after"] or {}).get(self.trade.name))
        made = row["action"] == "insert" and self.ledger.born.get(born) is Site.ERP
        return made or any(one.site is Site.ERP for one in fresh)

    def _losses(self) -> tuple[list[str], list[str]]:
        lost: list[str] = []
        window: list[str] = []
        for pair in self.pairs:
            for column in self.trade.columns:
                typed = [one.value for one in self.ledger.typed.values() if (one.pair, one.column) == (pair, column)]
                for one in self.lineage(pair, column).lost(typed, self._is_logged):
                    told = f"{pair.name} {column.on(one.typed.site)} on the {one.typed.site} side: {_story(one)}"
                    (window if self._in_window(pair, one) else lost).append(told)
        return lost, window

    def _is_logged(self, value: str) -> bool:
        """Whether it can be read among the conflicts."""
        return value in self.ledger.typed and value in self._logged

    def _in_window(self, pair: Pair, one: Overwritten) -> bool:
        """Typed after the product's last look before it wrote, where nothing guards that moment."""
        if one.by.by_person:
            return False
        site = one.typed.site
        if site is Site.CRM and one.by.at - one.typed.at >= _GRAIN:
            return False
        looks = [_moment(row["at"]) for row in self.evidence.reads(site) if self._is_look(site, row, pair.erp)]
        before = [at for at in looks if at <= one.by.at]
        last = before[-1 if site is Site.CRM else -self.trade.looks :]
        return bool(last) and one.typed.at >= _begun(last[0])

    def _is_look(self, site: Site, row: Row, ident: str) -> bool:
        """People write to the org and never read there while the product works."""
        return bool(row["method"] == "GET") if site is Site.CRM else self.trade.is_look(row, ident)

    def _unequal(self) -> Iterator[str]:
        for pair in self.pairs:
            for column in self.trade.columns:
                line = self.lineage(pair, column)
                if line.last(Site.CRM) != line.last(Site.ERP):
                    yield f"{pair.name} {column.crm}: {line.last(Site.CRM)!r} and {line.last(Site.ERP)!r}"

    # records ---------------------------------------------------------------------------------------------------

    def _twins(self) -> Iterator[str]:
        """Made more than once: for one birth marker, or for one thing in the world."""
        found: Counter[tuple[Any, ...]] = Counter()
        for row in (*self.evidence.org, *self.evidence.erp):
            if row["action"] != "insert" or row["kind"] not in self._natural:
                continue
            values = row["after"]
            name = (row["kind"], *(values.get(part) for part in self._natural[row["kind"]]))
            found[name] += any(name[1:])
            if values.get("ERP_Key__c"):
                found[(row["kind"], "ERP_Key__c", values["ERP_Key__c"])] += 1
        return (f"{name}: {count} times" for name, count in found.items() if count > 1)

    def _births(self, site: Site) -> Counter[str]:
        kind, name = ("Account", "Name") if site is Site.CRM else (self.trade.kind, self.trade.name)
        rows = [one for one in self.evidence.log(site) if (one["kind"], one["action"]) == (kind, "insert")]
        return Counter(str(one["after"].get(name)) for one in rows)

    def _born_twice(self) -> Iterator[str]:
        for site in Site:
            counts = self._births(site)
            yield from (
                f"{name} on the {site} side: {counts[name]} times" for name in self.ledger.born if counts[name] > 1
            )

    def _unborn(self) -> Iterator[str]:
        """Made on one side and never arrived on the other. In the CRM only what was promoted travels."""
        asked = {row["after"].get("Record_Id__c") for row in self.evidence.org if row["kind"] == "ERP_Request__c"}
        accounts = {
            str(row["after"].get("Name")): row["id"]
            for row in self.evidence.org
            if row["kind"] == "Account" and row["after"]
        }
        for name, site in self.ledger.born.items():
            made = self._births(site)[name] > 0 and (site is Site.ERP or accounts.get(name) in asked)
            if made and not self._births(site.other)[name]:
                yield f"{name}, made on the {site} side, never arrived on the other"

    # what the product tells ------------------------------------------------------------------------------------

    def _unexplained(self) -> Iterator[str]:
        """Out of Sync without a reason or a next step at any time, or still so after all came to rest."""
        for row in self.evidence.org:
            shown = row["after"] or {}
            if row["kind"] != "ERP_Link__c" or shown.get("Sync_Status__c") != _OUT_OF_SYNC:
                continue
            if not (shown.get("Reason__c") and shown.get("Next_Step__c")):
                yield f"{shown.get('Record_Id__c')} was shown Out of Sync without reason or next step"
        yield from (
            f"{one['crm_id'] or one['erp_id']} stayed Out of Sync: {one['reason']}" for one in self.evidence.stuck
        )

    def _unaudited(self) -> Iterator[str]:
        """A write of the product's that its audit does not tell, with the value that was written."""
        told = self._told()
        for site in Site:
            for pair in self.pairs:
                for column in self.trade.columns:
                    for step in self.lineage(pair, column).on(site):
                        if not step.by_person and (site, pair.on(site), column.crm, step.value) not in told:
                            yield f"{pair.name} {column.crm} = {step.value!r} on the {site} side is not in the audit"

    def _told(self) -> set[tuple[Site, str, str, str]]:
        told = set()
        for entry in self.evidence.audit:
            side = Site(entry["side"]) if entry.get("side") else None
            if side is None:
                continue
            ident = entry.get("crm_key" if side is Site.CRM else "erp_key", "")
            told |= {(side, ident, name, str(value or "")) for name, value in entry.get("after", {}).items()}
        return told


def _by_record(log: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in log:
        found.setdefault(str(row["id"]), []).append(row)
    return found


def _first_saves(log: Iterable[Row], trade: Trade) -> dict[str, int]:
    """The number of the first entry with each value."""
    found: dict[str, int] = {}
    for row in log:
        for column in trade.columns:
            found.setdefault(str((row["after"] or {}).get(column.erp)), int(row["seq"]))
    return found


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _begun(at: datetime) -> datetime:
    """The log has the end of a request; it had read a little earlier."""
    return at - timedelta(milliseconds=50)


def _story(one: Overwritten) -> str:
    return f"{one.value!r} of {one.typed.at:%H:%M:%S.%f} was overwritten by {one.by.value!r} at {one.by.at:%H:%M:%S.%f}"
