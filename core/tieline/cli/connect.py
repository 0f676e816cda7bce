"""`tieline connect org|SYSTEM NAME`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tieline.cli.invocation import Invocation, pass_invocation

if TYPE_CHECKING:
    from tieline.host.connecting import Connected


@click.command()
@click.argument("system", metavar="org|SYSTEM")
@click.argument("name")
@click.option("--from", "document", type=click.Path(path_type=Path), metavar="FILE", help="A sandbox's JSON file.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A setting; may be repeated.")
@click.option(
    "--secret-file",
    "secret_files",
    multiple=True,
    metavar="[NAME=]FILE",
    help="A file with a secret, - for standard input; may be repeated.",
)
@click.option("--no-check", is_flag=True, help="Save without logging in.")
@pass_invocation
def connect(
    invocation: Invocation,
    system: str,
    name: str,
    document: Path | None,
    settings: tuple[str, ...],
    secret_files: tuple[str, ...],
    no_check: bool,
) -> None:
    """Save a connection named NAME to the org or to a back office of SYSTEM, after logging in once."""
    from tieline.host import connecting

    runtime = invocation.runtime
    with runtime.exclusive():
        secrets = connecting.read_secrets(runtime.asked(system), secret_files, sys.stdin)
        said = connecting.Said(document, connecting.parse_settings(settings), secrets)
        made = connecting.connect(runtime, system, name, said, check=not no_check)
    invocation.show(_document(made), lambda: _lines(made))


def _document(made: Connected) -> dict[str, Any]:
    entities = made.identity.entities if made.identity else ()
    return {
        "name": made.connection.name,
        "system": made.connection.system,
        "tenant": made.connection.tenant,
        "label": made.connection.label,
        "entities": [{"key": entity.key, "label": entity.label} for entity in entities],
        "checked": made.identity is not None,
    }


def _lines(made: Connected) -> Iterator[str]:
    connection = made.connection
    if made.identity is None:
        yield f"Saved {connection.name} ({connection.system}) without a check."
        return
    yield f"Connected {connection.name} to {connection.label} ({connection.system}, {connection.tenant})."
    if made.identity.entities:
        yield f"Entities: {', '.join(entity.label for entity in made.identity.entities)}"
