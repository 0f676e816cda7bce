"""Short words for page layouts: sections, related lists, lists of actions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from tieline.contract.component import Property


class Behavior(StrEnum):
    """What people may do with a field on the page; their rights may allow less."""

    EDIT = "Edit"
    READ = "Readonly"
    REQUIRED = "Required"


Placed = tuple[str, Behavior]


def section(label: str, fields: Sequence[Placed]) -> Property:
    """Two columns, filled from left to right."""
    places = [{"behavior": str(behavior), "field": name} for name, behavior in fields]
    columns = [places[0::2], places[1::2]]
    return {
        "customLabel": True,
        "detailHeading": True,
        "editHeading": True,
        "label": label,
        "layoutColumns": tuple({"layoutItems": tuple(column)} if column else "" for column in columns),
        "style": "TwoColumnsLeftToRight",
    }


def related(child: str, field: str, columns: Iterable[str]) -> Property:
    """The rows of `child` whose look-up `field` names the record; ten columns at most [K]."""
    return {"relatedList": f"{child}.{field}", "fields": tuple(columns)}


def actions(names: Iterable[str]) -> Property:
    """Quick actions by their full name, in order."""
    listed: list[Property] = [
        {"actionName": name, "actionType": "QuickAction", "sortOrder": number} for number, name in enumerate(names)
    ]
    return {"actionListContext": "Record", "platformActionListItems": tuple(listed)}
