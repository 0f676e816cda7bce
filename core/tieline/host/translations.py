"""Words in a person's language, from the catalogues of all plugins and of the host."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tieline.contract import Translations

_SLOT = re.compile(r"\{(\w+)\}")


class Translator:
    """The first plugin that has a word wins; `fr_CA` falls back to `fr`, and that to the source text.

    A sentence that was filled in already is found by its pattern (`{names} must be filled in`), and what was filled in
    is translated where it is known itself.
    """

    def __init__(self, catalogues: Iterable[Translations]) -> None:
        self._texts: dict[tuple[str, str], str] = {}
        for catalogue in catalogues:
            for source, translated in catalogue.texts.items():
                self._texts.setdefault((_plain(catalogue.language), source), translated)
        self._patterns = [
            (language, _pattern(source), translated)
            for (language, source), translated in self._texts.items()
            if _SLOT.search(source)
        ]

    def text(self, language: str, source: str) -> str:
        wanted = _plain(language)
        return self._known(wanted, source) or self._known(wanted.partition("_")[0], source) or source

    def languages(self) -> tuple[str, ...]:
        return tuple(sorted({language for language, _ in self._texts}))

    def _known(self, language: str, source: str) -> str | None:
        return self._texts.get((language, source)) or self._filled(language, source)

    def _filled(self, language: str, source: str) -> str | None:
        for known, pattern, translated in self._patterns:
            match = pattern.fullmatch(source) if known == language else None
            if match:
                parts = {name: self._texts.get((language, part), part) for name, part in match.groupdict().items()}
                return _SLOT.sub(lambda slot, found=parts: str(found[slot[1]]), translated)  # type: ignore[misc]
        return None


def _pattern(source: str) -> re.Pattern[str]:
    """The source as a pattern: its slots match anything on one line."""
    pieces = _SLOT.split(source)
    return re.compile("".join(re.escape(p) if n % 2 == 0 else f"(?P<{p}>.+)" for n, p in enumerate(pieces)))


def _plain(language: str) -> str:
    return language.replace("-", "_").lower()
