"""Words in a person's language, from the catalogues of all plugins and of the host."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tieline.contract import Translations
from tieline.host.sentence import SLOT, Sentence, fill

_DEPTH = 2
"""A sentence may hold another one, and that a word."""


class Translator:
    """The first plugin that has a word wins; `fr_CA` falls back to `fr`, and that to the source text.

    A sentence that was filled in already is found by its pattern (`{names} must be filled in`), and what was filled in
    is translated where it is known itself.
    """

    def __init__(self, catalogues: Iterable[Translations]) -> None:
        self._catalogues = tuple(catalogues)
        self._words: dict[str, _Words] = {}

    def text(self, language: str, source: str) -> str:
        """The words in the language; the source where it is not known."""
        wanted = plain(language)
        for name in dict.fromkeys((wanted, wanted.partition("_")[0])):
            found = self._of(name).text(source, _DEPTH)
            if found is not None:
                return found
        return source

    def languages(self) -> tuple[str, ...]:
        return tuple(sorted({plain(catalogue.language) for catalogue in self._catalogues}))

    def _of(self, language: str) -> _Words:
        if language not in self._words:
            self._words[language] = _Words([each for each in self._catalogues if plain(each.language) == language])
        return self._words[language]


class _Words:
    """All of one language, read when it is first wanted."""

    def __init__(self, catalogues: Sequence[Translations]) -> None:
        self._texts: dict[str, str] = {}
        for catalogue in catalogues:
            for source, translated in catalogue.texts.items():
                if translated:
                    self._texts.setdefault(source, translated)
        found = [Sentence(source) for source in self._texts if SLOT.search(source)]
        self._sentences = sorted(found, key=lambda each: each.rank)

    def text(self, source: str, depth: int) -> str | None:
        """Space around it stays."""
        bare = source.strip()
        known = self._texts.get(bare) or (self._filled(bare, depth) if depth else None)
        return source.replace(bare, known, 1) if known else None

    def _filled(self, text: str, depth: int) -> str | None:
        for sentence in self._sentences:
            found = sentence.match(text) if sentence.key in text else None
            if found is not None:
                return fill(self._texts[sentence.source], {name: self._part(found[name], depth) for name in found})
        return None

    def _part(self, value: str, depth: int) -> str:
        """A word, a sentence, or words with commas between them."""
        known = self.text(value, depth - 1)
        if known is not None:
            return known
        return ", ".join(self._texts.get(each, each) for each in value.split(", "))


def plain(language: str) -> str:
    return language.replace("-", "_").lower()
