"""The package as a file, for other tools to deploy."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tieline.contract import Component, Misconfigured
from tieline.host.runtime import Runtime
from tieline.host.state import write_private
from tieline.package.apply import package_files, plan_package
from tieline.package.archive import pack
from tieline.package.desired import desired_components
from tieline.package.pages import expanded
from tieline.package.plan import Sign
from tieline.package.preflight import check_schema
from tieline.workers.chosen import to_install
from tieline.workers.packages import Installer, system_meant


def build(runtime: Runtime, system: str, org: str, out: Path) -> int:
    """Write the zip; the number of components in it. Nothing is sent. Raises Misconfigured when it cannot be
    written."""
    components = _for_org(Installer(runtime, system, org)) if org else _by_itself(runtime, system)
    hook = runtime.host.plugins.manager.hook
    check_schema(system, components)
    files = package_files(lambda sent, removed: hook.write_package(components=sent, removed=removed), components)
    try:
        write_private(out, pack(files))
    except OSError as error:
        words = f"the package cannot be written ({error.strerror})"
        raise Misconfigured(words, where=str(out), mend="Name another file.") from None
    return len(components)


def _by_itself(runtime: Runtime, system: str) -> Sequence[Component]:
    name = system_meant(runtime, system).name
    hook = runtime.host.plugins.manager.hook
    declared = to_install(runtime, name)
    return expanded(desired_components(declared, lambda told: hook.render_package(declarations=told)), ())


def _for_org(installer: Installer) -> Sequence[Component]:
    """All that is declared, with the org's own page layouts as they would stand."""
    components = installer.components()
    plan = plan_package(installer.org.metadata, components, installer.ledger, wording=installer.wording)
    pages = {each.name: each.component for each in plan.pages}
    changed = {(step.kind, step.name): step.component for step in plan.steps if step.sign is Sign.CHANGE}
    found = [changed.get((each.kind, each.name)) or each for each in plan.components]
    return [pages.get(each.name, each) if each.kind == "Layout" else each for each in found]
