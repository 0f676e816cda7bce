"""The language of the person at the keyboard. What programs read (JSON, codes, names) is the same in all of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol

from tieline.contract import TielineError

ENGLISH = "en"
OURS = "TIELINE_LANG"
_SET_BY_THE_SYSTEM = ("LC_ALL", "LC_MESSAGES", "LANG")
_COLUMNS = re.compile(r"(\s{2,}|^\s+)")
_COUNT = re.compile(r"(\d+) (.+)")
_MOST = 8
"""So many sentences on a line are put together again; longer lines are data."""

CLICKS_WORDS = (
    "Show this message and exit.",
    "Show the version and exit.",
    "Missing argument '{name}'.",
    "Missing option '{name}'.",
    "No such option: {name}",
    "No such option {name}.",
    "No such command {name}.",
    "Option '{name}' requires an argument.",
    "Option {name} requires an argument.",
    "Got unexpected extra argument ({names})",
    "Got unexpected extra arguments ({names})",
    "Invalid value for '{name}': {reason}",
    "Invalid value for {name}: {reason}",
    "{value} is not a valid {kind}.",
    "{value} is not in the range {range}.",
    "{value} is not one of {choices}.",
    "File {name} does not exist.",
    "File {name} is a directory.",
)
"""What the library for command lines says by itself."""


def chosen(environment: Mapping[str, str]) -> str:
    """`fr` or `fr_CA`; English when nothing is said. One that no catalogue speaks ends as English too."""
    told = next((found for name in (OURS, *_SET_BY_THE_SYSTEM) if (found := environment.get(name))), ENGLISH)
    code = re.split(r"[.@:]", told)[0].replace("-", "_")
    return ENGLISH if code in {"", "C", "POSIX"} else code


def is_english(language: str) -> bool:
    return language.lower().partition("_")[0] == ENGLISH


class Words(Protocol):
    """What the host's `Translator` does; help in English is shown without loading it."""

    def text(self, language: str, source: str) -> str: ...


class _AsWritten:
    def text(self, _language: str, source: str) -> str:
        return source


class Speaker:
    """Says English sentences in one language, as far as the catalogues know them."""

    def __init__(self, language: str = ENGLISH, words: Words | None = None) -> None:
        self._language, self._words = language, words or _AsWritten()
        self._is_english = is_english(language)

    def text(self, line: str) -> str:
        """A line of one or more sentences; the first may name a place before a colon."""
        if self._is_english:
            return line
        known = self._words.text(self._language, line)
        return known if known != line else self._columns(line)

    def lines(self, text: str) -> str:
        return "\n".join(self.text(line) for line in text.split("\n"))

    def error(self, error: TielineError) -> str:
        """Place, what went wrong, mend."""
        faults = getattr(error, "faults", None)
        if faults is not None:
            return self.lines(error.sentence())
        head = f"{error.where}: {self.text(error.what)}" if error.where else self.text(error.what)
        head = head.rstrip(".")
        return f"{head}. {self.text(error.mend)}" if error.mend else f"{head}."

    def _columns(self, line: str) -> str:
        """Cells, and the space between them: a longer word takes some of it, so that the next cell stays in its
        column."""
        out, grown = "", 0
        for part in _COLUMNS.split(line):
            if part.isspace():
                out += " " * max(len(part) - grown, min(len(part), 2))
                grown = 0
            else:
                said = self._counts(part) or self._piecewise(part)
                out, grown = out + said, len(said) - len(part)
        return out

    def _counts(self, cell: str) -> str:
        """`8 In Sync, 2 Out of Sync`; empty when it is something else."""
        parts = [_COUNT.fullmatch(part) for part in cell.split(", ")]
        if not all(parts):
            return ""
        return ", ".join(f"{part[1]} {self._words.text(self._language, part[2])}" for part in parts if part)

    def _piecewise(self, line: str) -> str:
        """Each longest run of sentences that is known. A lone word may be anybody's: a name, a value, a code."""
        parts = line.split(". ")
        if len(parts) > _MOST or " " not in line:
            return line
        out: list[str] = []
        while parts:
            size, said = next(
                ((size, said) for size in range(len(parts), 0, -1) if (said := self._known(". ".join(parts[:size])))),
                (1, parts[0]),
            )
            out.append(said)
            parts = parts[size:]
        return ". ".join(out)

    def _known(self, text: str) -> str:
        """With or without its full stop, with or without a place before it; empty when it is not known."""
        for start in (0, *(found.end() for found in list(re.finditer(": ", text))[:3])):
            place, rest = text[:start], text[start:]
            for bare, stop in ((rest, ""), (f"{rest}.", "."), (rest.removesuffix("."), "")):
                said = self._words.text(self._language, bare)
                if bare and said != bare:
                    end = "." if bare != rest and rest.endswith(".") else ""
                    return f"{place}{said.removesuffix(stop)}{end}"
        return ""
