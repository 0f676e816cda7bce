"""What a resource of the API is, and short ways to write its shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tieline_unleashed.sandbox.filters import Filter
from tieline_unleashed.sandbox.forms import Form
from tieline_unleashed.sandbox.members import Field, Member, Shape


@dataclass(frozen=True, slots=True)
class Resource:
    """`code` is the field people know a row by: it orders lists and belongs to one row only.

    `unique` is false where rows have no code of their own.
    """

    name: str
    item: str
    shape: Shape
    code: str
    required: tuple[str, ...] = ()
    filters: Mapping[str, Filter] = field(default_factory=dict)
    unique: bool = True
    newest_first: bool = False


def texts(*names: str) -> tuple[Member, ...]:
    return tuple(Field(name) for name in names)


def flags(*names: str) -> tuple[Member, ...]:
    return tuple(Field(name, Form.FLAG) for name in names)


def numbers(*names: str) -> tuple[Member, ...]:
    return tuple(Field(name, Form.NUMBER) for name in names)


OBSOLETE = Field("Obsolete", Form.FLAG)
