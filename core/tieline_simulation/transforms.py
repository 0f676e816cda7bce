"""Systems that make something else of what they are given: trimmed, in capitals, cut, rounded."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from typing import Any

from tieline_simulation.systems import Toy, ToyCrm


def remake(crm: ToyCrm, erp: Toy) -> None:
    """Both systems do so, each with other fields."""
    erp.transforms = {("Customers", "phone"): _upper, ("Customers", "city"): _padded, ("Customers", "credit"): _rounded}
    crm.transforms = {("Account", "Website"): _site, ("Account", "Name"): str.strip, ("Contact", "Email"): _upper}


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


def _padded(value: Any) -> Any:
    return f"{value.strip()}  " if isinstance(value, str) else value


def _rounded(value: Any) -> Any:
    return Decimal(str(value)).quantize(Decimal("0.1"), rounding=ROUND_DOWN)


def _site(value: Any) -> Any:
    """A system that completes addresses."""
    return value if not isinstance(value, str) or value.startswith("http://") else f"http://{value}"


def root(value: str) -> str:
    """What all forms of one typed value have in common."""
    return value.strip().upper().removeprefix("HTTP://").split(".")[0]
