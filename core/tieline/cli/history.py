"""`tieline history`: what happened, from the audit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from tieline.cli.invocation import Invocation, pass_invocation
from tieline.cli.records import links_of

if TYPE_CHECKING:
    from tieline.store.nouns import AuditEntry

_ALL = 1_000_000
_SOME = 50


@click.command()
@click.argument("record", default="", metavar="[RECORD]")
@click.option("--back-office", default="", metavar="NAME", help="Which back office; the only one by default.")
@click.option("--limit", default=None, type=click.IntRange(1),
              help=f"The newest so many entries; of a record all, else {_SOME}.")  # fmt: skip
@pass_invocation
def history(invocation: Invocation, record: str, back_office: str, limit: int | None) -> None:
    """Show what happened, newest first, or all that happened to RECORD: its id in the CRM or in the back office."""
    runtime = invocation.runtime
    name = runtime.back_office(back_office).name
    most = limit or (_ALL if record else _SOME)
    with runtime.store.reading() as tx:
        links = [link.id for link in links_of(tx, name, record)] if record else [""]
        entries = [entry for link in links for entry in tx.audit(name, limit=most, link=link, newest=True)]
    newest = sorted(entries, key=lambda entry: -entry.seq)[:most]
    invocation.show({"back_office": name, "entries": [_entry(one) for one in newest]}, lambda: _lines(newest))


def _entry(entry: AuditEntry) -> dict[str, Any]:
    return {name: value for name, value in asdict(entry).items() if value not in ("", {}, None)}


def _lines(entries: list[AuditEntry]) -> Iterator[str]:
    for entry in entries:
        keys = " ".join(key for key in (entry.crm_key, entry.erp_key) if key)
        what = f"{entry.event:<14} {entry.status:<23} {entry.mapping:<18} {entry.side:<4}"
        yield f"{entry.at:%Y-%m-%d %H:%M:%S} UTC  {what} {keys} {_said(entry)}".rstrip()


def _said(entry: AuditEntry) -> str:
    """The note, and each value before and after."""
    names = [name for name in entry.after if name in entry.before and entry.before[name] != entry.after[name]]
    moves = ", ".join(f"{name}: {entry.before[name]!r} -> {entry.after[name]!r}" for name in names)
    return " ".join(part for part in (entry.note, moves) if part)
