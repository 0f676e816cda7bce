"""What people see of a plugin: layouts and words in their language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layout:
    """Fields of a mapping shown in a section of an object's page layout, in order."""

    system: str
    crm_object: str
    section: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Translations:
    """Words of one plugin in one language (`fr`): source text -> translation. English is the source text itself."""

    system: str
    language: str
    texts: Mapping[str, str]
