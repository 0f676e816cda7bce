"""`tieline drift`: compare both sides field by field; nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from tieline.cli.exit_codes import FAILED
from tieline.cli.invocation import Invocation, pass_invocation

if TYPE_CHECKING:
    from tieline.sync.drift import Difference

_SHOWN = 50


@click.command()
@click.option("--back-office", default="", metavar="NAME", help="Which back office; the only one by default.")
@click.option("--org", default="", metavar="FILE|NAME", help="Which org; the only one by default.")
@pass_invocation
@click.pass_context
def drift(ctx: click.Context, invocation: Invocation, back_office: str, org: str) -> None:
    """Read both sides whole and list the fields that differ. Exit 1 when there are any."""
    from tieline.sync.drift import differences
    from tieline.workers.assemble import assemble

    with invocation.runtime.exclusive():
        engine = assemble(invocation.runtime, back_office, org)
        found = differences(engine.context)
    document = {"back_office": engine.context.back_office, "differences": [asdict(one) for one in found]}
    invocation.show(document, lambda: _lines(found))
    if found:
        ctx.exit(FAILED)


def _lines(found: list[Difference]) -> Iterator[str]:
    for one in found[:_SHOWN]:
        if one.field:
            yield f"{one.mapping} {one.crm_key} {one.field}: CRM {one.crm!r}, ERP {one.erp!r}"
        else:
            yield f"{one.mapping} {one.erp_key}: not in the CRM"
    yield f"{len(found)} differences." if found else "Both sides agree."
