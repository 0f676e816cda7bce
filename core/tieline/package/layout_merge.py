"""Page layouts are people's property: what we declared last, what stands in the org, what we declare now; part by part.

| in ours | in theirs | in the base | then |
|---|---|---|---|
| yes | no  | no  | it is added |
| yes | no  | yes | an administrator took it off: it stays off |
| yes | yes |     | it stays where it is; its content follows ours unless an administrator changed it |
| no  | yes | yes | it is taken off, unless another system needs it |
| no  | yes | no  | it is somebody else's |
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tieline.package.canonical import Node, Table
from tieline.package.diff import Change
from tieline.package.layout_edit import replaced, with_parts, without
from tieline.package.parts import Key, Part, Slot, listed_actions, parts

SHOWN = "shown"
TAKEN_OFF = "taken off"


@dataclass(frozen=True, slots=True)
class Merged:
    """`kept` are parts that stay off because somebody took them off. `made`: the list of actions is ours."""

    table: Table
    changes: tuple[Change, ...]
    kept: tuple[Change, ...]
    made: bool


def merge(base: Table, theirs: Table, ours: Table, elsewhere: Collection[Key] = (), made: bool = False) -> Merged:
    """Pure. `elsewhere` are parts that other systems need; `made` says whose the list of actions in the org is."""
    had, have, want = parts(base), parts(theirs), parts(ours)
    gone = {key for key in had if key in have and key not in want and key not in elsewhere}
    missing = [part for key, part in want.items() if key not in have]
    added = [part for part in missing if part.key not in had]
    fresh = _refreshed(had, have, want)
    left = replaced(without(theirs, gone, made), fresh)
    table = with_parts(left, added, ours)
    changes = [
        *(Change(_path(part), "", SHOWN) for part in added),
        *(Change(_path(have[key]), SHOWN, "") for key in sorted(gone)),
        *(Change(_path(have[key]), "as declared before", "as declared now") for key in sorted(fresh)),
    ]
    off = [part for part in missing if part.key in had]
    kept = tuple(Change(_path(part), SHOWN, TAKEN_OFF) for part in off)
    is_made = bool(listed_actions(table)) and (made or not listed_actions(theirs))
    return Merged(table, tuple(sorted(changes, key=lambda each: each.property)), kept, is_made)


def _refreshed(had: Mapping[Key, Part], have: Mapping[Key, Part], want: Mapping[Key, Part]) -> dict[Key, Node]:
    """Fields and related lists whose declaration changed, and that nobody changed in the org."""
    return {
        key: want[key].node
        for key in want
        if key.slot in (Slot.FIELD, Slot.RELATED) and key in had and key in have
        if have[key].node == had[key].node != want[key].node
    }


def _path(part: Part) -> str:
    """`layoutSections[Accounting].Rank__c`, `relatedLists[ERP_Link__c.Account__c]`."""
    return f"{part.key.slot}[{part.section}].{part.key.name}" if part.section else str(part.key)
