"""What the platform accepts as names and labels, checked before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator

from tieline.contract.component import Component
from tieline.contract.naming import API_NAME

NAME_LENGTH = 40
LABEL_LENGTH = 40
_LABELS = ("label", "pluralLabel")
_HELP_LENGTH = 510  # characters of inline help [K]


def problems(component: Component) -> Iterator[str]:
    """Sentences about names and labels the platform would refuse."""
    for part in component.name.split("."):
        yield from _name_problems(component, part)
    for element in _LABELS:
        label = component.properties.get(element, "")
        if isinstance(label, str) and len(label) > LABEL_LENGTH:
            yield f"{component.name}: the label {label!r} has {len(label)} characters; at most {LABEL_LENGTH} fit"
    help_text = component.properties.get("inlineHelpText", "")
    if isinstance(help_text, str) and len(help_text) > _HELP_LENGTH:
        yield f"{component.name}: the help text has {len(help_text)} characters; at most {_HELP_LENGTH} fit"


def _name_problems(component: Component, part: str) -> Iterator[str]:
    if not API_NAME.fullmatch(part):
        yield f"{component.name}: {part!r} is no API name; use letters, digits and single underscores"
    elif len(part.removesuffix("__c")) > NAME_LENGTH:
        yield f"{component.name}: {part!r} is longer than {NAME_LENGTH} characters"
