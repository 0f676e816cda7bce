"""Our marks on records we made: a short code, derived from the host's marker, at the end of a text.

Intacct's standard objects have no field for it, so it stands where a text has to be unique anyway: behind the name of
a contact. A custom field can take its place (setting `marker_field`).
"""

from __future__ import annotations

import hashlib
import re

from tieline.contract import Done, Operation, Outcome, Record, Unknown, Write

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


def after(write: Write, key: str, record: Record | None) -> Outcome:
    """What became of a write that was accepted, now or earlier, after the look at the record."""
    created = write.operation is Operation.CREATE
    if record is not None:
        return Done(record.key, record.version, record, created)
    if key:
        return Done(key, created=created)
    return Unknown("Intacct has done this before, and the record cannot be found by our mark yet")
