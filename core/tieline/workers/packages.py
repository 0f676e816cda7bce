"""Planning and applying a system's package in an org, from what the host knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass

from tieline.contract import Component, Misconfigured, System
from tieline.contract.naming import permission_set
from tieline.host.runtime import Runtime
from tieline.host.settings import SALESFORCE
from tieline.org import Org
from tieline.package.apply import Applied, Installation, apply_package, plan_package
from tieline.package.desired import desired_components
from tieline.package.drift import Drift, find_drift
from tieline.package.ledger import Ledger, read_ledger
from tieline.package.metadata import Progress
from tieline.package.plan import Plan, Purpose
from tieline.package.preimage import Image, PreImages
from tieline.package.rollback import plan_rollback
from tieline.package.translated import Wording
from tieline.workers.chosen import to_install
from tieline.workers.package_order import in_order, refuse_collisions, refuse_dependants


def system_meant(runtime: Runtime, name: str) -> System:
    """By name, or that of all back offices: many companies of one system have one package. Raises Misconfigured."""
    if name:
        return runtime.system(name)
    known = {each.system.name: each.system for each in runtime.back_offices()}
    if len(known) > 1:
        words = f"there are back offices of several systems: {', '.join(sorted(known))}"
        raise Misconfigured(words, where="package", mend="Say which one with --system.")
    return next(iter(known.values()), None) or runtime.back_office().system


class Installer:
    """One system's package in one org."""

    def __init__(self, runtime: Runtime, system: str = "", org: str = "") -> None:
        self.runtime = runtime
        self.system = system_meant(runtime, system)
        self.org = runtime.org(org)
        self.tenant = self._tenant(org)

    def _tenant(self, org: str) -> str:
        """The org's id, which the ledger is kept under; a saved connection is held to the org it was made for."""
        identity = self.org.records.check()
        for saved in self.runtime.connections.all():
            if saved.system == SALESFORCE and org in ("", saved.name):
                self.runtime.connections.pin(saved, identity)
        return identity.tenant

    def chain(self) -> list[Installer]:
        """Installers of the packages this one requires, in order, and this one last. Raises Misconfigured."""
        return [
            self if system is self.system else self._beside(system) for system in in_order(self.runtime, self.system)
        ]

    def _beside(self, system: System) -> Installer:
        """Another system in the same org, which stays logged in."""
        other = copy(self)
        other.system = system
        return other

    @property
    def ledger(self) -> Ledger:
        return read_ledger(self.runtime.store, self.tenant, self.system.name)

    def components(self, system: str = "") -> tuple[Component, ...]:
        """What is declared, of this system or another."""
        render = self.runtime.host.plugins.manager.hook.render_package
        declared = to_install(self.runtime, system or self.system.name)
        return desired_components(declared, lambda told: render(declarations=told))

    def plan(self) -> Plan:
        ledger, components = self.ledger, self.components()
        refuse_collisions(self.runtime, ledger, components, self.components)
        assign = [permission_set(self.system.prefix)]
        return plan_package(self.org.metadata, components, ledger, assign=assign, wording=self.wording)

    @property
    def wording(self) -> Wording:
        """The languages that the plugins and the host speak."""
        translator = self.runtime.translator
        return Wording(translator.languages(), translator.text)

    def plan_uninstall(self) -> Plan:
        """Takes out what is ours alone. Raises Misconfigured when it is not installed, or another one requires it."""
        ledger = self._installed()
        refuse_dependants(self.runtime, self.system, ledger)
        return plan_package(self.org.metadata, (), ledger, purpose=Purpose.UNINSTALL)

    def plan_rollback(self) -> tuple[Image, Plan]:
        """Back to what stood before the last change. Raises Misconfigured when nothing was changed from here."""
        image = self._pre_images.latest(self.tenant, self.system.name)
        if image is None:
            raise Misconfigured("there is no change to go back on", where=self.system.name)
        if not image.installed:
            refuse_dependants(self.runtime, self.system, self.ledger)
        return image, plan_rollback(self.org.metadata, image, self.ledger)

    def apply(
        self, plan: Plan, *, remove: bool = False, confirmed: str = "", progress: Progress | None = None
    ) -> Applied:
        return apply_package(self.installation, plan, remove=remove, confirmed=confirmed, progress=progress)

    def roll_back(self, image: Image, plan: Plan, confirmed: str = "") -> Applied:
        """People get the permission sets back that they held."""
        done = self.apply(plan, confirmed=confirmed)
        for name, users in image.holders.items():
            self.installation.people.give(name, users)
        self._pre_images.finished(image)
        return done

    def drift(self) -> Sequence[Drift]:
        """What people changed since it was installed. Raises Misconfigured when it is not."""
        return find_drift(self.org.metadata, self._installed())

    def upgradable(self) -> None:
        """Raises Misconfigured when there is nothing to upgrade."""
        self._installed()

    def _installed(self) -> Ledger:
        ledger = self.ledger
        if not ledger.complete and not ledger.started:
            words = "its package was not installed from this state directory"
            raise Misconfigured(words, where=self.system.name, mend="Run `tieline package apply` first.")
        return ledger

    @property
    def _pre_images(self) -> PreImages:
        return PreImages(self.runtime.folder.path / "packages")

    @property
    def installation(self) -> Installation:
        return Installation(
            self.org.metadata,
            self.write,
            OrgPeople(self.org),
            self.org.records.row_count,
            self.runtime.store,
            self._pre_images,
            self.runtime.clock,
        )

    def write(self, components: Sequence[Component], removed: Sequence[Component]) -> Mapping[str, bytes] | None:
        """The files of a package."""
        written: Mapping[str, bytes] | None = self.runtime.host.plugins.manager.hook.write_package(
            components=components, removed=removed
        )
        return written


@dataclass(frozen=True, slots=True)
class OrgPeople:
    """Permission sets of the org's users."""

    org: Org

    def assign(self, name: str, /) -> bool:
        return self.org.records.assign_permission_set(name, self.org.user_id)

    def holders(self, name: str, /) -> Sequence[str]:
        return self.org.records.permission_set_holders(name)

    def give(self, name: str, users: Sequence[str], /) -> None:
        active = {row.key for row in self.org.records.options("", "users") if row.active}
        for user in users:
            if user in active:
                self.org.records.assign_permission_set(name, user)

    def take(self, name: str, /) -> None:
        self.org.records.take_permission_set(name)
