"""The list the back office owns: rows come, go, are renamed; people edit the copy in the CRM, and choose from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieline.contract import ListRow
from tieline_simulation.declared import TERMS_OBJECT

if TYPE_CHECKING:
    from tieline_simulation.storm import Storm

KEYS = ("T1", "T2", "T3", "T4")


def change_list(storm: Storm) -> None:
    """A row is added, withdrawn, renamed or added again; two swap labels; or nothing is answered for a while."""
    rows = {row.key: row for row in storm.erp.lists["terms"]}
    change = storm.rng.choice(["toggle", "toggle", "rename", "swap", "empty"])
    key, other = storm.rng.sample(KEYS, 2)
    if change == "empty":
        storm.unanswered_lists = not storm.unanswered_lists
    elif change == "toggle" and key in rows:
        del rows[key]
    elif change == "swap" and key in rows and other in rows:
        one, two = rows[key].label, rows[other].label
        rows |= {key: ListRow(key, two), other: ListRow(other, one)}
    else:
        rows[key] = ListRow(key, storm.token("label"))
    storm.erp.lists["terms"] = [rows[one] for one in sorted(rows)]
    storm.tally.add("list changes")


def edit_row(storm: Storm) -> None:
    """Somebody with too many rights edits the copy, or throws it away."""
    rows = sorted(storm.crm.alive(TERMS_OBJECT))
    if rows:
        key = storm.rng.choice(rows)
        if storm.rng.random() < 0.2:
            storm.crm.remove(TERMS_OBJECT, key)
        else:
            storm.crm.edit(TERMS_OBJECT, key, Name=storm.token("meddled"))
        storm.tally.add("edits of list rows")
        storm.oracle.catch_up()


def choose_row(storm: Storm) -> None:
    """Somebody chooses a row for a customer, on either side."""
    if storm.rng.random() < 0.5:
        accounts = sorted(storm.crm.alive("Account"))
        rows = sorted(k for k, v in storm.crm.alive(TERMS_OBJECT).items() if v.get("Active__c"))
        if accounts and rows:
            storm.crm.edit("Account", storm.rng.choice(accounts), Terms__c=storm.rng.choice(rows))
    else:
        customers = sorted((e, key) for e in storm.entities for key in storm.erp.alive("Customers", e))
        rows = sorted(row.key for row in storm.erp.lists["terms"])
        if customers and rows:
            entity, key = storm.rng.choice(customers)
            storm.erp.edit("Customers", key, entity, terms=storm.rng.choice(rows))
    storm.tally.add("choices")
    storm.oracle.catch_up()
