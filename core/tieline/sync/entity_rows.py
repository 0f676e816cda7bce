"""The accounting entity on a record's row of the panel. People may choose it there, so we write it only when we have
something new to say: an edit made while another part of the row is written stays to be read."""

from __future__ import annotations

from dataclasses import replace

from tieline.contract import Value, Values
from tieline.store.nouns import Link
from tieline.sync.context import Context

ENTITY = "Accounting_Entity__c"
TOLD = "entity_told"
"""In `Link.extra`: what stands in that field of its row, as we wrote it or read it last."""
REFUSED_CHOICE = "entity_refused"
"""In `Link.extra`: why a choice was taken back; a key of `panel.NOTES`."""
CHOSEN = "entity_chosen"
"""In `Link.extra`: a person chose its entity."""


def told(link: Link) -> str:
    return str(link.extra.get(TOLD) or "")


def unsaid(context: Context, link: Link, row: Values) -> dict[str, Value]:
    """The row without an entity that stands there already."""
    if len(context.entities) > 1 and (row[ENTITY] or "") == told(link):
        return {name: value for name, value in row.items() if name != ENTITY}
    return dict(row)


def whole(link: Link, row: Values) -> dict[str, Value]:
    """The row as it stands once what `unsaid` left of it is written."""
    return {ENTITY: told(link) or None, **row}


def remembering(context: Context, link: Link, row: Values) -> Link:
    """The link once this whole row is known to stand."""
    said = row[ENTITY] or ""
    if len(context.entities) == 1 or said == told(link):
        return link
    return replace(link, extra={**link.extra, TOLD: said})
