"""Our marks on records we made: a short code, derived from the host's marker, at the end of a text.

Intacct's standard objects have no field for it, so it stands where a text has to be unique anyway: behind the name of
a contact. A custom field can take its place (setting `marker_field`).
"""

from __future__ import annotations

import hashlib
import re

from tieline.contract import Done, Operation, Outcome, Record, Refused, Unknown, Write

_DIGITS = 12
_MARK = re.compile(r"T-([0-9a-f]{12})\)?\s*$")


def mark(marker: str) -> str:
    """Twelve digits: among a million records the chance of two equal ones is one in 500."""
    return hashlib.sha256(marker.encode()).hexdigest()[:_DIGITS]


def marked(text: str, marker: str, length: int) -> str:
    """The text with the mark behind it, cut so that both fit."""
    tail = f" (T-{mark(marker)})"
    return f"{text[: length - len(tail)].strip()}{tail}"


OPPORTUNITY_PREFIX = "006"
"""How the ids of opportunities begin, in every org."""


def external(opportunity: str, marker: str) -> str:
    """A document's external ID: the opportunity it was made of, as the vendor's connector has it, and our mark."""
    return f"{opportunity} T-{mark(marker)}".strip()


def opportunity(text: str) -> str:
    """The opportunity that an external ID names; empty when it names none."""
    first = text.partition(" ")[0]
    return first if first.startswith(OPPORTUNITY_PREFIX) and first.isalnum() else ""


def found(text: str) -> str:
    """The mark that a text carries; empty when it carries none."""
    match = _MARK.search(text)
    return match.group(1) if match else ""


def after(write: Write, key: str, record: Record | None, *, looked: bool = True) -> Outcome:
    """What became of a write that was accepted, now or earlier, after the look at the record; `looked`: there was one.
    One that was made under this control id and carries our mark no more was deleted or renamed by somebody: a repeat
    will never make another."""
    created = write.operation is Operation.CREATE
    if record is not None:
        return Done(record.key, record.version, record, created)
    if key:
        return Done(key, created=created)
    if not looked:
        return Unknown("Intacct has done this before, and the record could not be looked for")
    return Refused(VANISHED, code="vanished", mend=MAKE_AGAIN)


VANISHED = "Intacct made this record, and it was deleted or renamed there before we learned its number"
MAKE_AGAIN = "If it is still there, delete it or tie it to this record. Then change the record to have it made again."
