"""The accounting entity on a record's row, over the wire: who may choose it, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tieline.actions.promote import request_promotion
from tieline.host.connecting import Said, connect
from tieline.host.runtime import Runtime
from tieline.sync.choices import take_choices
from tieline.sync.cycle import Cycle
from tieline.sync.panel import write_panels
from tieline.workers.chosen import to_install
from tieline.workers.packages import Installer
from tieline_sandbox.application import EditRefused


def _choose(tie: Any, account: str, entity: str) -> None:
    rows = tie.org.all("ERP_Link__c")
    row = next(ident for ident, values in rows.items() if values.get("Account__c") == account)
    tie.crm_edit("ERP_Link__c", row, Accounting_Entity__c=entity)


def _with_entities(tie: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """As if Unleashed had several organisations behind one key; returns the engine's context."""
    plain = tie.runtime.host.declarations
    several = replace(plain, systems=tuple(replace(one, one_entity=False) for one in plain.systems))
    monkeypatch.setattr(Runtime, "declarations", property(lambda _self: several))
    installer = Installer(tie.runtime)
    installer.apply(installer.plan())
    return replace(tie.engine().context, entities=("", "south"))


def test_where_there_is_one_entity_people_may_not_edit_it(new_tie: Callable[[], Any]) -> None:
    tie = new_tie()
    account = tie.account(Name="Alone")
    tie.settle()
    with pytest.raises(EditRefused):
        _choose(tie, account, "south")


def test_a_person_chooses_and_promote_goes_there(new_tie: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    tie = new_tie()
    account = tie.account(Name="Chosen")
    tie.settle()
    context = _with_entities(tie, monkeypatch)
    assert take_choices(context) == 0
    _choose(tie, account, "west")
    assert take_choices(context) == 1
    write_panels(context)
    told = tie.panel(account)
    assert told.get("Accounting_Entity__c") is None
    assert told["Notes__c"].startswith("There is no such accounting entity.")
    _choose(tie, account, "south")
    assert take_choices(context) == 1
    request_promotion(context, "customer", account)
    Cycle(context).settle()
    told = tie.panel(account)
    assert (told["Accounting_Entity__c"], told.get("Notes__c"), bool(told["ERP_Id__c"])) == ("south", None, True)
    assert len(tie.erp.made("Customers", CustomerName="Chosen")) == 1
    _choose(tie, account, "west")
    assert take_choices(context) == 1
    write_panels(context)
    assert tie.panel(account)["Accounting_Entity__c"] == "south"
    calls = tie.org.calls()
    assert take_choices(context) == 0
    assert tie.org.calls() - calls == 1


def test_forms_ask_for_the_back_office_once_there_are_two(new_tie: Callable[[], Any]) -> None:
    tie = new_tie()
    assert not to_install(tie.runtime, "unleashed").systems[0].several_back_offices
    connect(tie.runtime, "unleashed", "more", Said(tie.erp.running.document_path), check=False)
    changed = [one.name for one in Installer(tie.runtime, "unleashed").plan().sent]
    assert "Account.Unleashed_Promote" in changed
