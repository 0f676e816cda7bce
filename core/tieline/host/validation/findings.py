"""What validation reports, and the checks of names that all declarations share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from tieline.contract.naming import API_NAME

LONGEST_LABEL = 40
"""What the platform shows of an object's or field's label."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_NAME_RULE = "Use small letters, digits and underscores, a letter first, at most 40."


@dataclass(frozen=True, slots=True)
class Problem:
    """`where` leads to the spot: `acme -> customer -> Phone`."""

    where: str
    what: str
    mend: str

    def sentence(self) -> str:
        return f"{self.where}: {self.what}. {self.mend}"


def path(*parts: str) -> str:
    return " -> ".join(parts)


def check_name(where: str, name: str) -> Iterator[Problem]:
    """Names of ours: systems, mappings, lists, actions, settings."""
    if not _NAME.fullmatch(name):
        yield Problem(where, f"{name!r} is not a legal name", _NAME_RULE)


def check_api_name(where: str, name: str) -> Iterator[Problem]:
    """Names in the org."""
    if not API_NAME.fullmatch(name):
        yield Problem(
            where, f"{name!r} is not an API name", "Use letters, digits and single underscores, a letter first."
        )


def check_label(where: str, label: str, required: bool = True) -> Iterator[Problem]:
    if len(label) > LONGEST_LABEL:
        yield Problem(where, f"the label {label!r} is longer than {LONGEST_LABEL} characters", "Shorten it.")
    if required and not label.strip():
        yield Problem(where, "it has no label", "Give it one.")


def check_known(where: str, kind: str, name: str, known: Iterable[str]) -> Iterator[Problem]:
    names = sorted(known)
    if name not in names:
        yield Problem(
            where, f"there is no {kind} {name!r}", did_you_mean(name, names) or f"Declare the {kind} {name!r}."
        )


def check_unique(where: str, kind: str, names: Iterable[str]) -> Iterator[Problem]:
    for name, count in Counter(names).items():
        if count > 1:
            yield Problem(where, f"the {kind} {name!r} is declared {count} times", "Keep one of them.")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`Did you mean X?`, or nothing."""
    near = get_close_matches(name, list(known), 1)
    return f"Did you mean {near[0]!r}?" if near else ""
