"""What a press is answered with: derived from the link it set in motion, in words for the person who pressed."""

from __future__ import annotations

from dataclasses import dataclass

from tieline.contract import TielineError, Value
from tieline.store.nouns import Link, Status
from tieline.sync.context import Context
from tieline.sync.telling import told

NEW, RUNNING, WAITING, DONE, REFUSED, FAILED = "New", "Running", "Waiting", "Done", "Refused", "Failed"
FINAL = frozenset({DONE, REFUSED, FAILED})


@dataclass(frozen=True, slots=True)
class Answer:
    status: str
    message: str
    result_id: str = ""
    number: str = ""
    address: str = ""

    @property
    def fields(self) -> dict[str, Value]:
        return {
            "Status__c": self.status,
            "Message__c": self.message[:1000] or None,
            "Result_Id__c": self.result_id or None,
            "Result_Number__c": self.number or None,
            "Result_Address__c": self.address or None,
        }


def derive_answer(context: Context, link: Link, language: str) -> Answer:
    """How the press stands now."""
    say = context.say
    why = told(context, link, language)
    if why is not None:
        head = why.reason[:1].upper() + why.reason[1:].rstrip(".")
        return Answer(REFUSED if link.delete_refused else FAILED, f"{head}. {why.next_step}".strip())
    if link.tombstone:
        return Answer(FAILED, say(language, "The record was deleted on one side."))
    if link.status is Status.AWAITING_ACKNOWLEDGMENT:
        return Answer(WAITING, say(language, "Sent; the back office has not answered yet."))
    if link.promoted and not link.promote:
        return _done(context, link, language)
    waiting = str(link.extra.get("waiting", ""))
    return Answer(WAITING, say(language, waiting) if waiting else "")


def explained(context: Context, error: TielineError, language: str) -> str:
    """An error as a sentence for the person who pressed."""
    told = context.say(language, error.what).rstrip(".")
    head = f"{error.where}: {told}" if error.where else told[:1].upper() + told[1:]
    return f"{head}. {context.say(language, error.mend)}" if error.mend else f"{head}."


def _done(context: Context, link: Link, language: str) -> Answer:
    mapping = context.rules_for(link.entity, link.mapping).mapping
    number = _number(context, link)
    address = link.erp.address if link.erp else ""
    label = context.say(language, mapping.label)
    told = context.say(language, "{label} {number} is in {system}.")
    message = told.format(label=label, number=number or link.erp_key, system=context.system.label)
    return Answer(DONE, message, link.erp_key, number, address)


def _number(context: Context, link: Link) -> str:
    rules = context.rules_for(link.entity, link.mapping)
    field = next((one for one in rules.mapping.fields if one.erp == rules.mapping.number), None)
    value = link.erp.fields.get(field.crm) if field and link.erp else None
    return str(value or "")
