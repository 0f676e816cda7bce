"""What really happened, from the systems' own logs below their APIs, and what really is, from reading both sides."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from tieline.contract.naming import ERP_KEY
from tieline.workers.assemble import Engine
from tieline_sandbox.demo.people import CrmUser
from tieline_sandbox.demo.stage import Stage
from tieline_sandbox.runner import RunningSandbox
from tieline_sandbox.state import Mutation

API = "api"


@dataclass(frozen=True, slots=True)
class Marks:
    """Places in both logs."""

    org: int
    erp: int

    @classmethod
    def set(cls, stage: Stage) -> Marks:
        return cls(_last(stage.org), _last(stage.erp))

    def changes_since(self, stage: Stage) -> int:
        return len(_log(stage.org, self.org)) + len(_log(stage.erp, self.erp))


def _log(sandbox: RunningSandbox, since: int = 0) -> list[Mutation]:
    found: list[Mutation] = []
    while part := sandbox.application.state.mutations(found[-1].seq if found else since):
        found += part
    return found


def _last(sandbox: RunningSandbox) -> int:
    found = _log(sandbox)
    return found[-1].seq if found else 0


def duplicates(stage: Stage, engine: Engine, user: CrmUser) -> int:
    """Records made twice for one origin: in the org by birth marker, in the back office by what asked for them."""
    return _twins_in_org(stage) + _twins_in_erp(stage, engine, user)


def _twins_in_org(stage: Stage) -> int:
    births = [one for one in _log(stage.org) if one.action == "insert" and one.after]
    marks = Counter((one.kind, _marker(one.after)) for one in births if one.after and _marker(one.after))
    return sum(count - 1 for count in marks.values())


def _marker(values: dict[str, Any] | None) -> str:
    return str((values or {}).get(ERP_KEY) or "")


def _twins_in_erp(stage: Stage, engine: Engine, user: CrmUser) -> int:
    """Everything the engine made there was asked for: by a press that was answered Done, or by a promotion."""
    asked = _orders_asked(stage, user)
    orders = len(created_orders(stage, engine))
    return max(0, orders - asked)


def _orders_asked(stage: Stage, user: CrmUser) -> int:
    assert stage.system.demo is not None
    action = f"{stage.system.name}.{stage.system.demo.order_action}"
    return user.count("ERP_Request__c", f"Action__c = '{action}' AND Status__c = 'Done'")


def created_orders(stage: Stage, engine: Engine) -> list[str]:
    """Ids of ERP documents that came in through the API, oldest first."""
    objects = {m.erp_object for m in engine.context.mappings if m.crm_object == "ERP_Document__c"}
    births = [one for one in _log(stage.erp) if one.action == "insert" and one.kind in objects]
    return [one.id for one in births if one.actor == API]
