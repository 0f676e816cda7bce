"""The counter: tells people how their press stands, on the row they made. What was told is remembered, so that a
cycle in which nothing happened writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, replace
from datetime import datetime
from typing import Any

from tieline.actions.answers import FINAL, REFUSED, Answer, derive_answer
from tieline.contract import (
    ListRow,
    Operation,
    PermanentError,
    Refused,
    Shape,
    Side,
    Stale,
    TransientError,
    Unknown,
    Write,
)
from tieline.contract.naming import REQUEST_OBJECT
from tieline.store.nouns import AuditEntry
from tieline.sync.context import Context
from tieline.sync.identity import derive

UNSURE = "unsure"
"""In the fact of a press: when an answer that is not the last word went out and was not acknowledged."""


class Counter:
    """The answers of one back office. Open presses are facts under `scope`: press -> link, language, what was told."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.scope = f"requests:{context.back_office}"
        self._users: dict[str, ListRow] | None = None

    def answer_all(self) -> int:
        """Write on each open press how it stands, if that changed; returns rows written."""
        with self.context.store.reading() as tx:
            open_presses = dict(tx.facts(self.scope))
            links = tx.links([fact["link"] for fact in open_presses.values()])
        written, failure = 0, None
        for press, fact in sorted(open_presses.items()):
            link = links.get(fact["link"])
            if link is None:
                continue
            try:
                if fact.get("final"):
                    written += self._make_sure(press, fact)
                    continue
                written += self._tell(press, fact, derive_answer(self.context, link, fact.get("language", "en")))
            except PermanentError as error:  # a row that takes no answer does not hold up the others
                failure = failure or error
        if failure is not None:
            raise failure
        return written

    def refuse(self, press: str, user: str, message: str) -> None:
        """Nothing was set in motion, and why."""
        self._write(press, Answer(REFUSED, message))
        with self.context.store.transaction(self.context.fence) as tx:
            note = self.context.note("refused_press", side=Side.CRM, crm_key=press, note=message)
            tx.append_audit(self.context.back_office, [replace(note, after={"user": user})])

    def language_of(self, user: str) -> str:
        """Two letters; English for somebody unknown."""
        if self._users is None or user not in self._users:  # somebody may have joined since
            self._users = {row.key: row for row in self.context.crm.options("", "users")}
        row = self._users.get(user)
        return row.attributes.get("language", "en")[:2] if row else "en"

    def _tell(self, press: str, fact: Mapping[str, Any], answer: Answer) -> int:
        told = repr(answer)
        if told == fact.get("told"):
            return 0
        final = answer.status in FINAL
        if not final:  # from here on this answer may arrive late, and cover a later one
            fact = {**fact, UNSURE: self.context.clock.now().isoformat()}
            self._remember(press, fact)
        self._write(press, answer)
        unsure = fact.get(UNSURE) if final else None
        kept = {**fact, "told": told, "final": list(astuple(answer))} if unsure else None
        certain = {name: value for name, value in fact.items() if name != UNSURE}
        note = self.context.note("answered", link=fact["link"], side=Side.CRM, crm_key=press, after=dict(answer.fields))
        self._remember(press, kept if final else {**certain, "told": told}, note)
        self.context.tell("request.answered", request=press, status=answer.status)
        return 1

    def _remember(self, press: str, fact: Mapping[str, Any] | None, *notes: AuditEntry) -> None:
        with self.context.store.transaction(self.context.fence) as tx:
            tx.save_fact(self.scope, press, fact)
            if notes:
                tx.append_audit(self.context.back_office, notes)

    def _make_sure(self, press: str, fact: Mapping[str, Any]) -> int:
        """An earlier answer was lost on its way and may have come after the last word. Once nothing can be under way
        any more, the row is looked at; returns 1 when the last word had to be said again."""
        context = self.context
        if context.clock.now() - datetime.fromisoformat(fact[UNSURE]) < context.options.absent_after:
            return 0
        shape = Shape(REQUEST_OBJECT, ("Status__c",))
        row = context.crm.read("", shape, [press]).get(press)
        last = Answer(*fact["final"])
        covered = row is not None and row.fields.get("Status__c") != last.status
        if covered:
            self._write(press, last)
        self._remember(press, None)
        return int(covered)

    def _write(self, press: str, answer: Answer) -> None:
        """Setting a status twice is the same as once: safe to repeat after any crash. A request that somebody deleted
        needs no answer. Raises PermanentError when the org refuses the answer."""
        shape = Shape(REQUEST_OBJECT, ("Status__c",))
        key = derive("answer", press, repr(answer))
        outcome = self.context.crm.write("", shape, [Write(Operation.UPDATE, press, answer.fields, key)])[0]
        if isinstance(outcome, Refused) and not outcome.gone:
            mend = "Check the rights of the integration user."
            raise PermanentError(f"the answer cannot be written: {outcome.reason}", where=REQUEST_OBJECT, mend=mend)
        if isinstance(outcome, Unknown | Stale):
            raise TransientError("the answer may not be written yet", where=REQUEST_OBJECT, mend="It is tried again.")
