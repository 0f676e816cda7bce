"""`tieline drift`: compare both sides field by field; only `--mend` changes anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from tieline.cli.exit_codes import FAILED
from tieline.cli.invocation import Invocation, pass_invocation
from tieline.cli.person import person
from tieline.contract import Unconfirmed

if TYPE_CHECKING:
    from tieline.sync.cycle import Report
    from tieline.sync.drift import Difference

_SHOWN = 50


@click.command()
@click.option("--back-office", default="", metavar="NAME", help="Which back office; the only one by default.")
@click.option("--org", default="", metavar="FILE|NAME", help="Which org; the only one by default.")
@click.option("--mend", is_flag=True, help="Take what differs like any other change: your rules decide who wins.")
@click.option("--yes", is_flag=True, help="With --mend: do it; without this nothing is changed.")
@pass_invocation
@click.pass_context
def drift(ctx: click.Context, invocation: Invocation, back_office: str, org: str, mend: bool, yes: bool) -> None:
    """Read both sides whole and list the fields that differ. Exit 1 when there are any."""
    from tieline.sync.drift import differences
    from tieline.sync.mending import mend_drift
    from tieline.workers.assemble import assemble

    report: Report | None = None
    with invocation.runtime.exclusive():
        engine = assemble(invocation.runtime, back_office, org)
        found = differences(engine.context)
        if mend and yes and found:
            report = mend_drift(engine.context, person(), len(found))
            found = differences(engine.context)
    name = engine.context.back_office
    document = {"back_office": name, "differences": [asdict(one) for one in found], "mended": _mended(report)}
    if mend and found and not yes:
        for line in _lines(found):
            invocation.note(line)
        raise Unconfirmed("nothing was changed", where=name, mend="Repeat with --mend --yes.")
    invocation.show(document, lambda: [*_done(report), *_lines(found)])
    if found:
        ctx.exit(FAILED)


def _mended(report: Report | None) -> dict[str, object]:
    if report is None:
        return {}
    return {"crm": report.writes.crm, "erp": report.writes.erp, "problems": report.problems}


def _done(report: Report | None) -> Iterator[str]:
    if report is not None:
        yield f"Wrote {report.writes.crm} to the CRM and {report.writes.erp} to the ERP."
        yield from report.problems


def _lines(found: list[Difference]) -> Iterator[str]:
    for one in found[:_SHOWN]:
        if one.field:
            yield f"{one.mapping} {one.crm_key} {one.field}: CRM {one.crm!r}, ERP {one.erp!r}"
        else:
            yield f"{one.mapping} {one.erp_key}: not in the CRM"
    yield f"{len(found)} differences." if found else "Both sides agree."
