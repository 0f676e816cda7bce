"""Tieline's built-in plugin for judging the engine: its command."""

from __future__ import annotations

from collections.abc import Sequence

import click

from tieline import hookimpl


@hookimpl
def register_commands() -> Sequence[click.Command]:
    from tieline_simulation.commands import simulate

    return [simulate]
