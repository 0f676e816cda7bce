"""Faults in force: which requests a rule matches and when it strikes. `deeds` says what then happens, `fault_rules`
reads both from JSON."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from threading import Lock

from tieline_sandbox.deeds import Deed, Ending, OncePerRequest, Reorder
from tieline_sandbox.hooks import Hook, Tags
from tieline_sandbox.wire import Request, Response


@dataclass(frozen=True, slots=True)
class Match:
    """What a request must be like; an empty field matches all. `path` is searched in the decoded path."""

    method: str = ""
    path: re.Pattern[str] | None = None
    operation: str = ""
    object: str = ""
    key: str = ""
    actor: str = ""

    def fits(self, request: Request, tags: Tags) -> bool:
        return (
            self.method in ("", request.method)
            and (self.path is None or self.path.search(request.path) is not None)
            and self.operation in ("", tags.operation)
            and self.object in ("", tags.object)
            and self.key in ("", tags.key)
            and self.actor in ("", tags.actor)
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """At hook `at`, skip the first `nth` hits, then do the deed `times` times (0: for ever)."""

    at: Hook
    do: Deed
    match: Match = field(default_factory=Match)
    nth: int = 0
    times: int = 1


@dataclass(frozen=True, slots=True)
class Planned:
    """A rule in force, with how often it matched (`hits`) and struck (`fired`)."""

    id: int
    rule: Rule
    hits: int = 0
    fired: int = 0

    def hit(self) -> Planned:
        strikes = self.hits >= self.rule.nth and (self.rule.times == 0 or self.fired < self.rule.times)
        return replace(self, hits=self.hits + 1, fired=self.fired + strikes)


@dataclass(frozen=True, slots=True)
class Strike:
    """One firing of a rule: the deed and its number, counted from 1. A `Reorder` is told of every hit, those that are
    let by with the number 0: it has to know their answers."""

    deed: Deed
    firing: int
    rule: int = 0


class Faults:
    """The rules in force. Safe between threads; rules are asked in the order they were planned."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last = 0
        self._planned: dict[int, Planned] = {}
        self._answers: defaultdict[int, deque[Response]] = defaultdict(deque)

    def plan(self, rules: Iterable[Rule]) -> list[Planned]:
        """Put rules in force, all at one instant."""
        with self._lock:
            added = [Planned(number, rule) for number, rule in enumerate(rules, self._last + 1)]
            self._planned.update((planned.id, planned) for planned in added)
            self._last += len(added)
        return added

    def listed(self) -> list[Planned]:
        """All rules with their counts; a spent rule stays until it is removed."""
        with self._lock:
            return list(self._planned.values())

    def remove(self, ident: int) -> bool:
        with self._lock:
            return self._planned.pop(ident, None) is not None

    def clear(self) -> int:
        """Remove all rules; returns how many there were."""
        with self._lock:
            count = len(self._planned)
            self._planned.clear()
            self._answers.clear()
        return count

    def swapped(self, strike: Strike, response: Response) -> Response:
        """What a `Reorder` makes of this answer: an earlier one, once there are as many as it goes back."""
        assert isinstance(strike.deed, Reorder)
        with self._lock:
            kept = self._answers[strike.rule]
            kept.append(response)
            earlier = kept.popleft() if len(kept) > strike.deed.back else response
        return earlier if strike.firing else response

    def strikes(self, hook: Hook, request: Request, tags: Tags, *, again: bool = False) -> list[Strike]:
        """What strikes here. A rule that ends the request is the last one counted; a delivery made `again` by a rule
        is not made once more."""
        if not self._planned:
            return []
        struck: list[Strike] = []
        with self._lock:
            for planned in list(self._planned.values()):
                if planned.rule.at is not hook or not planned.rule.match.fits(request, tags):
                    continue
                if again and isinstance(planned.rule.do, OncePerRequest):
                    continue
                self._planned[planned.id] = now = planned.hit()
                fires = now.fired > planned.fired
                if fires or isinstance(planned.rule.do, Reorder):
                    struck.append(Strike(planned.rule.do, now.fired if fires else 0, planned.id))
                if fires and isinstance(planned.rule.do, Ending):
                    break
        return struck
