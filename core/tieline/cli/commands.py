"""The table of commands. Each is imported only when it is used; the words are here so that `--help` imports none."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lazy:
    """`target` is `module:attribute` of a click command."""

    target: str
    help: str


COMMANDS: dict[str, Lazy] = {
    "audit": Lazy("tieline.cli.audit:audit", "Verify the record of everything that was done."),
    "drift": Lazy("tieline.cli.drift:drift", "Compare both sides field by field."),
    "link": Lazy("tieline.cli.repair:link", "Tie two records by hand."),
    "resolve": Lazy("tieline.cli.repair:resolve", "Settle a conflict that waits for a person."),
    "review": Lazy("tieline.cli.review:review", "List records that could be one and the same."),
    "retry": Lazy("tieline.cli.repair:retry", "Try records that are Out of Sync again."),
    "unlink": Lazy("tieline.cli.repair:unlink", "Untie two records by hand."),
    "conflicts": Lazy("tieline.cli.conflicts:conflicts", "List conflicts and the values that lost."),
    "lists": Lazy("tieline.cli.lists:lists", "Show the lists a back office owns, or read them now."),
    "missing": Lazy("tieline.cli.missing:missing", "List records that seem to be gone."),
    "history": Lazy("tieline.cli.history:history", "Show what happened, newest first."),
    "package": Lazy("tieline.cli.package:package", "Plan and apply what the org must hold."),
    "promote": Lazy("tieline.cli.promote:promote", "Send many records to a back office at once."),
    "settings": Lazy("tieline.cli.settings:settings", "Choose what is synced, which way, and when."),
    "status": Lazy("tieline.cli.status:status", "Count records by sync status."),
    "sync": Lazy("tieline.cli.sync:sync", "Bring the org and a back office together."),
    "connect": Lazy("tieline.cli.connect:connect", "Save a connection to the org or to a back office."),
    "connections": Lazy("tieline.cli.connections:connections", "List saved connections, or remove one."),
    "doctor": Lazy("tieline.cli.doctor:doctor", "Check everything and say what to mend."),
    "plugins": Lazy("tieline.cli.plugins:plugins", "List plugins, or allow one."),
    "translations": Lazy(
        "tieline.cli.translations:translations", "Show what is said in which language, and what is not."
    ),
    "serve": Lazy("tieline.cli.serve:serve", "Run the web process: health and inbound messages."),
}
