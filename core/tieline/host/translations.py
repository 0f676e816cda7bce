"""Words in a person's language, from the catalogues of all plugins."""

from __future__ import annotations

from collections.abc import Iterable

from tieline.contract import Translations


class Translator:
    """The first plugin that has a word wins; `fr_CA` falls back to `fr`, and that to the source text."""

    def __init__(self, catalogues: Iterable[Translations]) -> None:
        self._texts: dict[tuple[str, str], str] = {}
        for catalogue in catalogues:
            for source, translated in catalogue.texts.items():
                self._texts.setdefault((_plain(catalogue.language), source), translated)

    def text(self, language: str, source: str) -> str:
        wanted = _plain(language)
        found = self._texts.get((wanted, source)) or self._texts.get((wanted.partition("_")[0], source))
        return found or source

    def languages(self) -> tuple[str, ...]:
        return tuple(sorted({language for language, _ in self._texts}))


def _plain(language: str) -> str:
    return language.replace("-", "_").lower()
