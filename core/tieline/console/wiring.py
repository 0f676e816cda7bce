"""Joins the web application to the host: plugins' inbound routes, settings of back offices, hints kept in the store."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.types import ASGIApp

from tieline.console.application import build
from tieline.console.inbound import Inbound
from tieline.contract import InboundAnswer, InboundRoute
from tieline.host.connections import Asked
from tieline.host.declarations import Host, NotDeclared, call_one
from tieline.host.loading import Broken
from tieline.host.runtime import Runtime
from tieline.sync.hints import hints_scope, settled_scope

_HOOK = "register_inbound"
_ID_BYTES = 4


def web_application(runtime: Runtime) -> ASGIApp:
    """Everything the web process serves now. The store opens here: requests run in threads, and it opens once."""
    runtime.connections.all()
    routes, broken = inbound_routes(runtime.host)
    for each in broken:
        runtime.say(each.sentence())
    inbound = Inbound(routes, lambda system, name: _settings(runtime, system, name), lambda *a: _keep(runtime, *a))
    return build(inbound, lambda: _trouble(runtime), lambda: runtime.randomness.token(_ID_BYTES).hex())


def inbound_routes(host: Host) -> tuple[tuple[InboundRoute, ...], tuple[Broken, ...]]:
    """Routes of all plugins; a plugin whose hook fails, or that takes a route already taken, is left out."""
    kept: dict[tuple[str, str], InboundRoute] = {}
    broken = []
    for plugin in host.plugins.loaded:
        try:
            for route in _routes_of(host, plugin.name):
                if kept.setdefault((route.system, route.name), route) is not route:
                    raise NotDeclared(f"the inbound route {route.system}/{route.name} is already taken")
        except NotDeclared as error:
            mend = f"Upgrade {plugin.distribution} or tell its author."
            broken.append(Broken(plugin.name, plugin.distribution, str(error), mend))
    return tuple(kept.values()), tuple(broken)


def _routes_of(host: Host, name: str) -> list[InboundRoute]:
    plugin = next(each for each in host.plugins.loaded if each.name == name)
    answers = call_one(host.plugins.manager, plugin, _HOOK) if _HOOK in plugin.hooks else []
    found = [route for answer in answers for route in answer]
    if any(not isinstance(route, InboundRoute) for route in found):
        raise NotDeclared(f"{_HOOK} returned something else than InboundRoute")
    return found


def _settings(runtime: Runtime, system: str, name: str) -> Mapping[str, str] | None:
    connection = runtime.connections.find(name)
    if connection is None or connection.system != system:
        return None
    return Asked.by(runtime.system(system)).with_defaults(runtime.connections.clear(connection))


def _keep(runtime: Runtime, back_office: str, answer: InboundAnswer) -> None:
    if not (answer.hints or answer.settled):
        return
    now = runtime.clock.now().isoformat()
    with runtime.store.transaction() as transaction:
        for obj, key in answer.hints:
            transaction.save_fact(hints_scope(back_office), f"{obj} {key}", now)
        for correlation in answer.settled:
            transaction.save_fact(settled_scope(back_office), correlation, now)


def _trouble(runtime: Runtime) -> str:
    try:
        runtime.connections.all()
    except Exception:  # noqa: BLE001 - whatever it is, the process is not healthy, and nobody outside learns why
        return "database unavailable"
    return ""
