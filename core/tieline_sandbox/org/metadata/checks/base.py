"""What every check of a component needs."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tieline_sandbox.org.metadata.tree import Body
from tieline_sandbox.org.schema.types import Field, ObjectType, Schema
from tieline_sandbox.org.service import COMPONENT
from tieline_sandbox.state import Reader

_NAME = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*", re.ASCII)


class BadComponent(Exception):
    """A component that can't be deployed; the text is what the service says."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the org holds while a deploy is under way."""

    schema: Schema
    reader: Reader

    def object(self, name: str, element: str = "object") -> ObjectType:
        kind = self.schema.object(name)
        if kind is None or kind.name != name:
            raise BadComponent(f"In field: {element} - no CustomObject named {name} found")
        return kind

    def field(self, full_name: str, element: str = "field") -> Field:
        owner, _, name = full_name.partition(".")
        kind = self.schema.object(owner)
        found = kind.field(name) if kind else None
        if found is None:
            raise BadComponent(f"In field: {element} - no CustomField named {full_name} found")
        return found

    def component(self, kind: str, full_name: str, element: str) -> None:
        if self.reader.get(COMPONENT + kind, full_name) is None:
            raise BadComponent(f"In field: {element} - no {kind} named {full_name} found")


Check = Callable[[Known, str, Body], None]


def need(body: Body, *names: str) -> None:
    for name in names:
        if not body.get(name) or body[name][0] == "":
            raise BadComponent(f"Required field is missing: {name}")


def one_of(value: str, enum: str, allowed: str) -> None:
    if value and value not in allowed.split():
        raise BadComponent(f"'{value}' is not a valid value for the enum '{enum}'")


def developer_name(name: str, what: str) -> None:
    if not _NAME.fullmatch(name) or len(name) > 80:
        raise BadComponent(
            f'The {what}: "{name}" is used to refer to the component. It can only contain alphanumeric characters,'
            " must begin with a letter, cannot end with an underscore or contain two consecutive underscore characters."
        )
