"""Record ids: 15 case-sensitive characters, or 18 with a checksum that makes them safe in any case."""

from __future__ import annotations

import re

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_SHAPE = re.compile(r"[0-9A-Za-z]{15}([0-9A-Za-z]{3})?", re.ASCII)


def checksum(short: str) -> str:
    """The three characters behind the fifteen: one for each five, a bit for each upper-case letter."""
    chunks = (short[start : start + 5] for start in (0, 5, 10))
    return "".join(_CHECK[sum(1 << bit for bit, char in enumerate(chunk) if "A" <= char <= "Z")] for chunk in chunks)


def full(text: str) -> str | None:
    """The 18-character form of an id in either form; None when it is no id.

    Eighteen characters in the wrong case are mended by their checksum, as the platform does. [K]
    """
    if not _SHAPE.fullmatch(text):
        return None
    if len(text) == 15:
        return text + checksum(text)
    mended = _mend(text)
    return mended + checksum(mended) if checksum(mended) == text[15:].upper() else None


def _mend(text: str) -> str:
    flags = [
        bool(_CHECK.index(char) >> bit & 1) if char in _CHECK else False
        for char in text[15:].upper()
        for bit in range(5)
    ]
    return "".join(char.upper() if upper else char.lower() for char, upper in zip(text[:15], flags, strict=True))


def make(prefix: str, pod: str, number: int) -> str:
    """Id number `number` of a key prefix; `pod` tells orgs apart."""
    digits = ""
    while number:
        number, rest = divmod(number, 62)
        digits = ALPHABET[rest] + digits
    short = prefix + pod + digits.rjust(12 - len(pod), "0")
    return short + checksum(short)
