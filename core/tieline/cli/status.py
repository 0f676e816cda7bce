"""`tieline status`: how every back office stands, from the store alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from tieline.cli.invocation import Invocation, pass_invocation
from tieline.contract import Explanation

if TYPE_CHECKING:
    from tieline.host.billing import Bill
    from tieline.store.nouns import Link
    from tieline.store.protocol import Transaction

_WORST = 20
_BAD = ("Out of Sync", "Delete Request Rejected")


@click.command()
@click.option("--back-office", default="", metavar="NAME", help="Only this one.")
@click.option("--transitions", is_flag=True, help="Print what every event does to every status, as Markdown.")
@pass_invocation
def status(invocation: Invocation, back_office: str, transitions: bool) -> None:
    """Count records by sync status, and list what needs a person. Calls neither side."""
    if transitions:
        _show_table(invocation)
        return
    from tieline.host.billing import bill_of

    runtime = invocation.runtime
    offices = [runtime.back_office(back_office)] if back_office else runtime.back_offices()
    with runtime.store.reading() as tx:
        tell = _teller(invocation)
        documents = [_document(tx, one.name, partial(tell, one.system.name), bill_of(runtime, one)) for one in offices]
    invocation.show({"back_offices": documents}, lambda: _lines(documents))


def _show_table(invocation: Invocation) -> None:
    from tieline.sync.transitions import TABLE, markdown, told

    keys = ("transition", "becomes", "effect")
    rows = [
        {"status": state, "event": event, **dict(zip(keys, told(cell, state), strict=True))}
        for (state, event), cell in TABLE.items()
    ]
    invocation.show({"transitions": rows}, markdown)


def _teller(invocation: Invocation) -> Callable[[str, Link], Explanation]:
    """Says why a link of a system waits for a person, in the caller's language; a document is always English."""
    from tieline.host.behaviours import PluginBehaviours
    from tieline.sync.telling import in_words

    runtime = invocation.runtime
    language = "en" if invocation.json else invocation.language
    behaviours = PluginBehaviours(runtime.host.plugins.manager)

    def tell(system: str, link: Link) -> Explanation:
        if link.problem is None:
            what = f"both sides changed {', '.join(link.blocked)}"
            return Explanation(what, "Choose the value to keep: `tieline resolve`.")
        return in_words(behaviours, runtime.translator.text, system, link.problem, language)

    return tell


def _document(
    tx: Transaction, name: str, tell: Callable[[Link], Explanation], bill: Bill | None
) -> dict[str, Any]:  # fmt: skip
    from tieline.sync.history import READ, since

    counts: dict[str, dict[str, int]] = {}
    for (_, mapping, state), count in sorted(tx.count_links(name).items()):
        counts.setdefault(mapping, {})[state] = count
    stuck = [link for status in _BAD for link in tx.find_links(name, status=status, limit=_WORST)]
    trails = tx.trails(name, [link.id for link in stuck], READ)
    return {
        "name": name,
        "records": counts,
        "open_calls": len(tx.open_calls(name)),
        "open_conflicts": len(tx.conflicts(name, open_only=True)),
        "next_retry": tx.next_due(name),
        **({"billed_calls": asdict(bill)} if bill else {}),
        "out_of_sync": [
            {
                "mapping": link.mapping,
                "crm_id": link.crm_key,
                "erp_id": link.erp_key,
                "status": link.status,
                "reason": why.reason,
                "next_step": why.next_step,
                "since": since(link, trails.get(link.id, ())),
            }
            for link, why in ((each, tell(each)) for each in stuck)
        ],
    }


def _lines(documents: list[dict[str, Any]]) -> Iterator[str]:
    from tieline.host.billing import Bill

    if not documents:
        yield "No back office is connected yet. Run `tieline connect SYSTEM NAME`."
    for one in documents:
        yield f"{one['name']}"
        for mapping, states in one["records"].items():
            told = ", ".join(f"{count} {state}" for state, count in states.items())
            yield f"  {mapping:<20} {told}"
        yield f"  open calls {one['open_calls']}, open conflicts {one['open_conflicts']}"
        if "billed_calls" in one:
            yield f"  {Bill(**one['billed_calls']).sentence()}"
        for link in one["out_of_sync"]:
            since = f" since {link['since']:%Y-%m-%d %H:%M} UTC" if link["since"] else ""
            yield f"  ! {link['mapping']} {link['crm_id'] or link['erp_id']}: {link['status']}{since}"
            yield f"      {link['reason']} {link['next_step']}"
