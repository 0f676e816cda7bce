"""The parts of a page layout that people move about: fields in sections, related lists, buttons, quick actions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from tieline.package.canonical import Node, Table, one

LAYOUT = "Layout"
ANY = "*"
"""A layout named `Account-*` stands for every layout that the org has of the object."""


class Slot(StrEnum):
    """Which list of a layout a part stands in, by the metadata API's word."""

    FIELD = "layoutSections"
    RELATED = "relatedLists"
    BUTTON = "customButtons"
    ACTION = "platformActionList"


class Key(NamedTuple):
    """What tells one part from another on a layout, wherever it stands."""

    slot: Slot
    name: str

    def __str__(self) -> str:
        return f"{self.slot}[{self.name}]"


@dataclass(frozen=True, slots=True)
class Part:
    """`section` is the heading a field stands under; empty for all others."""

    key: Key
    node: Node
    section: str = ""


def owner_of(layout: str) -> str:
    """`Account` of `Account-Account Layout`."""
    return layout.partition("-")[0]


def parts(layout: Table) -> Mapping[Key, Part]:
    """In the order in which a page shows them; empty places and the platform's own lists of links are left out."""
    found = [*_fields(layout), *_related(layout), *_buttons(layout), *_actions(layout)]
    return {part.key: part for part in found}


def sections(layout: Table) -> Iterator[Table]:
    return (node for node in layout.get(Slot.FIELD, ()) if not isinstance(node, str))


def items(column: Node) -> tuple[Node, ...]:
    """The places of a column; an empty column is read as a text."""
    return () if isinstance(column, str) else column.get("layoutItems", ())


def item_key(item: Node) -> Key | None:
    """None for what is no field."""
    name = "" if isinstance(item, str) else one(item, "field")
    return Key(Slot.FIELD, name) if name else None


def section_fields(section: Table) -> Iterator[Part]:
    for column in section.get("layoutColumns", ()):
        for item in items(column):
            key = item_key(item)
            if key:
                yield Part(key, item, one(section, "label"))


def listed_actions(layout: Table) -> tuple[Node, ...]:
    """Entries of the list of actions, as they stand in the file."""
    for block in layout.get(Slot.ACTION, ()):
        if not isinstance(block, str):
            return block.get("platformActionListItems", ())
    return ()


def action_key(entry: Node) -> Key:
    return Key(Slot.ACTION, "" if isinstance(entry, str) else one(entry, "actionName"))


def related_key(entry: Node) -> Key:
    return Key(Slot.RELATED, "" if isinstance(entry, str) else one(entry, "relatedList"))


def place(entry: Node) -> int:
    """Where an action stands among the others."""
    text = "" if isinstance(entry, str) else one(entry, "sortOrder")
    return int(text) if text.isdigit() else 0


def _fields(layout: Table) -> Iterator[Part]:
    for section in sections(layout):
        yield from section_fields(section)


def _related(layout: Table) -> Iterator[Part]:
    return (Part(related_key(entry), entry) for entry in layout.get(Slot.RELATED, ()))


def _buttons(layout: Table) -> Iterator[Part]:
    names = (node for node in layout.get(Slot.BUTTON, ()) if isinstance(node, str))
    return (Part(Key(Slot.BUTTON, name), name) for name in names)


def _actions(layout: Table) -> Iterator[Part]:
    """The platform's own buttons (Edit, Delete) are parts too: what moves is seen against them."""
    return (Part(action_key(entry), entry) for entry in sorted(listed_actions(layout), key=place))
