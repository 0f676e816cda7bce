"""Planning and applying a system's package in an org, from what the host knows."""

from __future__ import annotations

from tieline.contract.naming import permission_set
from tieline.host.runtime import Runtime
from tieline.host.settings import SALESFORCE
from tieline.package.apply import Applied, Installation, apply_package, plan_package
from tieline.package.desired import desired_components
from tieline.package.ledger import read_ledger
from tieline.package.metadata import Progress
from tieline.package.plan import Plan
from tieline.package.preimage import PreImages


class Installer:
    """One system's package in one org."""

    def __init__(self, runtime: Runtime, system: str = "", org: str = "") -> None:
        self.runtime = runtime
        self.system = runtime.system(system) if system else runtime.back_office().system
        self.org = runtime.org(org)
        self.tenant = self._tenant(org)

    def _tenant(self, org: str) -> str:
        """The org's id, which the ledger is kept under; a saved connection is held to the org it was made for."""
        identity = self.org.records.check()
        for saved in self.runtime.connections.all():
            if saved.system == SALESFORCE and org in ("", saved.name):
                self.runtime.connections.pin(saved, identity)
        return identity.tenant

    def plan(self) -> Plan:
        render = self.runtime.host.plugins.manager.hook.render_package
        declared = self.runtime.declarations.only(self.system.name)
        components = desired_components(declared, lambda told: render(declarations=told))
        ledger = read_ledger(self.runtime.store, self.tenant, self.system.name)
        return plan_package(self.org.metadata, components, ledger, assign=[permission_set(self.system.prefix)])

    def apply(self, plan: Plan, *, remove: bool = False, progress: Progress | None = None) -> Applied:
        write = self.runtime.host.plugins.manager.hook.write_package
        installation = Installation(
            self.org.metadata,
            lambda components, removed: write(components=components, removed=removed),
            lambda name: self.org.records.assign_permission_set(name, self.org.user_id),
            self.runtime.store,
            PreImages(self.runtime.folder.path / "packages"),
            self.runtime.clock,
        )
        return apply_package(installation, plan, remove=remove, progress=progress)
