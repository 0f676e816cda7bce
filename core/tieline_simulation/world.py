"""What every toy shares: time, the ground truth, and faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass
class World:
    """A virtual clock, and the log of every change. `step` is how far a change moves the clock, `coarse`
    makes the systems stamp records to the second: with a small step stamps tie."""

    at: datetime = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    step: float = 1
    coarse: bool = False
    log: list[Change] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def tick(self, seconds: float = 1) -> None:
        self.at += timedelta(seconds=seconds)

    def stamp(self) -> datetime:
        """The time as a system stamps it on a record."""
        return self.at.replace(microsecond=0) if self.coarse else self.at

    def creates(self, system: str) -> Counter[str]:
        """Engine creations by origin: more than one of a kind is a duplicate."""
        return Counter(
            change.origin
            for change in self.log
            if change.system == system and change.action == "create" and change.engine
        )

    def writes(self) -> int:
        return sum(change.engine for change in self.log)


@dataclass(frozen=True)
class Change:
    """`origin` is what the create was for: the marker, or the idempotency key."""

    system: str
    action: str
    obj: str
    key: str
    engine: bool
    values: dict[str, Any]
    origin: str = ""
    entity: str = ""


class Serial:
    """The executor of a deterministic world."""

    def run(self, calls: Sequence[Callable[[], T]], concurrency: int) -> Iterator[T]:
        assert concurrency >= 1
        for call in calls:
            yield call()


@dataclass
class Faults:
    """Planned failures: the next write that matches fails before its effect, after it, or is refused; a `panel` that
    came along is not written. `keep` are the keys of records that may not be deleted."""

    before: int = 0
    after: int = 0
    never_sent: int = 0
    panel: int = 0
    refuse: dict[str, str] = field(default_factory=dict)  # value of any field -> the vendor's words
    keep: set[str] = field(default_factory=set)

    def take(self, name: str) -> bool:
        left: int = getattr(self, name)
        if left:
            setattr(self, name, left - 1)
        return bool(left)
