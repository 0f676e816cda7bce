"""What people see of a plugin: layouts and words in their language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from babel.messages.catalog import Message


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
    """Words of one plugin in one language (`fr`): source text -> translation. English is the source text itself; what
    is filled in stands in slots (`{label} is missing`)."""

    system: str
    language: str
    texts: Mapping[str, str]

    @classmethod
    def from_po(cls, system: str, language: str, po: bytes) -> Self:
        """From the content of a gettext catalogue. It is read when the first word of it is wanted: most people never
        need a language but their own."""
        return cls(system, language, _Catalogue(po))


class _Catalogue(Mapping[str, str]):
    """Entries that are translated and not marked `fuzzy`."""

    def __init__(self, po: bytes) -> None:
        self._po = po

    @cached_property
    def _texts(self) -> dict[str, str]:
        from babel.messages.pofile import read_po

        try:
            return {str(one.id): str(one.string) for one in read_po(BytesIO(self._po)) if one.id and _is_done(one)}
        except ValueError:  # not UTF-8; `tieline translations --check` says so, and nobody is kept from working
            return {}

    def __getitem__(self, source: str) -> str:
        return self._texts[source]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


def _is_done(message: Message) -> bool:
    return bool(message.string) and not message.fuzzy
