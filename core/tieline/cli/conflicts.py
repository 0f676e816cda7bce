"""`tieline conflicts`: where both sides changed one field, with the value that lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from tieline.cli.invocation import Invocation, pass_invocation

if TYPE_CHECKING:
    from tieline.store.nouns import Conflict


@click.command()
@click.option("--back-office", default="", metavar="NAME", help="Only this one.")
@click.option("--open", "open_only", is_flag=True, help="Only those that wait for a person.")
@pass_invocation
def conflicts(invocation: Invocation, back_office: str, open_only: bool) -> None:
    """List conflicts, oldest first. Nothing that lost is ever thrown away."""
    with invocation.runtime.store.reading() as tx:
        found = tx.conflicts(back_office, open_only=open_only)
    invocation.show({"conflicts": [asdict(one) for one in found]}, lambda: _lines(found))


def _lines(found: list[Conflict]) -> Iterator[str]:
    if not found:
        yield "No conflicts."
    for one in found:
        state = "open" if one.resolved_at is None else f"{one.winner or one.policy} won"
        for name in one.fields:
            values = f"CRM {one.crm.get(name)!r}, ERP {one.erp.get(name)!r}"
            yield f"{one.at:%Y-%m-%d %H:%M:%S}  {one.mapping} {name}: {values} ({state})"
