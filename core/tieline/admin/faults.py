"""What is wrong with a settings file: everything at once, each with its line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tieline.contract import Misconfigured

Path = tuple[str | int, ...]
"""Where in the document: `("back_offices", "unleashed", "paused")`."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`what` is a sentence without its full stop; `mend` says what to do."""

    path: Path
    what: str
    mend: str = ""
    line: int = 0

    def sentence(self) -> str:
        place = dotted(self.path)
        head = f"line {self.line}: " if self.line else ""
        told = f"{head}{place}: {self.what}" if place else f"{head}{self.what}"
        return f"{told}. {self.mend}".rstrip() if self.mend else f"{told}."


class BadSettings(Misconfigured):
    """The file cannot be used as it stands; nothing of it was applied."""

    def __init__(self, where: str, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.line, dotted(fault.path))))
        count = f"{len(self.faults)} mistakes" if len(self.faults) > 1 else "1 mistake"
        told = "\n".join(fault.sentence() for fault in self.faults)
        super().__init__(f"{count} in the settings\n{told}", where=where, mend="Nothing of it was applied.")

    def sentence(self) -> str:
        return f"{self.where}: {self.what}\n{self.mend}"


def dotted(path: Path) -> str:
    return ".".join(str(part) for part in path)
