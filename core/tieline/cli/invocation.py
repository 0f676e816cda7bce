"""What the options before and after a command said, shared by the whole invocation."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from tieline.cli.language import Speaker
    from tieline.host.runtime import Runtime


@dataclass(slots=True)
class Invocation:
    """`json` asks for one document on stdout; everything else goes to stderr. `language` is the person's; a document
    is the same in all of them."""

    state: str | None = None
    json: bool = False
    verbose: bool = False
    language: str = "en"
    _closing: ExitStack = field(default_factory=ExitStack)
    _runtime: Runtime | None = None
    _speaker: tuple[bool, Speaker] | None = None

    @property
    def state_path(self) -> Path:
        from tieline.host.state import chosen

        return chosen(self.state, os.environ)

    @property
    def runtime(self) -> Runtime:
        """Opened once; closed when the command ends."""
        if self._runtime is None:
            from tieline.effects import SystemClock, SystemRandomness
            from tieline.host.logs import attached
            from tieline.host.runtime import Runtime

            runtime = Runtime(
                self.state_path,
                environment=os.environ,
                clock=SystemClock(),
                randomness=SystemRandomness(),
                say=self.note,
            )
            self._runtime = self._closing.enter_context(runtime)
            self._closing.enter_context(attached(runtime.folder.log, self.clean, self.verbose))
        return self._runtime

    def show(self, document: Any, lines: Callable[[], Iterable[str]]) -> None:
        """The command's result: the document with --json, else the lines."""
        if self.json:
            click.echo(to_json(self._cleaned(document)))
            return
        for line in lines():
            click.echo(self.clean(self.speaker.lines(line)))

    def note(self, line: str) -> None:
        """Something a person should know, beside the result. Nobody may be listening any more, or their disk is full:
        the work goes on."""
        with suppress(OSError):
            click.echo(self.clean(self.speaker.lines(line)), err=True)

    @property
    def speaker(self) -> Speaker:
        """Knows the plugins' words as soon as they are loaded; reads no catalogue for English."""
        from tieline.cli.language import Speaker, is_english

        if is_english(self.language):
            return Speaker()
        from tieline.host.translations import Translator
        from tieline.host.words import host_words

        is_loaded = self._runtime is not None and "host" in vars(self._runtime)
        if self._speaker is None or self._speaker[0] != is_loaded:
            known = self._runtime.translator if self._runtime and is_loaded else Translator(host_words())
            self._speaker = is_loaded, Speaker(self.language, known)
        return self._speaker[1]

    def clean(self, text: str) -> str:
        """Without secrets that this process has opened."""
        return self._runtime.redactor.clean(text) if self._runtime else text

    def _cleaned(self, document: Any) -> Any:
        """Its texts cleaned one by one: a secret of digits must not break a number."""
        if isinstance(document, str):
            return self.clean(document)
        if isinstance(document, dict):
            return {name: self._cleaned(value) for name, value in document.items()}
        return [self._cleaned(value) for value in document] if isinstance(document, list | tuple) else document

    @property
    def is_logging(self) -> bool:
        """Whether what is logged reaches the log file."""
        return self._runtime is not None

    def close(self) -> None:
        self._closing.close()


def to_json(document: Any) -> str:
    encoding = sys.stdout.encoding if sys.stdout else "utf-8"  # there is none when it was closed before the start
    return json.dumps(document, indent=2, default=_plain, ensure_ascii=encoding.lower() != "utf-8")


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} does not belong in a result")


pass_invocation = click.make_pass_decorator(Invocation)
