"""The ledger of runs: one JSON line a run, only ever appended to. What is published is its sum."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tieline.contract import Misconfigured
from tieline_simulation.runs import Order

Entry = Mapping[str, Any]
WAY = ("store", "crash", "kinds", "shapes", "mutant")


def entry(order: Order, result: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """What is kept of a run: the block of seeds, what was tested, the counts, the fingerprint."""
    window = result["window_losses"]
    return {
        "at": at.isoformat(timespec="seconds"), "seeds": [order.seed, order.seed + order.count - 1],
        "commit": _commit(), "version": version("tieline"), **way(order),
        **{name: result[name] for name in ("histories", "runs", "edits", "crashes", "faults", "calls")},
        "violations": result["violations"], "differing": len(result["replayed"]["differing"]),
        "window_losses": {"count": window["count"], "edits": window["edits"]},
        "trace_hash": result["trace_hash"], "seconds": result["seconds"],
    }  # fmt: skip


def way(order: Order) -> dict[str, Any]:
    """How its histories were played: a seed counts once a way."""
    plan = order.plan
    kinds = "all" if plan.faults is None else list(plan.faults)
    told = {"store": plan.store, "crash": plan.crash, "kinds": kinds, "shapes": list(order.shapes)}
    return told | ({"mutant": plan.mutant} if plan.mutant else {})


def append(path: Path, one: Entry) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(one, separators=(", ", ": ")) + "\n")


def read(path: Path) -> list[Entry]:
    """All entries. Raises Misconfigured for a line that is none, with its number."""
    if not path.exists():
        return []
    entries: list[Entry] = []
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            entries.append(json.loads(text))
        except ValueError as error:
            raise Misconfigured(
                f"line {number} is not an entry of a ledger", where=str(path), mend="Take the line out."
            ) from error
    return entries


def next_seed(path: Path, order: Order) -> int:
    """The seed after the last one that was played this way."""
    mine = way(order)
    same = [one for one in read(path) if {name: one[name] for name in WAY if name in one} == mine]
    return max((one["seeds"][1] + 1 for one in same), default=0)


def violations(entries: Sequence[Entry], *invariants: str) -> int:
    return sum(one["violations"][name] for one in entries for name in invariants)


def _commit() -> str:
    """The commit of the sources that are played, with a `+` when they differ from it; empty outside a repository."""
    here = Path(__file__).parent
    found = _git(here, "rev-parse", "--short=12", "HEAD")
    changed = _git(here.parent, "status", "--porcelain", "--untracked-files=no", "--", ".") if found else ""
    return found + ("+" if changed else "")


def _git(folder: Path, *arguments: str) -> str:
    try:
        command = ["git", *arguments]  # the git of whoever runs this
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()
