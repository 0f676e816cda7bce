"""What differs between a declared component and the org's, property by property.

Only declared properties count: what the platform or an administrator adds is theirs. A permission set is the
exception, it is compared whole, because a right nobody declared is a right too many, and deploying it takes that away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tieline.package.canonical import Node, Table, one
from tieline.package.rights import PERMISSION_SET

KEYS = {
    "applicationVisibilities": "application",
    "caseValues": "plural",
    "classAccesses": "apexClass",
    "customApplications": "name",
    "fieldOverrides": "field",
    "fieldPermissions": "field",
    "fields": "name",
    "layouts": "layout",
    "objectPermissions": "object",
    "picklistValues": "masterLabel",
    "quickActions": "name",
    "recordTypeVisibilities": "recordType",
    "sections": "section",
    "tabSettings": "tab",
    "userPermissions": "name",
    "value": "fullName",
    "webLinks": "name",
}
"""Elements whose entries are about one thing each, and the element that names it."""

_GRANTS = ("applicationVisibilities", "fieldPermissions", "objectPermissions", "tabSettings", "userPermissions")
_NOTHING = frozenset({"", "false", "0"})
"""The platform leaves such values out, or fills them in by itself."""


@dataclass(frozen=True, slots=True)
class Change:
    """One property, as a path (`valueSet.restricted`, `fieldPermissions[Account.ERP_Key__c].editable`)."""

    property: str
    before: str
    after: str


def changes(kind: str, wanted: Table, present: Table) -> tuple[Change, ...]:
    """In order of the path."""
    found = list(_tables("", wanted, present))
    if kind == PERMISSION_SET:
        found += _surplus(wanted, present)
    return tuple(sorted(found, key=lambda change: change.property))


def _tables(path: str, wanted: Table, present: Table) -> Iterator[Change]:
    for name, nodes in wanted.items():
        here = f"{path}.{name}" if path else name
        have = present.get(name, ())
        yield from _keyed(here, name, nodes, have) if name in KEYS else _listed(here, nodes, have)


def overlay(wanted: Table, present: Table) -> Table:
    """The org's component with ours over it: deploying replaces the whole, so what others added is sent along."""
    merged = dict(present)
    for name, nodes in wanted.items():
        merged[name] = _overlaid(name, nodes, present.get(name, ()))
    return merged


def _overlaid(name: str, wanted: Sequence[Node], present: Sequence[Node]) -> tuple[Node, ...]:
    if name in KEYS:
        key = KEYS[name]
        theirs = {one(node, key): node for node in present if not isinstance(node, str)}
        ours = [node if isinstance(node, str) else overlay(node, theirs.pop(one(node, key), {})) for node in wanted]
        return (*ours, *theirs.values())
    if len(wanted) == len(present) == 1:
        mine, other = wanted[0], present[0]
        if not isinstance(mine, str) and not isinstance(other, str):
            return (overlay(mine, other),)
    return tuple(wanted)


def _keyed(path: str, name: str, wanted: Sequence[Node], present: Sequence[Node]) -> Iterator[Change]:
    """Entries are matched by what they are about; further ones of the org are left alone."""
    key = KEYS[name]
    have = {one(node, key): node for node in present if not isinstance(node, str)}
    for node in wanted:
        if not isinstance(node, str):
            about = one(node, key)
            yield from _entry(f"{path}[{about}]", node, have.get(about, {}))


def _entry(path: str, wanted: Node, present: Node) -> Iterator[Change]:
    if isinstance(wanted, str) or isinstance(present, str):
        yield from _leaf(path, _shown((wanted,)), _shown((present,)))
    else:
        yield from _tables(path, wanted, present)


def _listed(path: str, wanted: Sequence[Node], present: Sequence[Node]) -> Iterator[Change]:
    """Entries are matched by their place; texts compare as a whole, in order."""
    leaves = all(isinstance(node, str) for node in (*wanted, *present))
    if leaves or len(present) > len(wanted):
        yield from _leaf(path, _shown(wanted), _shown(present))
        return
    for place, node in enumerate(wanted):
        here = f"{path}[{place + 1}]" if len(wanted) > 1 else path
        yield from _entry(here, node, present[place] if place < len(present) else {})


def _leaf(path: str, wanted: str, present: str) -> Iterator[Change]:
    if wanted != present and not (wanted in _NOTHING and present in _NOTHING):
        yield Change(path, present, wanted)


def _surplus(wanted: Table, present: Table) -> Iterator[Change]:
    """Rights of the org's set that nobody declared."""
    for name in _GRANTS:
        key = KEYS[name]
        declared = {one(node, key) for node in wanted.get(name, ()) if not isinstance(node, str)}
        for node in present.get(name, ()):
            if isinstance(node, str) or one(node, key) in declared:
                continue
            rights = [right for right, (value, *_) in node.items() if right != key and value not in _NOTHING]
            if rights:
                yield Change(f"{name}[{one(node, key)}]", ", ".join(sorted(rights)), "")


def _shown(nodes: Sequence[Node]) -> str:
    return ", ".join(node if isinstance(node, str) else _brief(node) for node in nodes)


def _brief(table: Table) -> str:
    return " ".join(f"{name}={_shown(nodes)}" for name, nodes in sorted(table.items()))
