"""Validation rules that were deployed: a record of which the condition is true is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.formulas.functions import Node, Now
from tieline_sandbox.org.formulas.parse import holds, parse
from tieline_sandbox.org.metadata.tree import flag, one
from tieline_sandbox.org.schema.types import ObjectType

if TYPE_CHECKING:
    from tieline_sandbox.org.records.write import Writer

_KIND = "metadata.ValidationRule"


@dataclass(frozen=True, slots=True)
class Rule:
    condition: Node
    message: str
    fields: tuple[str, ...]


def check(writer: Writer, kind: ObjectType, row: Mapping[str, Any], old: Mapping[str, Any] | None) -> None:
    """OrgError FIELD_CUSTOM_VALIDATION_EXCEPTION for the first rule that the record breaks."""
    rules = _rules(writer, kind.name)
    if not rules:
        return
    names = {each.name for each in kind.fields.values()}
    now = Now({name: row.get(name) for name in names}, old, writer.tx.now.date())
    for rule in rules:
        if holds(rule.condition, now):
            raise OrgError("FIELD_CUSTOM_VALIDATION_EXCEPTION", rule.message, rule.fields)


def _rules(writer: Writer, owner: str) -> list[Rule]:
    """The active rules of an object, read once until metadata changes."""
    derived = writer.call.org.derived
    if "validation" not in derived:
        found: dict[str, list[Rule]] = {}
        for full_name, component in writer.tx.all(_KIND):
            body = component["body"]
            if flag(body, "active"):
                shown = one(body, "errorDisplayField")
                rule = Rule(
                    parse(one(body, "errorConditionFormula")), one(body, "errorMessage"), (shown,) if shown else ()
                )
                found.setdefault(full_name.partition(".")[0], []).append(rule)
        derived["validation"] = found
    return list(derived["validation"].get(owner, ()))
