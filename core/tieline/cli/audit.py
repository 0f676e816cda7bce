"""`tieline audit verify` and `checkpoint`: does the chain of entries hold, and how is that known later?"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tieline.cli.exit_codes import FAILED
from tieline.cli.invocation import Invocation, pass_invocation
from tieline.contract import Misconfigured

if TYPE_CHECKING:
    from tieline.host.checkpoints import Checkpoint
    from tieline.host.runtime import Runtime
    from tieline.store.protocol import Transaction

_BACK_OFFICE = click.option("--back-office", default="", metavar="NAME", help="Only this one.")
_FOUND = click.Path(path_type=Path, exists=True, dir_okay=False)
_TO_WRITE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def audit() -> None:
    """The append-only record of everything that was done."""


@audit.command()
@_BACK_OFFICE
@click.option("--checkpoint", metavar="FILE", type=_FOUND, help="Compare with this copy of the checkpoints as well.")
@pass_invocation
@click.pass_context
def verify(ctx: click.Context, invocation: Invocation, back_office: str, checkpoint: Path | None) -> None:
    """Check each back office's hash chain from its start, and every checkpoint. Exit 1 at the first bad entry."""
    runtime = invocation.runtime
    kept = _kept(runtime, checkpoint)
    with runtime.store.reading() as tx:
        found = [_verified(tx, name, kept) for name in _names(runtime, back_office)]
    invocation.show({"back_offices": found}, lambda: [_line(one) for one in found])
    if any(one["first_broken"] is not None for one in found):
        ctx.exit(FAILED)


@audit.command()
@_BACK_OFFICE
@click.option("--export", metavar="FILE", type=_TO_WRITE, help="Also write all checkpoints there, for another machine.")
@pass_invocation
def checkpoint(invocation: Invocation, back_office: str, export: Path | None) -> None:
    """Keep how far each chain reaches now and its hash there. A later cut of the tail is found by it."""

    runtime = invocation.runtime
    checkpoints = runtime.checkpoints()
    with runtime.exclusive(), runtime.store.reading() as tx:
        fresh = checkpoints.keep(tx, _names(runtime, back_office), runtime.clock.now())
    if export:
        _write(export, checkpoints.path.read_bytes() if checkpoints.path.exists() else b"")
    document = {"kept": [asdict(one) for one in fresh], "file": str(export or checkpoints.path)}
    invocation.show(document, lambda: [_kept_line(one) for one in fresh] or ["Nothing was added since the last one."])


def _names(runtime: Runtime, back_office: str) -> list[str]:
    """All, or the one that was named. Raises Misconfigured when there is none of that name."""
    return [runtime.back_office(back_office).name] if back_office else [one.name for one in runtime.back_offices()]


def _kept(runtime: Runtime, copy: Path | None) -> list[Checkpoint]:
    kept = runtime.checkpoints().read()
    return kept + runtime.checkpoints(copy).read() if copy else kept


def _verified(tx: Transaction, name: str, kept: list[Checkpoint]) -> dict[str, Any]:
    """The first bad entry as the store holds it, if there is one."""
    from tieline.host.checkpoints import first_broken

    breaks = [seq for seq in (tx.verify_audit(name), first_broken(tx, name, kept)) if seq is not None]
    first = min(breaks, default=None)
    there = tx.audit(name, after=first - 1, limit=1) if first is not None else []
    entry = there[0] if there and there[0].seq == first else None
    said = {"at": entry.at, "event": entry.event, "crm_key": entry.crm_key, "erp_key": entry.erp_key} if entry else None
    checkpoints = sum(one.back_office == name for one in kept)
    return {"name": name, "first_broken": first, "entry": said, "checkpoints": checkpoints}


def _line(one: dict[str, Any]) -> str:
    if one["first_broken"] is None:
        return f"{one['name']}: the chain holds; {one['checkpoints']} checkpoints agree."
    entry = one["entry"]
    if entry is None:
        return f"{one['name']}: entry {one['first_broken']} is missing."
    keys = " ".join(key for key in (entry["crm_key"], entry["erp_key"]) if key)
    what = f"{entry['event']} {keys}".strip()
    return f"{one['name']}: entry {one['first_broken']} was changed, moved or put in ({entry['at']:%F %T} UTC, {what})."


def _kept_line(one: Checkpoint) -> str:
    return f"{one.back_office}: entry {one.seq}, hash {one.hash[:16]}…"


def _write(path: Path, content: bytes) -> None:
    from tieline.host.state import write_private

    try:
        write_private(path, content)
    except OSError as error:
        words = f"the checkpoints cannot be written ({error.strerror})"
        raise Misconfigured(words, where=str(path), mend="Name another file.") from None
