"""A broken promise, by the name of the invariant it breaks."""

from __future__ import annotations

INVARIANTS: dict[str, str] = {
    "I1": "convergence: both sides agree once it is calm, and nothing is written any more",
    "I2": "no silent lost update: what a user typed is there, was typed over, or stands in the log",
    "I3": "no duplicate: one record, one link, one birth",
    "I4": "no stale overwrite: an older value never replaces a newer one",
    "I5": "no write where the engine may not write",
    "I6": "effectively once: the others hold for a kill at any point",
    "I7": "monotone: cursors, versions and promotions never go back; the stored status is the derived one",
    "I8": "audit complete: every write of the engine is in the chain, with what stood there before",
    "I9": "no starvation: everything is attempted and answered, whatever else fails",
    "I10": "isolation: nothing crosses accounting entities",
    "I11": "bounded work: an idle cycle polls and writes nothing",
    "I12": "explainable: what is out of step has a reason, a time and a next step",
}
"""The invariants of the engine, and what each one says."""


class Violation(AssertionError):
    """The history broke `invariant`, a key of `INVARIANTS`."""

    def __init__(self, invariant: str, words: str) -> None:
        super().__init__(f"{invariant}: {words}")
        self.invariant, self.words = invariant, words

    def __reduce__(self) -> tuple[type[Violation], tuple[str, str]]:
        return Violation, (self.invariant, self.words)


class Collapse(Violation):
    """The engine, or its judge, fell over with an error nobody expects."""

    def __init__(self, words: str) -> None:
        super().__init__("I9", words)

    def __reduce__(self) -> tuple[type[Collapse], tuple[str]]:  # type: ignore[override]
        return Collapse, (self.words,)


def require(condition: object, invariant: str, words: str, *values: object) -> None:
    """Break `invariant` unless the condition holds. `words` takes the values as `str.format` does, and only then: most
    conditions hold, and a link is long."""
    if not condition:
        raise Violation(invariant, words.format(*values))
