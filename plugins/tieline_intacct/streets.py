"""Streets: one text with line breaks in the org, up to three elements at Intacct."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest

from tieline.contract import PermanentError, Value
from tieline_intacct.replies import Row

STREET = "STREET"
_LINES = ("ADDRESS1", "ADDRESS2", "ADDRESS3")


def asked(names: Iterable[str]) -> tuple[str, ...]:
    """Names with each street taken apart."""
    return tuple(part for name in names for part in (parts(name) if is_street(name) else (name,)))


def is_street(name: str) -> bool:
    return name.rpartition(".")[2] == STREET


def parts(name: str) -> tuple[str, ...]:
    """`DISPLAYCONTACT.MAILADDRESS.STREET` -> `DISPLAYCONTACT.MAILADDRESS.ADDRESS1`, ..."""
    return tuple(f"{name.removesuffix(STREET)}{line}" for line in _LINES)


def shown(row: Row, names: Iterable[str]) -> dict[str, Value]:
    """Streets that the row shows at least a line of."""
    streets = {name: [row[part] for part in parts(name) if part in row] for name in names if is_street(name)}
    return {name: "\n".join(line for line in lines if line) or None for name, lines in streets.items() if lines}


def sent(name: str, value: Value) -> dict[str, str]:
    """All three elements, so that a shorter street leaves no old line behind. Raises PermanentError for a longer."""
    lines = [line.strip() for line in str(value or "").splitlines() if line.strip()]
    if len(lines) > len(_LINES):
        raise PermanentError(
            f"has {len(lines)} lines, {len(_LINES)} fit", where="Street", mend="Shorten it.", code="too_long"
        )
    return dict(zip_longest(parts(name), lines, fillvalue=""))
