"""From saved connections to an engine that can run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from tieline.actions.desk import Desk
from tieline.admin.model import ActionSettings
from tieline.contract import Event, Identity, Side, System, TransientError
from tieline.effects import ThreadExecutor
from tieline.host.behaviours import PluginBehaviours
from tieline.host.runtime import BackOffice, Runtime
from tieline.host.settings import SALESFORCE
from tieline.host.state import write_private
from tieline.org import Org
from tieline.sync.context import Context, Options
from tieline.sync.pins import closed_to, entities_of
from tieline.sync.points import Point, no_point
from tieline.sync.settling import row_planner
from tieline.workers import mishaps
from tieline.workers.chosen import Chosen, settings_file
from tieline.workers.faultpoints import from_environment
from tieline.workers.guarded import Guarded, GuardedCrm
from tieline.workers.mirror import Write
from tieline.workers.pause import Pause

LEASE_SECONDS = 120.0


@dataclass(frozen=True)
class Engine:
    """One back office tied to one org, ready to run."""

    context: Context
    desk: Desk
    org: Org
    back_office: BackOffice
    chosen: Chosen
    write_package: Write
    fillings: Mapping[str, ActionSettings] = field(default_factory=dict)

    def current(self) -> Engine:
        """With the settings as they are now."""
        self.chosen.look_again()
        mappings, fillings = self.chosen.mappings, self.chosen.fillings
        if mappings == self.context.mappings and fillings == self.fillings:
            return self
        context = replace(self.context, mappings=mappings, resting=self.chosen.resting)
        desk = Desk(context, self.chosen.actions, self.desk.siblings)
        return replace(self, context=context, desk=desk, fillings=fillings)


def assemble(
    runtime: Runtime,
    back_office: str = "",
    org: str = "",
    options: Options | None = None,
    point: Callable[[Point], None] | None = None,
    listener: Callable[[Event], None] | None = None,
) -> Engine:
    """Log in on both sides, make sure both are still who they were, take the lease. Without a `point` of the caller's
    the environment may name fault points. Raises Misconfigured, and TransientError while another worker runs this back
    office."""
    told = point or from_environment(runtime.environment, runtime.say)
    runtime.store.check()  # half of a damaged memory would send what the other half forbids
    chosen = runtime.back_office(back_office)
    settings = Chosen(settings_file(runtime), chosen.name)
    opened, home = _org(runtime, org)
    client = runtime.client(chosen.connection)
    identity = client.check()  # the same client goes on: signing in twice is one call too many
    runtime.connections.pin(chosen.connection, identity)
    fence = runtime.store.lease(f"sync:{chosen.name}", _owner(runtime), runtime.clock.now(), LEASE_SECONDS)
    if fence is None:
        raise TransientError("another worker is syncing it", where=chosen.name, mend="Wait until it is done.")
    system, declared = chosen.system, runtime.declarations.only(chosen.system.name)
    manager = runtime.host.plugins.manager
    lists = {managed.name: managed for managed in declared.lists}
    planner = row_planner(lists, lambda *told: manager.hook.settle_list(**dict(zip(_SETTLE, told, strict=True))))
    siblings = runtime.siblings(chosen.name)
    entities = entities_of(runtime.store, chosen.name, identity)
    context = Context(
        chosen.name,
        system,
        settings.mappings,
        declared.lists,
        runtime.store,
        GuardedCrm(opened.records, "org", runtime.redactor.clean, Pause(runtime.clock)),
        Guarded(client, chosen.name, runtime.redactor.clean, Pause(runtime.clock)),
        runtime.clock,
        ThreadExecutor(8),
        entities,
        PluginBehaviours(manager, listener),
        options or paced(system, chosen.connection.settings),
        runtime.translator.text,
        planner,
        told or no_point,
        fence,
        language=home.language or "en",
        resting=settings.resting,
        known={Side.ERP: identity, Side.CRM: home},
        closed=closed_to(identity, entities),
        settings=chosen.connection.settings,
        mishap=mishaps.told,
        siblings=siblings,
    )
    write = lambda sent, removed: manager.hook.write_package(components=sent, removed=removed)  # noqa: E731
    desk = Desk(context, settings.actions, siblings)
    return Engine(context, desk, opened, chosen, settings, write, settings.fillings)


def paced(system: System, settings: Mapping[str, str]) -> Options:
    """How often a back office is asked: as the administrator said, else as its plugin thinks best."""
    usual = system.polling
    return Options(
        changes_every=_seconds(settings, "changes_every", usual.changes),
        lists_every=_seconds(settings, "lists_every", usual.lists),
    )


def _seconds(settings: Mapping[str, str], name: str, usual: timedelta) -> timedelta:
    return timedelta(seconds=int(settings[name])) if settings.get(name) else usual


_SETTLE = ("managed", "stored", "fresh")


def _owner(runtime: Runtime) -> str:
    """One name a state directory: the directory's lock keeps two processes apart, so a restarted one may take over at
    once what a killed one held. The name is drawn once and kept there; two machines never share it."""
    path = runtime.folder.path / "worker"
    if not path.exists():
        write_private(path, runtime.randomness.token(16).hex().encode())
    return path.read_text("ascii")


def _org(runtime: Runtime, org: str) -> tuple[Org, Identity]:
    opened = runtime.org(org)
    saved = [one for one in runtime.connections.all() if one.system == SALESFORCE and org in ("", one.name)]
    identity = opened.records.check()
    if len(saved) == 1:
        runtime.connections.pin(saved[0], identity)
    return opened, identity
