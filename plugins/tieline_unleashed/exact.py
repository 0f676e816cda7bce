"""JSON with exact numbers: Decimals in, Decimals out, no float in between."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

from tieline.contract.transport import exact_number
from tieline_unleashed.dates import body_form


def plain(number: Decimal) -> str:
    """The shortest plain writing of a number: `50`, `0.15`; never an exponent."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def read(body: bytes) -> Any:
    """All numbers come as Decimal. Raises ValueError for what is not JSON (NaN and Infinity are not), and for a name
    that is given twice in one object."""
    try:
        return json.loads(
            body, parse_float=exact_number, parse_int=exact_number, parse_constant=_refuse, object_pairs_hook=_each_once
        )  # fmt: skip
    except RecursionError:
        raise ValueError("nested too deep") from None


def write(tree: Any) -> bytes:
    """Days and moments go in the form that bodies take."""
    return _text(tree).encode()


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{_text(part)}" for name, part in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(_text, value)) + "]"
    if isinstance(value, Decimal):
        return plain(value)
    return json.dumps(body_form(value) if isinstance(value, date) else value)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is given twice in one object")
    return found


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
