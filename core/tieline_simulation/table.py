"""The published table: what the ledger adds up to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tieline_simulation.ledger import Entry, violations


def rows(entries: Sequence[Entry]) -> Iterator[tuple[str, str]]:
    """Runs with a fault put into the engine do not count."""
    mine = [one for one in entries if "mutant" not in one]
    for name, words in _COUNTS.items():
        yield words, f"{sum(one[name] for one in mine):,}"
    for words, invariants in _PROMISES.items():
        yield words, f"{violations(mine, *invariants):,}"
    yield "different when played a second time", f"{sum(one['differing'] for one in mine):,}"
    yield "lost in a window, where a system takes no condition", _window(mine)
    yield "95 % bound of a failure, a history", _bound(mine)


_COUNTS = {
    "histories": "histories", "runs": "plays of them (one more for every kill at a chosen point)",
    "edits": "users' edits", "crashes": "crashes", "faults": "faults of calls", "calls": "calls",
}  # fmt: skip
_PROMISES: dict[str, tuple[str, ...]] = {
    "values lost silently": ("I2",),
    "records or links made twice": ("I3",),
    "newer values overwritten by older ones": ("I4",),
    "writes to fields, lists or entities that are not the engine's": ("I5", "I10"),
    "steps back of a cursor, a version or a status": ("I7",),
    "writes without an audit entry": ("I8",),
    "not settled, not answered, or more work than bounded": ("I1", "I6", "I9", "I11"),
    "out of step without a reason": ("I12",),
}


def _window(entries: Sequence[Entry]) -> str:
    lost = sum(one["window_losses"]["count"] for one in entries)
    edits = sum(one["window_losses"]["edits"] for one in entries)
    return f"{lost:,} of {edits:,} edits there ({lost / edits:.2%})" if edits else "none of no edits"


def _bound(entries: Sequence[Entry]) -> str:
    """The rule of three: nothing found in N tries bounds the chance by 3/N."""
    failing = sum(sum(one["violations"].values()) for one in entries)
    histories = sum(one["histories"] for one in entries)
    return f"{3 / histories:.1e} (3/N)" if histories and not failing else "none: there are failures"


def table(entries: Sequence[Entry]) -> Iterator[str]:
    yield "| Simulated | |"
    yield "|---|---:|"
    for words, value in rows(entries):
        yield f"| {words} | {value} |"
