"""The table of commands. Each is imported only when it is used; the words are here so that `--help` imports none."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lazy:
    """`target` is `module:attribute` of a click command."""

    target: str
    help: str


COMMANDS: dict[str, Lazy] = {
    "connect": Lazy("tieline.cli.connect:connect", "Save a connection to the org or to a back office."),
    "connections": Lazy("tieline.cli.connections:connections", "List saved connections, or remove one."),
    "doctor": Lazy("tieline.cli.doctor:doctor", "Check everything and say what to mend."),
    "plugins": Lazy("tieline.cli.plugins:plugins", "List plugins, or allow one."),
    "serve": Lazy("tieline.cli.serve:serve", "Run the web process: health and inbound messages."),
}
