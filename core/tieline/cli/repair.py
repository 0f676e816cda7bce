"""`tieline retry`, `resolve`, `link`, `unlink`: what a person does to records by hand. Without --yes they only say what
they would do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from tieline.cli.invocation import Invocation, pass_invocation
from tieline.cli.person import person
from tieline.contract import Side, Unconfirmed

if TYPE_CHECKING:
    from tieline.sync.repair import Repair

_BACK_OFFICE = click.option("--back-office", default="", metavar="NAME", help="Which one; the only one by default.")
_YES = click.option("--yes", is_flag=True, help="Do it; without this nothing is changed.")
_MAPPING = click.option("--mapping", required=True, metavar="NAME", help="Kind of record, for example customer.")


@click.command()
@_BACK_OFFICE
@click.option("--mapping", default="", metavar="NAME", help="Only this kind of record.")
@_YES
@pass_invocation
def retry(invocation: Invocation, back_office: str, mapping: str, yes: bool) -> None:
    """Try records that are Out of Sync again in the next cycle."""

    def work(repair: Repair) -> dict[str, Any]:
        links = repair.stuck(mapping)
        told = [{"mapping": link.mapping, "crm_id": link.crm_key, "erp_id": link.erp_key} for link in links]
        return {"records": told, "retried": repair.retry(links) if yes else 0}

    def nothing(done: dict[str, Any]) -> str:
        return "" if done["records"] else "Nothing is Out of Sync; nothing to do."

    _run(invocation, back_office, yes, work, lambda done: f"{len(done['records'])} records are tried again.", nothing)


@click.command()
@_BACK_OFFICE
@_MAPPING
@click.option("--record", required=True, metavar="ID", help="Id of the record in the CRM.")
@click.option("--keep", required=True, type=click.Choice(["crm", "erp"]), help="Whose values are kept.")
@_YES
@pass_invocation
def resolve(invocation: Invocation, back_office: str, mapping: str, record: str, keep: str, yes: bool) -> None:
    """Settle a conflict that waits for a person: choose whose values are kept."""

    def work(repair: Repair) -> dict[str, Any]:
        link = repair.find(mapping, Side.CRM, record)
        values = {
            name: {str(side): seen.fields.get(name) for side in Side if (seen := link.seen(side))}
            for name in link.blocked
        }
        fields = repair.resolve(link, Side(keep)) if yes else link.blocked
        return {"record": record, "keep": keep, "fields": list(fields), "values": values}

    def nothing(done: dict[str, Any]) -> str:
        return "" if done["fields"] else f"No conflict of {record} waits for a person. See `tieline conflicts --open`."

    _run(invocation, back_office, yes, work, _resolved, nothing)


def _resolved(done: dict[str, Any]) -> str:
    """What wins over what, field by field."""
    winner = done["keep"]
    told = (f"{name} {v.get(winner)!r} over {v.get(Side(winner).other)!r}" for name, v in done["values"].items())
    return f"{winner.upper()} wins: {', '.join(told)}."


@click.command()
@_BACK_OFFICE
@_MAPPING
@click.option("--crm", required=True, metavar="ID", help="Id of the record in the CRM.")
@click.option("--erp", required=True, metavar="ID", help="Id of the record in the back office.")
@_YES
@pass_invocation
def link(invocation: Invocation, back_office: str, mapping: str, crm: str, erp: str, yes: bool) -> None:
    """Tie two records that have no partner yet."""

    def work(repair: Repair) -> dict[str, Any]:
        one, two = repair.find(mapping, Side.CRM, crm), repair.find(mapping, Side.ERP, erp)
        if yes:
            repair.join(one, two)
        return {"mapping": mapping, "crm_id": crm, "erp_id": erp}

    _run(invocation, back_office, yes, work, lambda _done: f"{crm} and {erp} are tied; the next cycle compares them.")


@click.command()
@_BACK_OFFICE
@_MAPPING
@click.option("--record", required=True, metavar="ID", help="Id of the record in the CRM.")
@_YES
@pass_invocation
def unlink(invocation: Invocation, back_office: str, mapping: str, record: str, yes: bool) -> None:
    """Untie a record from its partner; both stay, and are left alone until somebody links or promotes them."""

    def work(repair: Repair) -> dict[str, Any]:
        found = repair.find(mapping, Side.CRM, record)
        if yes:
            repair.part(found)
        return {"mapping": mapping, "crm_id": found.crm_key, "erp_id": found.erp_key}

    _run(invocation, back_office, yes, work, lambda done: f"{done['crm_id']} and {done['erp_id']} are apart.")


def _run(
    invocation: Invocation,
    back_office: str,
    yes: bool,
    work: Callable[[Repair], dict[str, Any]],
    sentence: Callable[[dict[str, Any]], str],
    nothing: Callable[[dict[str, Any]], str] | None = None,
) -> None:
    """`nothing` says, when that is so, that there is nothing to do."""
    from tieline.sync.repair import Repair

    runtime = invocation.runtime
    with runtime.exclusive():
        name = runtime.back_office(back_office).name
        done = work(Repair(runtime.store, name, runtime.clock.now(), person(), runtime.siblings(name)))
    if nothing and nothing(done):
        invocation.show(done, lambda: [nothing(done)])
        return
    if not yes:
        invocation.note(f"Would do: {sentence(done)}")
        raise Unconfirmed("nothing was changed", where=name, mend="Repeat with --yes.")
    invocation.show(done, lambda: [sentence(done)])
