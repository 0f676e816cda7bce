"""What a field holds. The kind decides how two values compare and what the field in the org looks like."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Format(StrEnum):
    """How a text is shown and checked in the org; `AREA` has line breaks."""

    PLAIN = "plain"
    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    AREA = "area"


@dataclass(frozen=True, slots=True)
class Text:
    """`length` is the shorter of the two ends: longer values are refused before a call, never cut."""

    length: int = 255
    format: Format = Format.PLAIN


@dataclass(frozen=True, slots=True)
class Number:
    """A decimal number; `scale` is the coarser of the two ends (digits after the point)."""

    scale: int = 2
    precision: int = 18
    money: bool = False


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false; an empty value counts as false."""


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar date, without time or zone."""


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment, compared in UTC at whole seconds (the coarsest stamp we meet)."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a fixed set of words that the plugin declares."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """A row of a managed list of the same system: its key on the ERP's side, a lookup in the CRM."""

    list: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A record of another mapping of the same system: each side holds its own id, the link joins them."""

    mapping: str


@dataclass(frozen=True, slots=True)
class Person:
    """A CRM user on one side, a row of a managed list on the other, joined by an attribute of the row (e-mail)."""

    list: str
    attribute: str = "email"


Kind = Text | Number | Flag | Day | Instant | Choice | Option | Reference | Person
