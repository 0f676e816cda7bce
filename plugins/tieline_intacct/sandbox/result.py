"""What a function gives back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tieline_intacct.sandbox.elements import Element
from tieline_intacct.sandbox.problems import Problem


@dataclass(frozen=True, slots=True)
class Result:
    """`parts` stand in the result behind its controlid. With problems it is a failure, even when something is kept."""

    parts: Sequence[Element] = ()
    problems: Sequence[Problem] = field(default=())
    kept: bool = True
