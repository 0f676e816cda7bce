"""The stage: both sandboxes running inside this process, and the connections that lead to them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tieline.contract import Misconfigured, System
from tieline.host.connecting import Said, connect
from tieline.host.runtime import Runtime
from tieline.workers.chosen import settings_file
from tieline_sandbox.application import SeedRefused
from tieline_sandbox.org import build as build_org
from tieline_sandbox.runner import RunningSandbox, StartRefused, start

ORG = "org"


@dataclass(frozen=True)
class Stage:
    """What the demonstration plays on. `back_office` is the name of the saved connection."""

    runtime: Runtime
    system: System
    org: RunningSandbox
    erp: RunningSandbox

    @property
    def back_office(self) -> str:
        return self.system.name

    @property
    def org_document(self) -> dict[str, Any]:
        return dict(self.org.document)


@contextlib.contextmanager
def staged(runtime: Runtime, system: System, data: Path) -> Iterator[Stage]:
    """Start both sandboxes on free ports and save connections to them. They end with this process, whatever ends it.
    Raises Misconfigured with the sandbox's own sentence."""
    if system.sandbox is None or system.demo is None:
        raise Misconfigured(f"{system.label} has no demonstration", where=system.name, mend="Choose another system.")
    with contextlib.ExitStack() as running:
        try:
            org = running.enter_context(_started(build_org, ORG, runtime.folder.path, None))
            erp = running.enter_context(_started(system.sandbox(), system.name, runtime.folder.path, data))
        except (SeedRefused, StartRefused) as error:
            raise Misconfigured(str(error)) from error
        for word, sandbox in ((ORG, org), (system.name, erp)):
            connect(runtime, word, word, Said(sandbox.document_path))
        _choose(runtime, system)
        yield Stage(runtime, system, org, erp)


def _choose(runtime: Runtime, system: System) -> None:
    """What an administrator would choose for a demonstration."""
    file = settings_file(runtime)
    for mapping in system.demo.new_in_crm if system.demo else ():
        path = ("back_offices", system.name, "objects", mapping, "create_in_crm")
        file.replace(file.read().changed(path, True))


def _started(factory: Any, name: str, state: Path, data: Path | None) -> RunningSandbox:
    return start(factory, name, state / name, data=data)
