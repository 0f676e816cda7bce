"""Tieline's built-in plugin for what an org shows: declarations become metadata, and metadata becomes files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tieline import hookimpl
from tieline.contract import Component, Declarations
from tieline_layouts.files import files
from tieline_layouts.render import render


@hookimpl
def render_package(declarations: Declarations) -> Sequence[Component]:
    return render(declarations)


@hookimpl(trylast=True)
def write_package(components: Sequence[Component], removed: Sequence[Component]) -> Mapping[str, bytes]:
    return files(components, removed)
