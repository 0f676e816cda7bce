"""What really happened, from the systems' own logs below their APIs, and what really is, from reading both sides."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from tieline.contract.naming import DOCUMENT_OBJECT, ERP_KEY
from tieline.store.nouns import Link
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


def written_since(stage: Stage, marks: Marks, actor: str) -> list[Mutation]:
    """What somebody changed in the back office."""
    return [one for one in _log(stage.erp, marks.erp) if one.actor == actor]


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
    actions = [f"Action__c = '{stage.system.name}.{one}'" for one in stage.system.demo.pressed]
    return user.count("ERP_Request__c", f"({' OR '.join(actions)}) AND Status__c = 'Done'")


def created_orders(stage: Stage, engine: Engine) -> list[str]:
    """Keys of ERP documents that came in through the API, oldest first. Several mappings may share one object of the
    back office (`SODOCUMENT.quote`, `SODOCUMENT.order`), and its log may know a record by a number that is no key."""
    kinds = {m.erp_object.partition(".")[0] for m in engine.context.mappings if m.crm_object == DOCUMENT_OBJECT}
    births = [one for one in _log(stage.erp) if one.action == "insert" and one.kind in kinds and one.actor == API]
    known, found = set(document_links(engine)), []
    for birth in births:
        found.append(_key(birth, known))
        known.discard(found[-1])  # a later document may name the one it was made of
    return found


def document_links(engine: Engine) -> dict[str, Link]:
    """Links of documents by the back office's key."""
    mappings = [m.name for m in engine.context.mappings if m.crm_object == DOCUMENT_OBJECT]
    with engine.context.store.reading() as tx:
        links = [tx.find_links(engine.context.back_office, name, limit=1_000_000) for name in mappings]
    return {one.erp_key: one for found in links for one in found if one.erp_key}


def _key(birth: Mutation, known: set[str]) -> str:
    told = [birth.id, *(str(value) for value in (birth.after or {}).values())]
    return birth.id if birth.id in known else next((one for one in told if one in known), birth.id)
