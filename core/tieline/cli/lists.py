"""`tieline lists`: the lists that a back office owns, as they stand in the org."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from tieline.cli.exit_codes import FAILED
from tieline.cli.invocation import Invocation, pass_invocation
from tieline.contract import ManagedList, Misconfigured, Option

if TYPE_CHECKING:
    from tieline.host.runtime import BackOffice
    from tieline.store.nouns import StoredRow
    from tieline.store.protocol import Transaction

_BACK_OFFICE = click.option("--back-office", default="", metavar="NAME", help="Which one; the only one by default.")


@click.group(invoke_without_command=True)
@_BACK_OFFICE
@pass_invocation
@click.pass_context
def lists(ctx: click.Context, invocation: Invocation, back_office: str) -> None:
    """Show the managed lists: rows, when they were last read, what looked wrong."""
    if ctx.invoked_subcommand is None:
        chosen = invocation.runtime.back_office(back_office)
        found = [_summary(invocation, chosen, one) for one in _declared(invocation, chosen)]
        invocation.show({"back_office": chosen.name, "lists": found}, lambda: _summary_lines(found))


@lists.command()
@click.argument("name")
@_BACK_OFFICE
@pass_invocation
def show(invocation: Invocation, name: str, back_office: str) -> None:
    """Show the rows of one list, and how many records use each."""
    chosen = invocation.runtime.back_office(back_office)
    managed = _list(invocation, chosen, name)
    with invocation.runtime.store.reading() as tx:
        rows = [row for row in tx.all_list_rows(chosen.name) if row.list == managed.name]
        used = _uses(tx, invocation, chosen, managed)
    found = [_row(row, used) for row in rows]
    invocation.show({"back_office": chosen.name, "list": name, "rows": found}, lambda: _row_lines(found))


@lists.command()
@click.argument("names", nargs=-1)
@_BACK_OFFICE
@click.option("--org", default="", metavar="FILE|NAME", help="Which org; the only one by default.")
@pass_invocation
@click.pass_context
def sync(ctx: click.Context, invocation: Invocation, names: Sequence[str], back_office: str, org: str) -> None:
    """Read the lists now, all or those named, and bring the org up to date."""
    from dataclasses import replace

    from tieline.sync.lists import sync_lists
    from tieline.workers.assemble import assemble

    chosen = invocation.runtime.back_office(back_office)
    wanted = tuple(_list(invocation, chosen, name) for name in names) or tuple(_declared(invocation, chosen))
    with invocation.runtime.exclusive():
        engine = assemble(invocation.runtime, back_office, org)
        tally = sync_lists(replace(engine.context, lists=wanted))
    document = {"back_office": chosen.name, "rows_written": tally.written, "problems": tally.problems}
    invocation.show(document, lambda: [f"{tally.written} rows written to the org.", *tally.problems])
    if tally.problems:
        ctx.exit(FAILED)


def _declared(invocation: Invocation, chosen: BackOffice) -> Sequence[ManagedList]:
    return invocation.runtime.declarations.only(chosen.system.name).lists


def _list(invocation: Invocation, chosen: BackOffice, name: str) -> ManagedList:
    known = {one.name: one for one in _declared(invocation, chosen)}
    if name not in known:
        raise Misconfigured("there is no such list", where=name, mend=f"Choose one of {', '.join(sorted(known))}.")
    return known[name]


def _summary(invocation: Invocation, chosen: BackOffice, managed: ManagedList) -> dict[str, Any]:
    from tieline.sync.list_readings import reading_of

    with invocation.runtime.store.reading() as tx:
        rows = [row for row in tx.all_list_rows(chosen.name) if row.list == managed.name]
        entities = sorted({row.entity for row in rows}) or [""]
        readings = [found for one in entities if (found := reading_of(tx, chosen.name, one, managed.name))]
    return {
        "name": managed.name,
        "label": managed.plural,
        "active": sum(row.active for row in rows),
        "withdrawn": sum(not row.active for row in rows),
        "in_org": sum(bool(row.crm_key) for row in rows),
        "entities": entities,
        "read_at": min((one.at for one in readings), default=None),
        "alarms": sorted({one.alarm for one in readings if one.alarm}),
    }


def _summary_lines(found: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield f"{'List':<24}{'active':>8}{'withdrawn':>11}{'in the org':>12}  read (UTC)"
    for one in found:
        read = f"{one['read_at']:%Y-%m-%d %H:%M:%S}" if one["read_at"] else "never"
        yield f"{one['name']:<24}{one['active']:>8}{one['withdrawn']:>11}{one['in_org']:>12}  {read}"
        yield from (f"  {alarm}" for alarm in one["alarms"])


def _uses(
    tx: Transaction, invocation: Invocation, chosen: BackOffice, managed: ManagedList
) -> Counter[tuple[str, str]]:  # fmt: skip
    """(entity, key) -> records of the back office that carry the row."""
    used: Counter[tuple[str, str]] = Counter()
    for mapping in invocation.runtime.declarations.only(chosen.system.name).mappings:
        fields = [one.crm for one in mapping.fields if isinstance(one.kind, Option) and one.kind.list == managed.name]
        after = ""
        while fields and (links := tx.find_links(chosen.name, mapping.name, after=after)):
            live = [(link.entity, link.erp.fields) for link in links if link.erp and not link.tombstone]
            used.update((entity, str(values[name])) for entity, values in live for name in fields if values.get(name))
            after = links[-1].id
    return used


def _row(row: StoredRow, used: Counter[tuple[str, str]]) -> dict[str, Any]:
    return {
        "key": row.key,
        "label": row.label,
        "active": row.active,
        "parent": row.parent,
        "entity": row.entity,
        "attributes": dict(row.attributes),
        "crm_id": row.crm_key,
        "used_by": used[row.entity, row.key],
    }


def _row_lines(found: Sequence[dict[str, Any]]) -> Iterator[str]:
    for one in found:
        state = "" if one["active"] else "  withdrawn"
        where = f"  {one['entity']}" if one["entity"] else ""
        yield f"{one['key']:<40}{one['label']:<40}{one['used_by']:>6} records{where}{state}"
    if not found:
        yield "No rows are known yet. Read them with `tieline lists sync`."
