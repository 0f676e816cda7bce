"""Documents with lines: made in the back office, their lines edited on both sides and taken off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieline_simulation.acts.edits import do_edit, typed

if TYPE_CHECKING:
    from tieline_simulation.storm import Storm

DOCUMENT_LINE = "ERP_Document_Line__c"


def order_in_erp(storm: Storm) -> None:
    """A clerk writes an order with a few lines."""
    entity = storm.rng.choice(storm.entities)
    customers = sorted(storm.erp.alive("Customers", entity))
    if customers:
        key = storm.next_key(entity)
        customer = storm.rng.choice(customers)
        storm.erp.add("Orders", key, entity, number=storm.token("o"), customer=customer)
        for number in range(storm.rng.randint(0, 3)):
            storm.erp.add("Lines", f"{key}/{number}", entity, order=key, quantity=storm.token("e"))
        storm.tally.add("orders in the back office")
        storm.oracle.catch_up()


def change_line(storm: Storm) -> None:
    """A line is added, changed or taken off in the back office, or annotated in the CRM."""
    kind = storm.rng.choice(["add", "change", "remove", "annotate"])
    lines = sorted((e, key) for e in storm.entities for key in storm.erp.alive("Lines", e))
    shown = sorted(storm.crm.alive(DOCUMENT_LINE))
    if kind == "add":
        _add(storm)
    elif kind == "annotate" and shown:
        do_edit(storm, storm.crm, "", DOCUMENT_LINE, storm.rng.choice(shown), {"Note__c": storm.token("c")})
    elif kind == "change" and lines:
        entity, key = storm.rng.choice(lines)
        do_edit(storm, storm.erp, entity, "Lines", key, typed(storm, storm.erp, "Lines"))
    elif kind == "remove" and lines:
        entity, key = storm.rng.choice(lines)
        storm.erp.remove("Lines", key, entity)
    storm.tally.add("changes of lines")
    storm.oracle.catch_up()


def _add(storm: Storm) -> None:
    orders = sorted((e, key) for e in storm.entities for key in storm.erp.alive("Orders", e))
    if orders:
        entity, order = storm.rng.choice(orders)
        storm.erp.add("Lines", f"{order}/{storm.token('n')}", entity, order=order, quantity=storm.token("e"))
