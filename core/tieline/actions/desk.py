"""The desk: picks up pressed buttons, sets them in motion, answers them.

A press is one row of `ERP_Request__c`. What it sets in motion is kept with the press's id before anything is sent, and
every id and key is derived from it, so a press handled twice (a crash, two workers, an impatient user) is one document.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tieline.actions.answers import explained
from tieline.actions.conditions import allowed
from tieline.actions.counter import Counter
from tieline.actions.inputs import Press, linked, load, request_fields
from tieline.actions.promote import Wish, decided, mark, unmet
from tieline.actions.under_way import remember, under_way
from tieline.contract import (
    Action,
    ActionInput,
    CreateDocument,
    Decision,
    Decline,
    Operation,
    PermanentError,
    Promote,
    Record,
    Shape,
    Side,
    TielineError,
    TransientError,
)
from tieline.contract.naming import REQUEST_OBJECT
from tieline.store.nouns import AuditEntry, Item, Link
from tieline.store.protocol import Transaction
from tieline.sync.act import Actor
from tieline.sync.choices import take_choices
from tieline.sync.context import Context
from tieline.sync.identity import derive, operation_key
from tieline.sync.intents import Intended, chooses_id
from tieline.sync.payload import pack
from tieline.sync.places import entity_named, offered
from tieline.sync.status import settled

_logger = logging.getLogger("tieline.actions")
_FIELDS = ("Action__c", "Record_Id__c", "Back_Office__c", "Accounting_Entity__c", "Status__c", "CreatedById")


class Desk:
    """The requests of one back office. `siblings` are all back offices of this system in the org, in order: the only
    one takes presses that name none; of several the first one answers those nobody can take."""

    def __init__(self, context: Context, actions: Sequence[Action], siblings: Sequence[str]) -> None:
        self.context, self.siblings = context, list(siblings)
        self.actions = {action.id: action for action in actions if action.system == context.system.name}
        self.counter = Counter(context)

    def accept(self) -> int:
        """Pick up new presses and send the documents they ask for; returns the presses picked up."""
        count, failure = 0, None
        rows = self._new_rows()
        if rows:
            take_choices(self.context)  # what a person chose before the press counts, also when both came just now
        for record in rows:
            handle = self._pick_up if self._mine(record) else self._turn_away if self._nobodys(record) else None
            if handle is None:
                continue
            count += 1
            try:
                handle(record)
            except PermanentError as error:  # a row that takes no answer does not hold up the others
                failure = failure or error
        self._send_documents()
        if failure is not None:
            raise failure
        return count

    def answer(self) -> int:
        """Write on each open press how it stands; returns rows written."""
        return self.counter.answer_all()

    # picking up ------------------------------------------------------------------------------------------------

    def _new_rows(self) -> Sequence[Record]:
        if not self.actions:
            return ()
        fields = dict.fromkeys((*_FIELDS, *(f for a in self.actions.values() for f in request_fields(self.context, a))))
        shape = Shape(REQUEST_OBJECT, tuple(fields), where={"Status__c": "New"})
        pages = self.context.crm.pages("", shape, None)
        return [record for page in pages for record in page.records]

    def _mine(self, record: Record) -> bool:
        named = record.fields.get("Back_Office__c") or (self.siblings[0] if len(self.siblings) == 1 else "")
        return named == self.context.back_office and str(record.fields.get("Action__c")) in self.actions

    def _nobodys(self, record: Record) -> bool:
        """A press of this system that no back office will ever take: somebody has to say so."""
        action, named = str(record.fields.get("Action__c") or ""), record.fields.get("Back_Office__c")
        if action.partition(".")[0] != self.context.system.name:
            return False
        ours = named == self.context.back_office or named not in self.siblings
        known = action in self.actions and named in self.siblings
        return ours and not known and self.context.back_office in (named, self.siblings[0])

    def _turn_away(self, record: Record) -> None:
        language = self.counter.language_of(str(record.fields.get("CreatedById") or ""))
        if str(record.fields.get("Action__c")) not in self.actions:
            text = self.context.say(language, "This button is not known here any more. Tell your administrator.")
        else:
            text = self.context.say(language, "Choose one of these back offices and press again: {names}.")
            text = text.format(names=", ".join(self.siblings))
        self.counter.refuse(record.key, "", text)

    def _pick_up(self, record: Record) -> None:
        with self.context.store.reading() as tx:
            if tx.fact(self.counter.scope, record.key) is not None:
                return  # set in motion already; the answer is on its way
        press = self._press(record)
        try:
            self._decide(press)
        except TransientError:
            raise
        except TielineError as error:
            self.counter.refuse(press.id, press.user_id, explained(self.context, error, press.language))

    def _press(self, record: Record) -> Press:
        fields = record.fields
        user = str(fields.get("CreatedById") or "")
        action = self.actions[str(fields["Action__c"])]
        record_id = str(fields.get("Record_Id__c") or "")
        return Press(record.key, action, record_id, user, None, fields, self.counter.language_of(user))

    def _decide(self, press: Press) -> None:
        refusal = self._not_allowed(press)
        if refusal:
            self.counter.refuse(press.id, press.user_id, refusal)
            return
        press, loaded = load(self.context, self._placed(press))
        counts = {name: len(rows) for name, rows in loaded.children.items()}
        variables = {"record": dict(loaded.record), "linked": linked(press, loaded), "children": counts}
        if allowed(press.action, variables):
            loaded = replace(loaded, under_way=under_way(self.context, press, loaded.entity))
            self._set_in_motion(press, _decision(press, loaded))
            return
        otherwise = press.action.otherwise or "Not possible for this record."
        self.counter.refuse(press.id, press.user_id, self.context.say(press.language, otherwise))

    def _not_allowed(self, press: Press) -> str:
        """Why this person may not press this here; empty when they may."""
        context = self.context
        if not context.crm.may_edit(press.user_id, press.record_id):
            # The integration may edit it, the person may not: the person's right decides.
            return context.say(press.language, "You may not edit this record.")
        return ""

    def _placed(self, press: Press) -> Press:
        """The press with the entity that the person named. Raises PermanentError when there is no such one."""
        said = str(press.fields.get("Accounting_Entity__c") or "").strip()
        named = entity_named(self.context, said) if said else None
        if said and named is None:
            names = offered(self.context)
            mend = f"Choose one of {names}."
            raise PermanentError("there is no such accounting entity", mend=mend, code="no_entity")
        return replace(press, entity=named)

    def _set_in_motion(self, press: Press, decision: Decision) -> None:
        if isinstance(decision, Decline):
            text = self.context.say(press.language, decision.message)
            self.counter.refuse(press.id, press.user_id, text.format(**decision.values))
            return
        if decision.mapping in {one.name for one in self.context.resting}:
            raise PermanentError("this kind of record is switched off", mend="Tell your administrator.")
        entity = decided(self.context, press.entity)
        promote = decision if isinstance(decision, Promote) else None
        record = unmet(self.context, promote.mapping, press.record_id, entity) if promote else None
        with self.context.store.transaction(self.context.fence) as tx:
            if isinstance(decision, Promote):
                who = Wish(press.user_id, press.language)
                link = mark(tx, self.context, decision.mapping, press.record_id, entity, record, who)
            else:
                link = self._document_link(tx, press, decision, entity)
            fact = {"link": link.id, "language": press.language, "action": press.action.id, "told": ""}
            tx.save_fact(self.counter.scope, press.id, fact)
            tx.append_audit(self.context.back_office, [_pressed(self.context, press, link)])

    def _document_link(self, tx: Transaction, press: Press, decision: CreateDocument, entity: str) -> Link:
        ident = derive("request", self.context.back_office, press.id)
        existing = tx.link(ident)
        if existing is not None:
            return existing
        document = {
            "fields": pack(decision.fields),
            "children": {name: [pack(row) for row in rows] for name, rows in decision.children.items()},
        }
        extra = {"document": document, "origin": pack(decision.origin)}
        link = settled(Link(ident, self.context.back_office, entity, decision.mapping, promote=True, extra=extra))
        tx.save_links([link])
        remember(tx, self.context, press, link)
        return link

    # sending ---------------------------------------------------------------------------------------------------

    def _send_documents(self) -> None:
        """Documents decided and not yet sent: also those a crash left behind."""
        with self.context.store.reading() as tx:
            facts = tx.facts(self.counter.scope)
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


def _pressed(context: Context, press: Press, link: Link) -> AuditEntry:
    """Who pressed what with which parameters; `status` is how the record stands with that."""
    given = {name: value for name, value in press.fields.items() if value is not None and name not in _FIELDS}
    return context.note(
        "pressed", link=link.id, mapping=link.mapping, side=Side.CRM, crm_key=press.record_id, erp_key=link.erp_key,
        call=press.id, note=press.action.id, status=str(link.status), after={"user": press.user_id, **pack(given)},
    )  # fmt: skip


def _decision(press: Press, loaded: ActionInput) -> Decision:
    """Raises PermanentError when the plugin's code fails: one press must not end every cycle."""
    try:
        return press.action.handler(loaded)
    except TielineError:
        raise
    except Exception as error:  # whatever it does
        _logger.error("the button %s failed for the press %s", press.action.id, press.id, exc_info=error)
        raise PermanentError(
            "this button does not work for this record", mend="Tell your administrator.", code="plugin_failed"
        ) from error


def _unsent(link: Link, context: Context) -> bool:
    if "document" not in link.extra or link.erp_key or link.awaiting or link.problem is not None or link.tombstone:
        return False
    return link.not_before is None or link.not_before <= context.clock.now()
