"""The rows that fill documents made by buttons, against what the plugin lets be filled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tieline.admin.faults import Fault, Path
from tieline.admin.model import LEFT_OUT, ActionSettings, FillRow
from tieline.contract import Action, Fillable

_HEADER, _LINES = ("record", "parameters"), ("record", "line", "parameters")


def check_buttons(path: Path, chosen: Mapping[str, ActionSettings], declared: Sequence[Action]) -> Iterator[Fault]:
    """What does not fit the plugin; `path` is that of all buttons of a back office."""
    known = {action.name: action.fillable for action in declared}
    for name, settings in chosen.items():
        here, fillable = (*path, name), known.get(name)
        yield from _condition(here, settings)
        if name not in known:
            yield Fault(here, "there is no such button", f"Known: {', '.join(sorted(known)) or 'none'}.")
        if fillable is None:
            if name in known and (settings.header or settings.lines):
                yield Fault(here, "this button makes no document that could be filled", "Leave the rows out.")
            continue
        yield from _rows((*here, "header"), settings.header, fillable.header, fillable, _HEADER)
        yield from _rows((*here, "lines"), settings.lines, fillable.line, fillable, _LINES)


def _condition(path: Path, settings: ActionSettings) -> Iterator[Fault]:
    if settings.when:
        yield from _expression((*path, "when"), settings.when, _HEADER)
    if settings.when and not settings.otherwise:
        yield Fault((*path, "when"), "nothing says what is answered when it does not hold", "Give otherwise.")
    if settings.otherwise and not settings.when:
        yield Fault((*path, "otherwise"), "there is no condition that it belongs to", "Give when.")


def _rows(
    path: Path, rows: Sequence[FillRow], names: Sequence[str], fillable: Fillable, variables: Sequence[str]
) -> Iterator[Fault]:
    taken: set[str] = set()
    for number, row in enumerate(rows):
        here = (*path, number)
        if row.erp.startswith(LEFT_OUT):  # what has a mistake of form stands for nothing
            continue
        yield from _target((*here, "erp"), row, names, fillable)
        if row.erp in taken:
            yield Fault((*here, "erp"), f"{row.erp} is filled already", "Keep one of the rows.")
        taken.add(row.erp)
        yield from _source(here, row, variables)


def _target(path: Path, row: FillRow, names: Sequence[str], fillable: Fillable) -> Iterator[Fault]:
    if row.custom and not fillable.custom:
        yield Fault(path, "this button fills no fields of your own", f"Known: {', '.join(sorted(names))}.")
    elif row.custom and row.erp in fillable.reserved:
        yield Fault(path, f"{row.erp} is decided by the button itself", "Leave the row out.")
    elif row.custom and row.erp in names:
        yield Fault(path, f"{row.erp} is no field of your own", "Leave out custom.")
    elif not row.custom and row.erp not in names:
        mend = f"Known: {', '.join(sorted(names)) or 'none'}."
        own = " For a field of your own add custom: true." if fillable.custom else ""
        yield Fault(path, "there is no such field to fill", f"{mend}{own}")


def _source(path: Path, row: FillRow, variables: Sequence[str]) -> Iterator[Fault]:
    if row.crm and row.value:
        yield Fault(path, "it is filled from a field and by an expression", "Keep crm or value.")
    if not row.crm and not row.value and row.default is None:
        yield Fault(path, "nothing says what it is filled with", "Give crm, value or default.")
    if row.value:
        yield from _expression((*path, "value"), row.value, variables)


def _expression(path: Path, text: str, variables: Sequence[str]) -> Iterator[Fault]:
    import cel  # costs a shared library; only settings with an expression pay

    try:
        program = cel.compile(text)
    except ValueError as error:
        words = str(error).partition("ERROR: ")[2].split("\n")[0] or "it does not parse"
        yield Fault(path, f"the expression cannot be read ({words[:200]})", "Correct it.")
        return
    for name in sorted(set(program.variables()) - set(variables)):
        yield Fault(path, f"there is no {name!r} to look at", f"Use only {', '.join(variables)}.")
