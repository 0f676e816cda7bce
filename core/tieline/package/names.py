"""What the platform accepts as names and texts, checked before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tieline.contract.component import Component
from tieline.contract.naming import API_NAME
from tieline.package.canonical import Node, of_component, one

NAME_LENGTH = 40
LABEL_LENGTH = 40
_CHECKED = frozenset({
    "CustomApplication", "CustomField", "CustomObject", "CustomTab", "ListView", "PermissionSet", "QuickAction",
    "WebLink",
})  # fmt: skip
"""Kinds whose names are API names; layouts and translations are named after labels and languages."""

_LENGTHS: Mapping[str, int] = {"label": LABEL_LENGTH, "pluralLabel": LABEL_LENGTH, "inlineHelpText": 510}  # [K]
_LONGER_LABELS: Mapping[str, int] = {"PermissionSet": 80}  # [K]
_UNWRITABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML cannot carry."""


def problems(component: Component) -> Iterator[str]:
    """Sentences about names and texts the platform would refuse."""
    if component.kind in _CHECKED:
        for part in component.name.split("."):
            yield from _name_problems(component, part)
    table = of_component(component)
    for element, length in _LENGTHS.items():
        text, most = one(table, element), length
        if element == "label":
            most = _LONGER_LABELS.get(component.kind, length)
        if len(text) > most:
            yield f"{component.name}: {element} {text!r} has {len(text)} characters; at most {most} fit"
    if any(unwritable(text) for text in _texts(table)):
        yield f"{component.name}: a text holds a control character; take it out"


def unwritable(text: str) -> bool:
    return _UNWRITABLE.search(text) is not None


def _texts(node: Node) -> Iterator[str]:
    if isinstance(node, str):
        yield node
        return
    for nodes in node.values():
        for each in nodes:
            yield from _texts(each)


def _name_problems(component: Component, part: str) -> Iterator[str]:
    if not API_NAME.fullmatch(part):
        yield f"{component.name}: {part!r} is no API name; use letters, digits and single underscores"
    elif len(part.removesuffix("__c")) > NAME_LENGTH:
        yield f"{component.name}: {part!r} is longer than {NAME_LENGTH} characters"
