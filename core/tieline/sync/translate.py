"""References, list rows and users have one id on each side; these tables join them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field

from tieline.contract import Field, ListRow, Option, Person, Reference, Side
from tieline.store.nouns import Canonical, StoredRow


class Unresolved:
    """The other side of this id is not known (yet)."""


UNRESOLVED = Unresolved()


@dataclass(frozen=True, slots=True)
class Translator:
    """Pure look-ups, loaded before a plan is made. Keys: (kind of table, its name, id). `withdrawn` holds the labels of
    list rows the ERP took away, by their ERP ids."""

    to_erp_ids: Mapping[tuple[str, str, str], str] = dataclass_field(default_factory=dict)
    to_crm_ids: Mapping[tuple[str, str, str], str] = dataclass_field(default_factory=dict)
    withdrawn: Mapping[tuple[str, str, str], str] = dataclass_field(default_factory=dict)

    def to(self, side: Side, field: Field, value: Canonical) -> Canonical | Unresolved:
        """The value of the other side in the terms of `side`."""
        table = _table(field)
        if value is None or table is None:
            return value
        ids = self.to_crm_ids if side is Side.CRM else self.to_erp_ids
        return ids.get((*table, str(value)), UNRESOLVED)

    def withdrawn_label(self, field: Field, value: Canonical) -> str:
        """The label of this list row (by its ERP id) when the ERP took it away; else empty."""
        table = _table(field)
        return self.withdrawn.get((*table, str(value)), "") if table else ""


def _table(field: Field) -> tuple[str, str] | None:
    kind = field.kind
    if isinstance(kind, Reference):
        return "mapping", kind.mapping
    if isinstance(kind, Option):
        return "list", kind.list
    if isinstance(kind, Person):
        return "person", f"{kind.list}:{kind.attribute}"
    return None


def build_translator(
    links: Mapping[str, Sequence[tuple[str, str]]],
    rows: Mapping[str, Sequence[StoredRow]],
    users: Sequence[ListRow],
    persons: Sequence[Person],
) -> Translator:
    """`links`: (CRM id, ERP key) pairs by mapping; `rows`: list rows by list; `users`: the org's users."""
    pairs: list[tuple[tuple[str, str], str, str]] = []
    for mapping, joined in links.items():
        pairs += [(("mapping", mapping), crm, erp) for crm, erp in joined if crm and erp]
    for name, stored in rows.items():
        pairs += [(("list", name), row.crm_key, row.key) for row in stored if row.crm_key]
    for person in persons:
        table = ("person", f"{person.list}:{person.attribute}")
        pairs += [(table, crm, erp) for crm, erp in _people(person, rows.get(person.list, ()), users)]
    return Translator(
        {(*table, crm): erp for table, crm, erp in pairs},
        {(*table, erp): crm for table, crm, erp in pairs},
        {("list", name, row.key): row.label for name, stored in rows.items() for row in stored if not row.active},
    )


def unmapped(person: Person, rows: Sequence[StoredRow], users: Sequence[ListRow]) -> dict[str, str]:
    """Labels of users and list rows that nobody on the other side stands for, by their ids."""
    mapped = {key for pair in _people(person, rows, users) for key in pair}
    labels = {user.key: user.label for user in users} | {row.key: row.label for row in rows}
    return {key: label for key, label in labels.items() if key not in mapped}


def _people(person: Person, rows: Sequence[StoredRow], users: Sequence[ListRow]) -> list[tuple[str, str]]:
    by_text: dict[str, list[str]] = {}
    for user in users:
        text = user.attributes.get(person.attribute, "").strip().lower()
        if text and user.active:
            by_text.setdefault(text, []).append(user.key)
    found = []
    for row in rows:
        matches = by_text.get(row.attributes.get(person.attribute, "").strip().lower(), [])
        if len(matches) == 1:  # two users with one e-mail prove nothing
            found.append((matches[0], row.key))
    return found
