"""`tieline promote`: sending many records at once."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from tieline.cli.exit_codes import DONE, FAILED
from tieline.cli.invocation import Invocation, pass_invocation
from tieline.contract import Misconfigured, Unconfirmed

if TYPE_CHECKING:
    from tieline.actions.mass import Found, Outcome, Wanted
    from tieline.sync.context import Context
    from tieline.workers.assemble import Engine

_ROUNDS = 5


@click.command()
@click.argument("mapping")
@click.option("--where", default="", metavar="CONDITION", help="Only records for which it holds (CEL over record).")
@click.option("--status", "statuses", multiple=True, metavar="STATUS", help="Only this sync status; may be repeated.")
@click.option("--entity", default="", metavar="NAME", help="Into this accounting entity.")
@click.option("--back-office", default="", metavar="NAME", help="Which back office; the only one by default.")
@click.option("--org", default="", metavar="FILE|NAME", help="Which org; the only one by default.")
@click.option("--yes", is_flag=True, help="Send them without asking.")
@pass_invocation
@click.pass_context
def promote(
    ctx: click.Context, invocation: Invocation, mapping: str, where: str, statuses: tuple[str, ...], entity: str,
    back_office: str, org: str, yes: bool,
) -> None:  # fmt: skip
    """Send records of one kind to a back office: all, or those that a condition chooses. They are counted first."""
    from tieline.actions.mass import find
    from tieline.workers.assemble import assemble

    with invocation.runtime.exclusive():
        engine = assemble(invocation.runtime, back_office, org)
        wanted = _wanted(engine.context, mapping, where, statuses, entity)
        _look(engine)
        found = find(engine.context, wanted)
        for line in _count(wanted, found):
            invocation.note(line)
        if found.all:
            _confirm(invocation, engine.context, len(found.all), yes)
        result = _carry_out(invocation, engine, wanted, found)
    invocation.show(_document(engine.context, wanted, found, result), lambda: _lines(result))
    ctx.exit(FAILED if result.refused else DONE)


def _wanted(context: Context, mapping: str, where: str, statuses: tuple[str, ...], entity: str) -> Wanted:
    from tieline.actions.mass import Wanted
    from tieline.store.nouns import Status
    from tieline.sync.places import entity_named, offered

    names = ", ".join(sorted(one.name for one in context.mappings if one.create_in_erp))
    if mapping not in names.split(", "):
        raise Misconfigured("no such kind of record is sent", where=mapping, mend=f"Choose one of {names}.")
    by_name = {str(one).casefold(): one for one in Status}
    names = ", ".join(by_name[key] for key in by_name)
    chosen = frozenset(by_name[one.casefold()] for one in statuses if one.casefold() in by_name)
    if len(chosen) < len({one.casefold() for one in statuses}):
        raise Misconfigured("there is no such status", where=", ".join(statuses), mend=f"Choose one of {names}.")
    place = entity_named(context, entity) if entity else None
    if entity and place is None:
        names = offered(context)
        raise Misconfigured("there is no such accounting entity", where=entity, mend=f"Choose one of {names}.")
    return Wanted(mapping, where, chosen, place)


def _look(engine: Engine) -> None:
    """So that what is in the back office already is known, and not made twice."""
    from tieline.contract import TransientError
    from tieline.sync.cycle import Cycle
    from tieline.sync.first_load import confirmed

    if not confirmed(engine.context):
        raise Unconfirmed(
            "the first load has not been confirmed",
            where=f"back office {engine.context.back_office}",
            mend="Look at the counts of `tieline sync --preview`, then run `tieline sync --once --yes`.",
        )
    cycle = Cycle(engine.context)
    cycle.observe()
    if cycle.report.problems:
        raise TransientError(cycle.report.problems[0], mend="Try again when both sides can be read.")


def _count(wanted: Wanted, found: Found) -> Iterator[str]:
    from tieline.actions.mass import NOTES

    yield f"{wanted.mapping}: {len(found.create)} to create, {len(found.update)} to update in the back office."
    for reason, count in sorted(found.left.items()):
        yield f"{count} left alone: {reason}."
    if NOTES["undecided"] in found.left:
        yield "Name one with --entity, or choose it on the records."


def _confirm(invocation: Invocation, context: Context, total: int, yes: bool) -> None:
    """Typed, or given with --yes. Raises Unconfirmed."""
    if yes:
        return
    typed = ""
    if not invocation.json and sys.stdin.isatty():
        words = invocation.speaker.text(f"Type {total} to go on")
        typed = str(click.prompt(words, default="", show_default=False, err=True))
    if typed.strip() != str(total):
        raise Unconfirmed("nothing was sent", where=context.back_office, mend="Repeat with --yes.")


def _carry_out(invocation: Invocation, engine: Engine, wanted: Wanted, found: Found) -> Outcome:
    from tieline.actions.mass import outcome, send
    from tieline.workers.embedded import run_once

    total = len(found.all)
    links = send(engine.context, wanted.mapping, found.all, lambda n: invocation.note(f"{n} of {total} asked for."))
    result = outcome(engine.context, links)
    for _ in range(_ROUNDS):
        if not result.waiting:
            break
        run_once(engine, lambda _counts: False)
        result = outcome(engine.context, links)
        invocation.note(f"{result.done} of {total} sent, {result.refused} refused.")
    return result


def _document(context: Context, wanted: Wanted, found: Found, result: Outcome) -> dict[str, Any]:
    return {
        "back_office": context.back_office,
        "mapping": wanted.mapping,
        "to_create": len(found.create),
        "to_update": len(found.update),
        "left_alone": dict(sorted(found.left.items())),
        "sent": result.done,
        "refused": result.refused,
        "waiting": result.waiting,
    }


def _lines(result: Outcome) -> Iterator[str]:
    if not (result.done or result.refused or result.waiting):
        yield "There is nothing to send."
        return
    yield f"{result.done} sent, {result.refused} refused, {result.waiting} not answered yet."
    if result.refused:
        yield "`tieline status` says why."
