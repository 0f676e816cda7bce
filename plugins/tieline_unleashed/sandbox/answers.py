"""Refusals, in the vendor's error body.

No vendor page shows the error body; its names are collected from what public clients read [P, unverified].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tieline_sandbox.wire import Headers


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field."""

    field: str
    code: str
    description: str


class Refused(Exception):
    """The request is refused; carries everything the error body says."""

    def __init__(
        self,
        status: int,
        code: str,
        description: str,
        problems: Sequence[Problem] = (),
        headers: Headers = (),
    ) -> None:
        super().__init__(description)
        self.status, self.code, self.description = status, code, description
        self.problems, self.headers = tuple(problems), headers

    def body(self) -> dict[str, Any]:
        items = [
            {"Field": problem.field, "ErrorCode": problem.code, "Description": problem.description}
            for problem in self.problems
        ]
        return {"Code": self.code, "Description": self.description, "DebugInformation": None, "Items": items}


def invalid(problems: Sequence[Problem]) -> Refused:
    """400 with all problems; the first one is the description."""
    return Refused(400, "ValidationFailed", problems[0].description, problems)


def bad_field(field: str, code: str, description: str) -> Refused:
    return invalid([Problem(field, code, description)])


def not_found(what: str) -> Refused:
    return Refused(404, "NotFound", what)
