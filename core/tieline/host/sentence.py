"""A sentence with slots (`{names} must be filled in`), and finding it again in one that was filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property

SLOT = re.compile(r"\{(\w+)\}")
_WORD = re.compile(r"[^\W\d_]{2,}")
_SURE = 2
"""So many words outside the slots make a sentence sure, or a heading (`locked: {reason}`); else slots hold no space."""
_HEADING = re.compile(r"[^\W\d_]{4,}: ")


class Sentence:
    """The text, cut at its slots. Matching takes time in proportion to the text, whatever stands in it: vendors' words
    go through here."""

    def __init__(self, source: str) -> None:
        cut = SLOT.split(source)
        self.source, self.pieces, self.slots = source, cut[0::2], cut[1::2]

    @cached_property
    def rank(self) -> tuple[bool, bool, int]:
        """Of two sentences that match the lower one is meant: a sure one, one that begins with words of its own, the
        one with more letters."""
        return not self.is_sure, not self.pieces[0].strip(), -sum(len(piece) for piece in self.pieces)

    @cached_property
    def key(self) -> str:
        """The longest piece: a text without it cannot match."""
        return max(self.pieces, key=len)

    @cached_property
    def is_sure(self) -> bool:
        words = sum(len(_WORD.findall(piece)) for piece in self.pieces)
        return words >= _SURE or bool(_HEADING.fullmatch(self.pieces[0]))

    def match(self, text: str) -> dict[str, str] | None:
        """What stands in the slots; None when it is another sentence."""
        first, last = self.pieces[0], self.pieces[-1]
        if not text.startswith(first) or not text.endswith(last) or len(text) < len(first) + len(last):
            return None
        found, place, end = [], len(first), len(text) - len(last)
        for piece in self.pieces[1:-1]:
            here = text.find(piece, place, end)
            if here < 0:
                return None
            found.append(text[place:here])
            place = here + len(piece)
        found.append(text[place:end])
        if not self.is_sure and any(" " in value.strip() for value in found):
            return None
        return dict(zip(self.slots, found, strict=True))


def fill(template: str, values: Mapping[str, str]) -> str:
    """A slot without a value stays as it stands."""
    return SLOT.sub(lambda slot: values.get(slot[1], slot[0]), template)


def slots(text: str) -> list[str]:
    """In order of the name, each as often as it stands there."""
    return sorted(SLOT.findall(text))
