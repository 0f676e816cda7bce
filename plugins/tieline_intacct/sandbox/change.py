"""A record on its way in, and how it is said that something is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tieline_intacct.sandbox.catalogue import ObjectType
from tieline_intacct.sandbox.problems import BUSINESS, CHECK_AGAIN, Problem, Refused
from tieline_intacct.sandbox.rows import RECORDNO, Row
from tieline_intacct.sandbox.scope import Scope
from tieline_sandbox.state import Values

Given = Mapping[str, str]


@dataclass(slots=True)
class Change:
    """A record on its way in: what was given, what is stored, what shall be."""

    scope: Scope
    kind: ObjectType
    given: Given
    before: Row | None
    body: Values
    lists: Mapping[str, object] = field(default_factory=dict)
    touched: bool = False  # something that belongs to the record changed elsewhere

    @property
    def ident(self) -> str:
        return self.before.ident if self.before else self.body[RECORDNO]

    @property
    def verb(self) -> str:
        return "update" if self.before else "create"


def missing(change: Change, name: str) -> Refused:
    kind = change.kind
    words = f"Missing or invalid value in required field '{name}'"
    return Refused(
        Problem(BUSINESS, words, f"Enter a value for {name}.", kind.name, name), could_not(kind, change.verb)
    )


def could_not(kind: ObjectType, verb: str = "create") -> Problem:
    """The second error of a refused write."""
    return Problem(BUSINESS, f"Could not {verb} {kind.title} record.", CHECK_AGAIN, kind.name)
