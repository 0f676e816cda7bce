"""People type: births and edits on both sides. Each value is new in the whole history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tieline_simulation.declared import TYPED
from tieline_simulation.systems import Toy

if TYPE_CHECKING:
    from tieline_simulation.storm import Storm

POISONED = {"Account": "Phone", "Contact": "LastName", "Customers": "phone", "People": "last"}
CRM_OBJECT = {"Customers": "Account", "People": "Contact", "Lines": "ERP_Document_Line__c"}


def edit(storm: Storm) -> None:
    """Somebody edits one or two fields of a record, on either side; now, or in a transaction seen only later."""
    found = pick_record(storm)
    if found is None:
        return
    toy, entity, obj, key = found
    values = typed(storm, toy, obj)
    if storm.rng.random() < storm.weather.late:
        _edit_in_long_transaction(storm, toy, entity, obj, key, values)
    else:
        do_edit(storm, toy, entity, obj, key, values)


def do_edit(storm: Storm, toy: Toy, entity: str, obj: str, key: str, values: dict[str, Any]) -> None:
    if not toy.rows[entity, obj, key].deleted:
        toy.edit(obj, key, entity, **values)
        storm.tally.add("edits")
        storm.oracle.catch_up()


def _edit_in_long_transaction(
    storm: Storm, toy: Toy, entity: str, obj: str, key: str, values: dict[str, Any]
) -> None:  # fmt: skip
    began = storm.world.stamp() + toy.skew

    def commit() -> None:
        with toy.stamped_from(began, entity, obj, key):
            do_edit(storm, toy, entity, obj, key, values)

    storm.tally.add("late rows")
    storm.delay(commit)


def meddle(storm: Storm, toy: Toy, entity: str, obj: str, key: str) -> None:
    """Somebody edits this record just now, between the engine's look and its write."""
    if (entity, obj, key) in toy.rows and obj in {"Account", "Contact", "Customers", "People"}:
        storm.tally.add("edits in the window")
        do_edit(storm, toy, entity, obj, key, typed(storm, toy, obj))


def pick_record(storm: Storm) -> tuple[Toy, str, str, str] | None:
    toy = storm.rng.choice([storm.crm, storm.erp])
    objects = ("Account", "Contact") if toy is storm.crm else ("Customers", "People")
    obj = storm.rng.choices(objects, [3, 1])[0]
    rows = [(e, k) for (e, o, k), row in toy.rows.items() if o == obj and not row.deleted]
    if not rows:
        return None
    entity, key = storm.rng.choice(sorted(rows))
    return toy, entity, obj, key


def typed(storm: Storm, toy: Toy, obj: str) -> dict[str, Any]:
    """One or two new values for a record of this object."""
    accounts = sorted(storm.crm.alive("Account"))
    if obj == "Contact" and storm.rng.random() < 0.2:
        return {"AccountId": storm.rng.choice(accounts)} if accounts else {}
    names = typed_names(storm, CRM_OBJECT.get(obj, obj))
    chosen = storm.rng.sample(sorted(names), storm.rng.choice([1, 1, 2]))
    return {(name if toy is storm.crm else storm.erp_name(obj, name)): value(storm, name, toy) for name in chosen}


def typed_names(storm: Storm, crm_object: str) -> tuple[str, ...]:
    fax = ("Fax",) if storm.plot.widened and crm_object == "Account" else ()
    return (*TYPED[crm_object], *fax)


def value(storm: Storm, name: str, toy: Toy) -> str:
    if name == "Credit__c":
        return storm.token("") + ".25"
    return storm.token("c" if toy is storm.crm else "e")


def born_in_erp(storm: Storm) -> None:
    entity = storm.rng.choice(storm.entities)
    parents = sorted(storm.erp.alive("Customers", entity))
    key = storm.next_key(entity)
    if parents and storm.rng.random() < 0.5:
        parent = storm.rng.choice(parents)
        storm.erp.add("People", key, entity, last=storm.token("e"), email=_email(storm), customer=parent)
    else:
        storm.erp.add("Customers", key, entity, name=storm.token("e"), **_some(storm, storm.erp, "Customers"))
    storm.oracle.catch_up()


def born_in_crm(storm: Storm) -> None:
    parents = sorted(storm.crm.alive("Account"))
    key = storm.token("k")
    if parents and storm.rng.random() < 0.5:
        parent = storm.rng.choice(parents)
        storm.crm.add("Contact", key, LastName=storm.token("c"), Email=_email(storm), AccountId=parent)
    else:
        storm.crm.add("Account", key, Name=storm.token("c"), **_some(storm, storm.crm, "Account"))
    storm.oracle.catch_up()


def bulk(storm: Storm) -> None:
    """An import: more records of one stamp than a page holds."""
    entity, step = storm.rng.choice(storm.entities), storm.world.step
    storm.world.step = 0
    for _ in range(2 * storm.erp.page_size + 1):
        storm.erp.add("Customers", storm.next_key(entity), entity, name=storm.token("e"))
    storm.world.step = step
    storm.tally.add("imports")
    storm.oracle.catch_up()


def poison(storm: Storm) -> None:
    """Somebody types a value that the other side always refuses."""
    found = pick_record(storm)
    if found is None:
        return
    toy, entity, obj, key = found
    word = storm.token("poison")
    other = storm.erp if toy is storm.crm else storm.crm
    other.faults.refuse[word] = "this value is not allowed"
    do_edit(storm, toy, entity, obj, key, {POISONED[obj]: word})


def _email(storm: Storm) -> str:
    """Mostly new, sometimes one that others have too: a strong key that matches, or is ambiguous."""
    return f"shared{storm.rng.randint(1, 2)}@x" if storm.rng.random() < 0.2 else storm.token("m") + "@x"


def _some(storm: Storm, toy: Toy, obj: str) -> dict[str, Any]:
    names = storm.rng.sample(sorted(set(typed_names(storm, "Account")) - {"Name"}), 3)
    return {(name if toy is storm.crm else storm.erp_name(obj, name)): value(storm, name, toy) for name in names}
