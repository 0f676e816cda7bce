"""`tieline review`: records that could be one and the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import click

from tieline.cli.invocation import Invocation, pass_invocation
from tieline.cli.person import person
from tieline.contract import PermanentError, Unconfirmed

if TYPE_CHECKING:
    from tieline.host.runtime import Runtime
    from tieline.sync.reviewing import Unclear

_SHOWN = 50


@click.command()
@click.option("--back-office", default="", metavar="NAME", help="Which one; the only one by default.")
@click.option("--mapping", default="", metavar="NAME", help="Only this kind of record.")
@click.option("--record", default="", metavar="ID", help="Only the record with this id in the CRM.")
@click.option("--different", is_flag=True, help="It is none of its candidates.")
@click.option("--yes", is_flag=True, help="With --different: do it; without this nothing is changed.")
@pass_invocation
def review(
    invocation: Invocation, back_office: str, mapping: str, record: str, different: bool, yes: bool
) -> None:  # fmt: skip
    """List records that could be one of the other side's. None is joined or made again by itself."""
    from tieline.sync.reviewing import unclear

    runtime = invocation.runtime
    with runtime.exclusive() if different and yes else nullcontext():  # looking needs no turn
        name = runtime.back_office(back_office).name
        with runtime.store.reading() as tx:
            found = unclear(tx, name, mapping, record)
        if different and yes:
            _tell_apart(runtime, name, found, record)
    document = {"back_office": name, "records": [_told(one) for one in found], "different": different and yes}
    if different and not yes:
        for line in _lines(document):
            invocation.note(line)
        raise Unconfirmed("nothing was changed", where=name, mend="Repeat with --yes.")
    invocation.show(document, lambda: _lines(document))


def _tell_apart(runtime: Runtime, name: str, found: list[Unclear], record: str) -> None:
    from tieline.sync.reviewing import say_different

    if not record or not found:
        raise PermanentError(
            "no such record waits for a person", where=name, mend="Give --record; see `tieline review`."
        )
    with runtime.store.transaction() as tx:
        for one in found:
            say_different(tx, name, one, runtime.clock.now(), person())


def _told(one: Unclear) -> dict[str, Any]:
    candidates = [
        {"erp_id": other.erp_key, "entity": other.entity, "fields": dict(other.erp.fields) if other.erp else {}}
        for other in one.candidates
    ]
    fields = dict(one.link.crm.fields) if one.link.crm else {}
    reason = one.link.problem.reason if one.link.problem else ""
    return {
        "mapping": one.link.mapping, "crm_id": one.link.crm_key, "fields": fields, "reason": reason,
        "candidates": candidates,
    }  # fmt: skip


def _lines(document: dict[str, Any]) -> Iterator[str]:
    for one in document["records"][:_SHOWN]:
        yield f"{one['mapping']} {one['crm_id']} {_shown(one['fields'])}: {one['reason']}"
        for other in one["candidates"]:
            yield f"  {other['erp_id']} {_shown(other['fields'])}"
    if document["different"]:
        yield "It goes its own way from the next cycle on."
    yield f"{len(document['records'])} records could be one of the other side's."


def _shown(fields: dict[str, Any]) -> str:
    """The first values a person knows a record by."""
    return ", ".join(str(value) for value in list(fields.values())[:3] if value)
