"""What may differ between organisations, and where the vendor's pages say nothing: switches with a default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

PROFILE_SETTING = "profile"


@dataclass(frozen=True, slots=True)
class Profile:
    """How strict this local Unleashed is. Every default is a proposal [P] unless a comment says otherwise."""

    monthly_quota: int = 10_000_000
    page_size: int = 200  # [V]
    page_size_cap: int = 1000
    accept_encoded_signature: bool = False
    strict_order_totals: bool = True  # off: totals left out are computed, as two public clients rely on [C]
    stop_credit_blocks_orders: bool = True
    completing_needs_stock: bool = False
    customer_text_limit: int | None = None  # the length table of customers was not found

    def changed(self, values: Mapping[str, Any]) -> Profile:
        """A copy with some switches set. Raises ValueError for a name that is no switch or a value of another type."""
        types = {field.name: type(field.default) for field in fields(self)}
        types["customer_text_limit"] = int
        for name, value in values.items():
            if name not in types:
                raise ValueError(f"{name} is no setting of the organisation; settings are {', '.join(types)}")
            if type(value) is not types[name]:
                raise ValueError(f"{name} must be of type {types[name].__name__}")
        return replace(self, **values)
