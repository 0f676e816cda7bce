"""Deletes on both sides, records that may not be deleted, records back from the bin, merges."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tieline_simulation.storm import Storm

IN_CRM = ("Account", "Contact")
IN_ERP = ("Customers", "People")


def delete_in_crm(storm: Storm) -> None:
    rows = sorted((obj, key) for obj in IN_CRM for key in storm.crm.alive(obj))
    if rows:
        storm.crm.remove(*storm.rng.choice(rows))
        storm.tally.add("deletes")
        storm.oracle.catch_up()


def delete_in_erp(storm: Storm) -> None:
    rows = sorted((obj, key, entity) for entity in storm.entities for obj in IN_ERP
                  for key in storm.erp.alive(obj, entity))  # fmt: skip
    if rows:
        storm.erp.remove(*storm.rng.choice(rows))
        storm.tally.add("deletes in the back office")
        storm.oracle.catch_up()


def undelete(storm: Storm) -> None:
    """Somebody takes a record out of the bin, on either side."""
    rows = [("crm", obj, key, "") for obj in IN_CRM for key in storm.crm.binned(obj)]
    rows += [("erp", obj, key, e) for e in storm.entities for obj in IN_ERP for key in storm.erp.binned(obj, e)]
    if rows:
        side, obj, key, entity = storm.rng.choice(sorted(rows))
        (storm.crm if side == "crm" else storm.erp).restore(obj, key, entity)
        storm.tally.add("undeletes")
        storm.oracle.catch_up()


def keep(storm: Storm) -> None:
    """The CRM will not delete this contact for anybody but its owner."""
    contacts = sorted(storm.crm.alive("Contact"))
    if contacts:
        storm.crm.faults.keep.add(storm.rng.choice(contacts))


def merge(storm: Storm) -> None:
    """Two accounts become one; the contacts of the loser are the winner's."""
    accounts = sorted(storm.crm.alive("Account"))
    if len(accounts) > 1:
        winner, loser = storm.rng.sample(accounts, 2)
        storm.crm.merge("Account", winner, loser, {"Contact": "AccountId"})
        storm.oracle.merged(winner, loser)
        storm.tally.add("merges")
        storm.oracle.catch_up()
