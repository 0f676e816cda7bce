"""Putting parts on a page layout and taking them off; everything else stays as it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from tieline.package.canonical import Node, Table, one
from tieline.package.parts import (
    Key,
    Part,
    Slot,
    action_key,
    item_key,
    items,
    listed_actions,
    place,
    related_key,
    section_fields,
    sections,
)

STANDARD_ACTIONS = ("Edit", "Delete", "Clone")
"""What a layout without a list of actions shows by itself. A list of ours replaces that, so it names them too [K]."""

_LAST_STYLE = "CustomLinks"


def without(layout: Table, gone: Collection[Key], made: bool = False) -> Table:
    """`made`: the list of actions is ours, and goes when nothing but the standard ones is left in it. A section that
    loses its last field goes as well."""
    left = dict(layout)
    _put(left, Slot.FIELD, [each for node in layout.get(Slot.FIELD, ()) if (each := _section_without(node, gone))])
    _put(left, Slot.RELATED, [node for node in layout.get(Slot.RELATED, ()) if related_key(node) not in gone])
    _put(left, Slot.BUTTON, [node for node in layout.get(Slot.BUTTON, ()) if Key(Slot.BUTTON, str(node)) not in gone])
    entries = listed_actions(layout)
    kept = [entry for entry in entries if action_key(entry) not in gone]
    if len(kept) != len(entries):
        _put_actions(left, [] if made and _are_standard(kept) else kept)
    return left


def with_parts(layout: Table, added: Sequence[Part], wanted: Table) -> Table:
    """`wanted` is what is declared: it says how a section looks that has to be made."""
    grown = dict(layout)
    for part in added:
        if part.key.slot is Slot.FIELD:
            _put(grown, Slot.FIELD, _sections_with(grown, part, wanted))
        elif part.key.slot is Slot.ACTION:
            _put_actions(grown, _actions_with(grown, part))
        else:
            _put(grown, part.key.slot, [*grown.get(part.key.slot, ()), part.node])
    if not listed_actions(layout) and listed_actions(grown):
        _put_actions(grown, _numbered([*listed_actions(grown), *map(_standard, STANDARD_ACTIONS)]))
    return grown


def replaced(layout: Table, nodes: Mapping[Key, Node]) -> Table:
    """The layout with other content for some related lists and fields, at their places."""
    changed = dict(layout)
    _put(changed, Slot.RELATED, [nodes.get(related_key(node), node) for node in layout.get(Slot.RELATED, ())])
    _put(changed, Slot.FIELD, [_section_replaced(node, nodes) for node in layout.get(Slot.FIELD, ())])
    return changed


def _put(layout: dict[str, tuple[Node, ...]], name: str, nodes: Iterable[Node]) -> None:
    """An empty list is no list."""
    found = tuple(nodes)
    if found:
        layout[name] = found
    else:
        layout.pop(name, None)


def _put_actions(layout: dict[str, tuple[Node, ...]], entries: Sequence[Node]) -> None:
    present = next((node for node in layout.get(Slot.ACTION, ()) if not isinstance(node, str)), {})
    block: Table = {"actionListContext": ("Record",), **present, "platformActionListItems": tuple(entries)}
    _put(layout, Slot.ACTION, [block] if entries else [])


def _are_standard(entries: Sequence[Node]) -> bool:
    return {action_key(entry).name for entry in entries} <= set(STANDARD_ACTIONS)


def _standard(name: str) -> Node:
    return {"actionName": (name,), "actionType": ("StandardButton",)}


def _numbered(entries: Sequence[Node]) -> list[Node]:
    return [
        entry if isinstance(entry, str) else {**entry, "sortOrder": (str(number),)}
        for number, entry in enumerate(entries)
    ]


def _actions_with(layout: Table, part: Part) -> list[Node]:
    """Behind the last one: the numbers of others stay."""
    present = listed_actions(layout)
    number = max((place(entry) for entry in present), default=-1) + 1
    entry = part.node if isinstance(part.node, str) else {**part.node, "sortOrder": (str(number),)}
    return [*present, entry]


def _section_without(section: Node, gone: Collection[Key]) -> Node | None:
    if isinstance(section, str):
        return section
    before = section.get("layoutColumns", ())
    columns = tuple(_column_without(column, gone) for column in before)
    if columns == before:
        return section
    return {**section, "layoutColumns": columns} if any(items(column) for column in columns) else None


def _column_without(column: Node, gone: Collection[Key]) -> Node:
    kept = tuple(item for item in items(column) if item_key(item) not in gone)
    return column if kept == items(column) else _column(column, kept)


def _column(column: Node, places: tuple[Node, ...]) -> Node:
    rest = {} if isinstance(column, str) else {name: nodes for name, nodes in column.items() if name != "layoutItems"}
    return {**rest, "layoutItems": places} if places else rest or ""


def _section_replaced(section: Node, nodes: Mapping[Key, Node]) -> Node:
    if isinstance(section, str):
        return section
    columns = tuple(
        _column(column, tuple(_item_replaced(item, nodes) for item in items(column)))
        for column in section.get("layoutColumns", ())
    )
    return {**section, "layoutColumns": columns} if columns else section


def _item_replaced(item: Node, nodes: Mapping[Key, Node]) -> Node:
    key = item_key(item)
    return nodes.get(key, item) if key else item


def _sections_with(layout: Table, part: Part, wanted: Table) -> list[Node]:
    """Where most of the fields stand that were declared beside it; else under its heading; else a new section."""
    present = list(layout.get(Slot.FIELD, ()))
    home = _home(present, part, wanted)
    if home is None:
        home = next((at for at, node in enumerate(present) if _style(node) == _LAST_STYLE), len(present))
        present.insert(home, _empty_section(part.section, wanted))
    present[home] = _placed(present[home], part, wanted)
    return present


def _home(present: Sequence[Node], part: Part, wanted: Table) -> int | None:
    siblings = {
        each.key for node in sections(wanted) if one(node, "label") == part.section for each in section_fields(node)
    }

    def rank(at: int) -> tuple[int, bool]:
        node = present[at]
        if isinstance(node, str):
            return 0, False
        return sum(each.key in siblings for each in section_fields(node)), one(node, "label") == part.section

    best = max(range(len(present)), key=rank, default=None)
    return best if best is not None and any(rank(best)) else None


def _style(section: Node) -> str:
    return "" if isinstance(section, str) else one(section, "style")


def _empty_section(label: str, wanted: Table) -> Table:
    declared = next(node for node in sections(wanted) if one(node, "label") == label)
    columns: tuple[Node, ...] = tuple("" for _ in declared.get("layoutColumns", ()))
    return {**declared, "layoutColumns": columns}


def _placed(section: Node, part: Part, wanted: Table) -> Node:
    """At the end of the column it was declared in, as far as there is one."""
    if isinstance(section, str):
        return section
    columns = list(section.get("layoutColumns", ())) or [""]
    at = min(_column_of(part, wanted), len(columns) - 1)
    columns[at] = _column(columns[at], (*items(columns[at]), part.node))
    return {**section, "layoutColumns": tuple(columns)}


def _column_of(part: Part, wanted: Table) -> int:
    columns = (enumerate(node.get("layoutColumns", ())) for node in sections(wanted))
    return next(at for each in columns for at, column in each if part.node in items(column))
