"""What people see of a plugin: layouts and words in their language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageLink:
    """A button that only leads somewhere: `url` may name fields of the record (`{!Account.Name}`). It proves nobody's
    identity to the page it opens, so that page has to ask for a log-in by itself."""

    name: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Layout:
    """Fields of a mapping shown in a section of an object's page layout, in order, and links beside the buttons."""

    system: str
    crm_object: str
    section: str
    fields: tuple[str, ...]
    links: tuple[PageLink, ...] = ()


@dataclass(frozen=True, slots=True)
class Translations:
    """Words of one plugin in one language (`fr`): source text -> translation. English is the source text itself."""

    system: str
    language: str
    texts: Mapping[str, str]
