"""Values that cross the border between the host and a client."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

Value = str | int | bool | Decimal | date | datetime | None
"""A field's value as a client reads or takes it. Instants are timezone-aware UTC, money is Decimal, never float.

None means empty. A field that the other side did not show is absent from the mapping: absent is not empty.
"""

Values = Mapping[str, Value]
