"""Help in the person's language. Commands are written in plain English; words are looked up when they are shown."""

from __future__ import annotations

from collections.abc import Iterable

import click

from tieline.cli.invocation import Invocation
from tieline.cli.language import Speaker

HEADINGS = ("Usage:", "Options", "Commands", "default:", "required")
"""Words of the page around the help."""


class HelpPage(click.HelpFormatter):
    """Writes what it is given in the speaker's language."""

    def __init__(self, speaker: Speaker, command: click.Command, width: int | None, most: int | None) -> None:
        super().__init__(width=width, max_width=most)
        self._speaker, self._command = speaker, command

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, f"{self._speaker.text(prefix or 'Usage:')} ")

    def write_heading(self, heading: str) -> None:
        super().write_heading(self._speaker.text(heading))

    def write_text(self, text: str) -> None:
        """Paragraph by paragraph."""
        told = (self._speaker.text(" ".join(part.split())) for part in text.split("\n\n"))
        super().write_text("\n\n".join(told))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        super().write_dl([(name, self._about(name, words)) for name, words in rows], col_max, col_spacing)

    def _about(self, name: str, words: str) -> str:
        """Of a command below this one the first sentence of its help, else an option's help and its notes."""
        below = self._command.commands.get(name) if isinstance(self._command, click.Group) else None
        if below is not None and below.help:
            return (
                self._speaker.text(" ".join(below.help.split("\n\n")[0].split())).partition(". ")[0].rstrip(".") + "."
            )
        text, bracket, notes = words.partition("  [")
        for word in HEADINGS[3:]:
            notes = notes.replace(word, self._speaker.text(word))
        return f"{self._speaker.text(text)}{bracket}{notes}"


class SpeakingContext(click.Context):
    def make_formatter(self) -> click.HelpFormatter:
        speaker = self.ensure_object(Invocation).speaker
        return HelpPage(speaker, self.command, self.terminal_width, self.max_content_width)
