"""The desk: picks up pressed buttons, sets them in motion, answers them.

A press is one row of `ERP_Request__c`. What it sets in motion is kept with the press's id before anything is sent, and
every id and key is derived from it, so a press handled twice (a crash, two workers, an impatient user) is one document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tieline.actions.answers import FINAL, REFUSED, Answer, derive_answer
from tieline.actions.conditions import allowed
from tieline.actions.inputs import Press, linked, load, request_fields
from tieline.actions.promote import mark
from tieline.contract import (
    Action,
    CreateDocument,
    Decision,
    Decline,
    ListRow,
    Operation,
    Promote,
    Record,
    Shape,
    Side,
    TielineError,
    TransientError,
    Write,
)
from tieline.contract.naming import REQUEST_OBJECT
from tieline.store.nouns import Item, Link
from tieline.store.protocol import Transaction
from tieline.sync.act import Actor
from tieline.sync.context import Context
from tieline.sync.identity import derive, operation_key
from tieline.sync.intents import Intended, chooses_id
from tieline.sync.payload import pack
from tieline.sync.status import settled

_FIELDS = ("Action__c", "Record_Id__c", "Back_Office__c", "Accounting_Entity__c", "Status__c", "CreatedById")


class Desk:
    """The requests of one back office. `sole` is true when the system has no other back office in this org, so that a
    press which names none is meant for this one."""

    def __init__(self, context: Context, actions: Sequence[Action], *, sole: bool) -> None:
        self.context, self.sole = context, sole
        self.actions = {action.id: action for action in actions if action.system == context.system.name}
        self._users: dict[str, ListRow] | None = None

    @property
    def scope(self) -> str:
        return f"requests:{self.context.back_office}"

    def accept(self) -> int:
        """Pick up new presses and send the documents they ask for; returns the presses picked up."""
        count = 0
        for record in self._new_rows():
            count += 1
            self._pick_up(record)
        self._send_documents()
        return count

    def answer(self) -> int:
        """Write on each open press how it stands; returns rows written."""
        with self.context.store.reading() as tx:
            open_presses = dict(tx.facts(self.scope))
            links = tx.links([fact["link"] for fact in open_presses.values()])
        written = 0
        for press, fact in sorted(open_presses.items()):
            link = links.get(fact["link"])
            if link is None:
                continue
            answer = derive_answer(self.context, link, fact.get("language", "en"))
            written += self._tell(press, fact, answer)
        return written

    # picking up ------------------------------------------------------------------------------------------------

    def _new_rows(self) -> Sequence[Record]:
        if not self.actions:
            return ()
        fields = dict.fromkeys((*_FIELDS, *(f for a in self.actions.values() for f in request_fields(self.context, a))))
        shape = Shape(REQUEST_OBJECT, tuple(fields), where={"Status__c": "New"})
        pages = self.context.crm.pages("", shape, None)
        return [record for page in pages for record in page.records if self._mine(record)]

    def _mine(self, record: Record) -> bool:
        named = record.fields.get("Back_Office__c")
        ours = named == self.context.back_office or (not named and self.sole)
        return ours and str(record.fields.get("Action__c")) in self.actions

    def _pick_up(self, record: Record) -> None:
        with self.context.store.reading() as tx:
            if tx.fact(self.scope, record.key) is not None:
                return  # set in motion already; the answer is on its way
        press = self._press(record)
        try:
            self._decide(press)
        except TransientError:
            raise
        except TielineError as error:
            self._refuse(press, error.sentence())

    def _press(self, record: Record) -> Press:
        fields = record.fields
        user = str(fields.get("CreatedById") or "")
        entity = str(fields.get("Accounting_Entity__c") or "") or self.context.entities[0]
        action = self.actions[str(fields["Action__c"])]
        record_id = str(fields.get("Record_Id__c") or "")
        return Press(record.key, action, record_id, user, entity, fields, self._language(user))

    def _decide(self, press: Press) -> None:
        context = self.context
        if press.entity not in context.entities:
            self._refuse(press, f"{press.entity} is not an accounting entity of {context.back_office}.")
            return
        if not context.crm.may_edit(press.user_id, press.record_id):
            # The integration may edit it, the person may not: the person's right decides.
            self._refuse(press, context.say(press.language, "You may not edit this record."))
            return
        loaded = load(context, press)
        counts = {name: len(rows) for name, rows in loaded.children.items()}
        variables = {"record": dict(loaded.record), "linked": linked(press, loaded), "children": counts}
        if not allowed(press.action, variables):
            self._refuse(press, context.say(press.language, press.action.otherwise or "Not possible for this record."))
            return
        self._set_in_motion(press, press.action.handler(loaded))

    def _set_in_motion(self, press: Press, decision: Decision) -> None:
        if isinstance(decision, Decline):
            text = self.context.say(press.language, decision.message)
            self._refuse(press, text.format(**decision.values))
            return
        with self.context.store.transaction(self.context.fence) as tx:
            if isinstance(decision, Promote):
                link = mark(tx, self.context, decision.mapping, press.record_id, press.entity)
            else:
                link = self._document_link(tx, press, decision)
            fact = {"link": link.id, "language": press.language, "action": press.action.id, "told": ""}
            tx.save_fact(self.scope, press.id, fact)
            note = self.context.note("pressed", link=link.id, mapping=link.mapping, note=press.action.id)
            tx.append_audit(self.context.back_office, [replace(note, after={"user": press.user_id})])

    def _document_link(self, tx: Transaction, press: Press, decision: CreateDocument) -> Link:
        ident = derive("request", self.context.back_office, press.id)
        existing = tx.link(ident)
        if existing is not None:
            return existing
        document = {
            "fields": pack(decision.fields),
            "children": {name: [pack(row) for row in rows] for name, rows in decision.children.items()},
        }
        extra = {"document": document, "origin": pack(decision.origin)}
        link = settled(Link(ident, self.context.back_office, press.entity, decision.mapping, promote=True, extra=extra))
        tx.save_links([link])
        return link

    # sending ---------------------------------------------------------------------------------------------------

    def _send_documents(self) -> None:
        """Documents decided and not yet sent: also those a crash left behind."""
        with self.context.store.reading() as tx:
            facts = tx.facts(self.scope)
            links = tx.links([fact["link"] for fact in facts.values()])
        ready = [link for link in links.values() if _unsent(link, self.context)]
        for entity, mapping in sorted({(link.entity, link.mapping) for link in ready}):
            rules = self.context.rules_for(entity, mapping)
            batch = [link for link in ready if (link.entity, link.mapping) == (entity, mapping)]
            intended = [Intended(link, self._item(link)) for link in batch]
            Actor(self.context, entity, rules, Side.ERP).send(intended)

    def _item(self, link: Link) -> Item:
        rules = self.context.rules_for(link.entity, link.mapping)
        key = operation_key(link.id, Side.ERP, Operation.CREATE, link.epoch)
        capabilities = self.context.erp.capabilities(rules.object_on(Side.ERP))
        chosen = key if chooses_id(capabilities) else ""
        document: Mapping[str, Any] = link.extra["document"]
        payload = {"raw": document["fields"], "children": document["children"], "marker": link.id}
        return Item(link.id, Operation.CREATE, chosen, key, payload)

    # answering -------------------------------------------------------------------------------------------------

    def _tell(self, press: str, fact: Mapping[str, Any], answer: Answer) -> int:
        told = repr(answer)
        if told == fact.get("told"):
            return 0
        self._write(press, answer)
        with self.context.store.transaction(self.context.fence) as tx:
            tx.save_fact(self.scope, press, None if answer.status in FINAL else {**fact, "told": told})
            tx.append_audit(
                self.context.back_office,
                [
                    self.context.note(
                        "answered", link=fact["link"], side=Side.CRM, crm_key=press, after=dict(answer.fields)
                    )
                ],
            )
        self.context.tell("request.answered", request=press, status=answer.status)
        return 1

    def _refuse(self, press: Press, message: str) -> None:
        answer = Answer(REFUSED, message)
        self._write(press.id, answer)
        with self.context.store.transaction(self.context.fence) as tx:
            note = self.context.note("refused_press", side=Side.CRM, crm_key=press.id, note=message)
            tx.append_audit(self.context.back_office, [replace(note, after={"user": press.user_id})])

    def _write(self, press: str, answer: Answer) -> None:
        """Setting a status twice is the same as once: safe to repeat after any crash."""
        shape = Shape(REQUEST_OBJECT, ("Status__c",))
        key = derive("answer", press, repr(answer))
        self.context.crm.write("", shape, [Write(Operation.UPDATE, press, answer.fields, key)])

    def _language(self, user: str) -> str:
        if self._users is None:
            self._users = {row.key: row for row in self.context.crm.options("", "users")}
        row = self._users.get(user)
        return row.attributes.get("language", "en")[:2] if row else "en"


def _unsent(link: Link, context: Context) -> bool:
    if "document" not in link.extra or link.erp_key or link.awaiting or link.problem is not None or link.tombstone:
        return False
    return link.not_before is None or link.not_before <= context.clock.now()
