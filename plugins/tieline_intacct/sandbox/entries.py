"""Entries that a record owns and that are objects of their own too: made, replaced and deleted along with it.

That they can be queried is the reference's [D]; the field that leads from an entry to its owner is ours [I].
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tieline_intacct.sandbox.catalogue import ObjectType
from tieline_intacct.sandbox.rows import Row, found_rows
from tieline_intacct.sandbox.scope import Scope

Save = Callable[[Scope, ObjectType, Mapping[str, str], Row | None, Mapping[str, object] | None], Row]
_OWNED: Mapping[str, tuple[str, str, str]] = {
    "EXCHANGERATE": ("EXCHANGERATEENTRIES", "EXCHANGERATEENTRY", "EXCHANGERATEKEY"),
    "CONTRACTBILLINGTEMPLATE": (
        "CONTRACTBILLINGTEMPLATEENTRIES", "CONTRACTBILLINGTEMPLATEENTRY", "CONTRACTBILLINGTEMPLATEKEY"
    ),
    "CONTRACTITEMPRICELIST": (
        "CONTRACTITEMPRICELISTENTRIES", "CONTRACTITEMPRICELISTENTRY", "CONTRACTITEMPRICELISTKEY"
    ),
    "CONTRACTITEMPRICELISTENTRY": (
        "CONTRACTITEMPRCLSTENTYTIERS", "CONTRACTITEMPRCLSTENTYTIER", "CONTRACTITEMPRICELISTENTRYKEY"
    ),
}  # fmt: skip
"""By owner: its list, the object of an entry, the field of the entry with the owner's record number."""


def keep(scope: Scope, owner: Row, lists: Mapping[str, Any], save: Save) -> None:
    """A list that was sent replaces all the entries there were [I]. Raises Refused."""
    listed, name, key = _OWNED.get(owner.kind.name, ("", "", ""))
    if not listed or listed not in lists:
        return
    drop(scope, owner)
    inside = lists[listed].get(name) if isinstance(lists[listed], Mapping) else None
    for entry in inside if isinstance(inside, list) else [inside]:
        if isinstance(entry, Mapping):
            given = {field: text for field, text in entry.items() if isinstance(text, str)}
            more = {field: value for field, value in entry.items() if not isinstance(value, str)}
            save(scope, scope.catalogue[name], {**given, key: owner.ident}, None, more)


def drop(scope: Scope, owner: Row) -> None:
    """The entries go with their owner."""
    for entry in list(_entries(scope, owner)):
        drop(scope, entry)
        scope.tx.delete(entry.kind.name, entry.ident)


def _entries(scope: Scope, owner: Row) -> Iterator[Row]:
    _, name, key = _OWNED.get(owner.kind.name, ("", "", ""))
    if name:
        yield from found_rows(scope, scope.catalogue[name], key, owner.ident, private=True)
