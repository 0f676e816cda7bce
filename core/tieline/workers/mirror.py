"""Managed lists mirrored into global value sets, for picklists of the administrator's own. Off unless the settings name
a set. A set is deployed only when its rows have changed; a withdrawn row stays as an inactive value, for records may
hold it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from tieline.contract import Component, Misconfigured, TielineError
from tieline.org import Org
from tieline.package.archive import pack
from tieline.store.nouns import StoredRow
from tieline.sync.context import Context
from tieline.sync.identity import fingerprint

Write = Callable[[Sequence[Component], Sequence[Component]], Mapping[str, bytes] | None]
"""The hook `write_package`: (sent, removed) -> files."""


def mirror_lists(context: Context, org: Org, mirrors: Mapping[str, str], write: Write) -> list[str]:
    """Bring value sets up to date; `mirrors` says which list goes into which set. Returns sentences about failures."""
    problems = []
    for name, value_set in sorted(mirrors.items()):
        try:
            _mirror(context, org, name, value_set, write)
        except TielineError as error:
            problems.append(f"value set {value_set}: {error.sentence()}")
    return problems


def _mirror(context: Context, org: Org, name: str, value_set: str, write: Write) -> None:
    scope = f"mirrors {context.back_office}"
    with context.store.reading() as tx:
        rows = [row for row in tx.all_list_rows(context.back_office) if row.list == name]
        known = tx.fact(scope, value_set)
    component = _value_set(context, name, value_set, rows)
    stands = fingerprint(dict(component.properties))
    if not rows or known == stands:
        return
    if known is None and value_set in org.metadata.list_components("GlobalValueSet"):
        words = "a value set of this name is in the org already, and is not ours to write"
        raise Misconfigured(words, mend="Name another one in the settings.")
    files = write([component], ())
    result = org.metadata.deploy(pack(files or {}))
    note = "" if result.success else "; ".join(result.errors) or result.status
    with context.store.transaction(context.fence) as tx:
        tx.save_fact(scope, value_set, stands)
        event = "list_mirrored" if result.success else "list_not_mirrored"
        tx.append_audit(context.back_office, [context.note(event, mapping=f"{context.system.name}.{name}", note=note)])
    if not result.success:
        raise TielineError(
            f"the org refused it ({note})", mend="Mend it there; it is sent again when the list changes."
        )


def _value_set(context: Context, name: str, value_set: str, rows: Sequence[StoredRow]) -> Component:
    label = next((one.plural for one in context.lists if one.name == name), name)
    values = tuple(_values(rows))
    return Component(
        "GlobalValueSet", value_set, {"masterLabel": label[:80], "sorted": False, "customValue": values}
    )  # fmt: skip


def _values(rows: Sequence[StoredRow]) -> Iterator[Mapping[str, str | bool]]:
    """One value a key: the row is active when it is so in any entity. Labels that would be double carry their key."""
    by_key: dict[str, StoredRow] = {}
    for row in rows:
        if row.key not in by_key or (row.active and not by_key[row.key].active):
            by_key[row.key] = row
    labels = [row.label for row in by_key.values()]
    for key, row in sorted(by_key.items()):
        label = row.label if labels.count(row.label) == 1 else f"{row.label} ({key})"
        yield {"fullName": key, "default": False, "isActive": row.active, "label": label[:255]}
