"""`tieline missing`: records that seem to be gone and are not taken for deleted until a person says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import click

from tieline.cli.invocation import Invocation, pass_invocation
from tieline.cli.person import person
from tieline.contract import Unconfirmed

if TYPE_CHECKING:
    from tieline.host.runtime import Runtime
    from tieline.sync.parts import Part

_SHOWN = 50


@click.command()
@click.option("--back-office", default="", metavar="NAME", help="Which one; the only one by default.")
@click.option("--yes", is_flag=True, help="They were really deleted: believe it from the next cycle on.")
@pass_invocation
def missing(invocation: Invocation, back_office: str, yes: bool) -> None:
    """List records that seem to be gone. Many at once look like a lost permission, so nothing is done about them until
    you say that they were deleted."""
    runtime = invocation.runtime
    with runtime.exclusive() if yes else nullcontext():  # looking needs no turn
        name = runtime.back_office(back_office).name
        found = _found(runtime, name)
        believed = _believe(runtime, name) if yes else 0
    document = {"back_office": name, **found, "believed": believed}
    if not yes and (found["many"] or found["out_of_sight"]):
        for line in _lines(document):
            invocation.note(line)
        raise Unconfirmed("nothing was changed", where=name, mend="If they were deleted, repeat with --yes.")
    invocation.show(document, lambda: _lines(document))


def _found(runtime: Runtime, name: str) -> dict[str, list[dict[str, Any]]]:
    from tieline.sync.looking import out_of_sight
    from tieline.sync.missing import suspicions

    with runtime.store.reading() as tx:
        many = [_told(part, told) for part, told in suspicions(tx, name).items()]
        hidden = out_of_sight(tx, name)
    single = [{"mapping": one.mapping, "crm_id": one.crm_key, "erp_id": one.erp_key} for one in hidden]
    return {"many": many, "out_of_sight": single}


def _told(part: Part, told: Mapping[str, Any]) -> dict[str, Any]:
    return {"side": str(part.side), "entity": part.entity, "mapping": part.mapping, "records": part.words, **told}


def _believe(runtime: Runtime, name: str) -> int:
    from tieline.sync.looking import believe_hidden
    from tieline.sync.missing import approve

    with runtime.store.transaction() as tx:
        now, who = runtime.clock.now(), person()
        return approve(tx, name, now, who) + believe_hidden(tx, name, now, who)


def _lines(document: dict[str, Any]) -> Iterator[str]:
    for one in document["many"]:
        yield f"{one['missing']} of {one['known']} {one['records']} seem to be gone since {one['since']}"
    for one in document["out_of_sight"][:_SHOWN]:
        yield f"{one['mapping']} {one['crm_id'] or one['erp_id']} is out of sight"
    if not document["many"] and not document["out_of_sight"]:
        yield "Nothing is missing."
    elif document["believed"]:
        yield f"{document['believed']} records are taken for deleted from the next cycle on."
