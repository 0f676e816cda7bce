"""`tieline history`: what happened, from the audit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from tieline.cli.invocation import Invocation, pass_invocation
from tieline.contract import Misconfigured, Side

if TYPE_CHECKING:
    from tieline.store.nouns import AuditEntry
    from tieline.store.protocol import Transaction


@click.command()
@click.option("--back-office", default="", metavar="NAME", help="Which back office; the only one by default.")
@click.option("--record", default="", metavar="ID", help="Only this record: its id in the CRM or in the back office.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="The newest so many entries.")
@pass_invocation
def history(invocation: Invocation, back_office: str, record: str, limit: int) -> None:
    """Show the newest entries of the audit, newest first."""
    runtime = invocation.runtime
    name = runtime.back_office(back_office).name
    mappings = [mapping.name for mapping in runtime.declarations.mappings]
    with runtime.store.reading() as tx:
        links = _links(tx, name, mappings, record) if record else [""]
        entries = [entry for link in links for entry in tx.audit(name, limit=limit, link=link, newest=True)]
    newest = sorted(entries, key=lambda entry: -entry.seq)[:limit]
    invocation.show({"back_office": name, "entries": [_entry(one) for one in newest]}, lambda: _lines(newest))


def _links(tx: Transaction, back_office: str, mappings: list[str], record: str) -> list[str]:
    after, found = "", []
    while links := tx.find_links(back_office, after=after):
        found += [link.id for link in links if record in {link.key(Side.CRM), link.key(Side.ERP), link.id}]
        after = links[-1].id
    if not found:
        raise Misconfigured(
            f"no record {record!r} is known", where=back_office, mend=f"Known kinds: {', '.join(mappings)}."
        )
    return found


def _entry(entry: AuditEntry) -> dict[str, Any]:
    return {name: value for name, value in asdict(entry).items() if value not in ("", {}, None)}


def _lines(entries: list[AuditEntry]) -> Iterator[str]:
    for entry in entries:
        keys = " ".join(key for key in (entry.crm_key, entry.erp_key) if key)
        yield f"{entry.at:%Y-%m-%d %H:%M:%S}  {entry.event:<14} {entry.mapping:<18} {entry.side:<4} {keys} {entry.note}"
