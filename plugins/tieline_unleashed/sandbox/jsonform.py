"""JSON with exact numbers: Decimals in, Decimals out, no float in between."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from tieline_unleashed.sandbox.dates import to_net


def exact(number: Decimal) -> str:
    """The shortest plain writing of a number: `50`, `0.15`; never an exponent."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def read(body: bytes) -> Any:
    """Raises ValueError for what is not JSON; NaN and Infinity are not."""
    try:
        return json.loads(body, parse_float=Decimal, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("nested too deep") from None


def write(tree: Any) -> bytes:
    return _text(tree).encode("utf-8", "replace")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        return "{" + ",".join(f'"{name}":{_text(part)}' for name, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_text, value)) + "]"
    if isinstance(value, Decimal):
        return exact(value)
    if isinstance(value, datetime):
        return f'"{to_net(value)}"'
    return json.dumps(value)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
