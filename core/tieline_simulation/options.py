"""What the options of `tieline simulate` say, made into values."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

import click

from tieline_simulation.mutants import MUTANTS
from tieline_simulation.script import KINDS
from tieline_simulation.storm import SHAPES


class Faults(click.ParamType[tuple[str, ...] | None, str]):
    """`all` (None: as the weather is drawn), `none`, or kinds with commas between them."""

    name = "faults"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...] | None:  # fmt: skip
        if value == "all":
            return None
        chosen = () if value == "none" else tuple(dict.fromkeys(str(value).split(",")))
        for kind in chosen:
            if kind not in KINDS:
                self.fail(f"there is no kind of fault {kind!r}. The kinds are {', '.join(KINDS)}.", param, ctx)
        return chosen


class Shapes(click.ParamType[tuple[str, ...], str]):
    """`all`, or shapes of back offices with commas between them."""

    name = "shapes"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        chosen = tuple(SHAPES) if value == "all" else tuple(dict.fromkeys(str(value).split(",")))
        for shape in chosen:
            if shape not in SHAPES:
                self.fail(f"there is no shape {shape!r}. The shapes are {', '.join(SHAPES)}.", param, ctx)
        return chosen


class Passings(click.ParamType[frozenset[int], str]):
    """Numbers with commas between them."""

    name = "passings"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> frozenset[int]:
        try:
            return frozenset(int(number) for number in str(value).split(","))
        except ValueError:
            self.fail(f"{value!r} are not numbers. Give the passings of points, as in 17,23.", param, ctx)


class MutantName(click.ParamType[str, str]):
    """One of the wrong engines; empty for the right one."""

    name = "mutant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value and value not in MUTANTS:
            near = get_close_matches(str(value), MUTANTS, 1)
            hint = f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(MUTANTS)}."
            self.fail(f"there is no mutant {value!r}. {hint}", param, ctx)
        return str(value)
