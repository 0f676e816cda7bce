"""What a person sees while the demonstration runs: on stderr, so that stdout holds the result alone."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Protocol

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from tieline.package.plan import Plan, Sign
from tieline.sync.preview import Counts

_SHOWN = 8
HEADINGS = ("First load", "join", "to CRM", "to ERP", "unclear", "left")


class Advance(Protocol):
    def __call__(self, done: int, of: int | None = None, /) -> None: ...


class Screen:
    """`quiet` shows nothing but still may be asked for everything; `say` puts a sentence into the person's language."""

    def __init__(self, *, quiet: bool, say: Callable[[str], str] = str) -> None:
        self._console = Console(stderr=True, quiet=quiet)
        self._say = say

    def step(self, words: str) -> None:
        self._console.print(f"[bold]>[/bold] {escape(self._say(words))}", highlight=False)

    def plan(self, plan: Plan) -> None:
        """The first lines of the plan and its totals."""
        if plan.is_empty:
            self.step("The org holds the package already; nothing to install")
            return
        self.step("Plan for the org:")
        for step in plan.steps[:_SHOWN]:
            self._console.print(f"    {escape(step.describe())}", highlight=False)
        if len(plan.steps) > _SHOWN:
            self._console.print(escape(self._say(f"    … and {len(plan.steps) - _SHOWN} more")), highlight=False)
        added, changed, removed = (plan.count(sign) for sign in Sign)
        told = self._say(f"    {added} to add, {changed} to change, {removed} to remove")
        self._console.print(told, highlight=False)

    def counts(self, counts: dict[str, Counts]) -> None:
        table = Table(*map(self._say, HEADINGS), box=None, pad_edge=False)
        for name, one in counts.items():
            numbers = (one.link, one.create_crm, one.create_erp, one.ambiguous, one.skip)
            table.add_row(name, *(str(number) for number in numbers))
        self._console.print(table)

    @contextlib.contextmanager
    def bar(self, words: str, total: int | None) -> Iterator[Advance]:
        """A progress bar; call the given function with how much is done, and of how much once that is known."""
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self._console, transient=False) as progress:
            task = progress.add_task(self._say(words), total=total)

            def advance(done: int, of: int | None = None) -> None:
                progress.update(task, completed=done, total=of if of is not None else progress.tasks[0].total)

            yield advance
