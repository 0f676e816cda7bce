"""`tieline conflicts`: where both sides changed one field, with the value that lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from tieline.cli.invocation import Invocation, pass_invocation
from tieline.cli.records import links_of

if TYPE_CHECKING:
    from tieline.store.nouns import Conflict, Link


@click.command()
@click.argument("record", default="", metavar="[RECORD]")
@click.option("--back-office", default="", metavar="NAME", help="Only this one.")
@click.option("--open", "open_only", is_flag=True, help="Only those that wait for a person.")
@pass_invocation
def conflicts(invocation: Invocation, record: str, back_office: str, open_only: bool) -> None:
    """List conflicts, oldest first, or those of RECORD: its id in the CRM or in the back office. Nothing that lost is
    ever thrown away."""
    with invocation.runtime.store.reading() as tx:
        wanted = {link.id for link in links_of(tx, back_office, record)} if record else None
        found = [one for one in tx.conflicts(back_office, open_only=open_only) if wanted is None or one.link in wanted]
        links = tx.links([one.link for one in found])
    told = [_document(one, links.get(one.link)) for one in found]
    invocation.show({"conflicts": told}, lambda: _lines(told))


def _document(one: Conflict, link: Link | None) -> dict[str, Any]:
    """Base values are pairs: (CRM's, ERP's), each in its own terms."""
    keys = {"crm_id": link.crm_key, "erp_id": link.erp_key} if link else {}
    return {**asdict(one), **keys, "open": one.resolved_at is None}


def _lines(found: list[dict[str, Any]]) -> Iterator[str]:
    if not found:
        yield "No conflicts."
    for one in found:
        who = one.get("crm_id") or one.get("erp_id") or ""
        state = "open" if one["open"] else f"{one['winner'].upper()} won" if one["winner"] else "settled"
        yield f"{one['at']:%Y-%m-%d %H:%M:%S} UTC  {one['mapping']} {who}: {state} ({one['policy']})"
        for name in one["fields"]:
            base = one["base"].get(name)
            before = f", before {base[0]!r} and {base[1]!r}" if base else ""
            yield f"  {name}: CRM {one['crm'].get(name)!r}, ERP {one['erp'].get(name)!r}{before}"
