"""Tieline's built-in plugin for local stand-ins: its commands."""

from __future__ import annotations

from collections.abc import Sequence

import click

from tieline import hookimpl


@hookimpl
def register_commands() -> Sequence[click.Command]:
    from tieline_sandbox.commands import demo, sandbox
    from tieline_sandbox.rehearsal.command import rehearse
    from tieline_sandbox.soak.command import soak

    return [demo, rehearse, sandbox, soak]
