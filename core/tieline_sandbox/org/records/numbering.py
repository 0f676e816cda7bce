"""Auto-numbers: display formats such as `INV-{YYYY}-{0000}`."""

from __future__ import annotations

import re
from datetime import datetime

_PLACE = re.compile(r"\{(0+|YYYY|YY|MM|DD)\}")


def numbered(display: str, number: int, now: datetime) -> str:
    parts = {"YYYY": f"{now:%Y}", "YY": f"{now:%y}", "MM": f"{now:%m}", "DD": f"{now:%d}"}

    def one(match: re.Match[str]) -> str:
        return parts.get(match[1]) or str(number).rjust(len(match[1]), "0")

    return _PLACE.sub(one, display)
