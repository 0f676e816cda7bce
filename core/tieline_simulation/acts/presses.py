"""People promote records and press buttons, also twice and in two browsers."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from tieline.actions.promote import request_promotion
from tieline.contract import TielineError
from tieline.store.protocol import Fenced
from tieline_simulation.doors import Killed

if TYPE_CHECKING:
    from tieline_simulation.storm import Storm


def promote(storm: Storm) -> None:
    """Once, twice, or to another entity too."""
    accounts = sorted(storm.crm.alive("Account"))
    if not accounts:
        return
    key = storm.rng.choice(accounts)
    for _ in range(storm.rng.choice([1, 1, 2])):
        ask(storm, key, storm.rng.choice(storm.entities))


def ask(storm: Storm, key: str, entity: str) -> None:
    storm.oracle.allowed.add((key, entity))
    with contextlib.suppress(TielineError, Killed, Fenced):
        request_promotion(storm.web(), "customer", key, entity)
        storm.oracle.promoted.add((key, entity))


def press(storm: Storm) -> None:
    accounts = sorted(storm.crm.alive("Account"))
    if accounts:
        _press(storm, storm.rng.choice(["promote", "order"]), storm.rng.choice(accounts), "u")


def press_twice(storm: Storm) -> None:
    """The same button on the same record, in two browsers."""
    accounts = sorted(storm.crm.alive("Account"))
    if accounts:
        key = storm.rng.choice(accounts)
        for user in ("u", "v"):
            _press(storm, "promote", key, user)


def _press(storm: Storm, action: str, key: str, user: str) -> None:
    entity, row = storm.rng.choice(storm.entities), storm.token("press")
    storm.crm.add(
        "ERP_Request__c", row, Action__c=f"toy.{action}", Record_Id__c=key, Status__c="New", CreatedById=user,
        Accounting_Entity__c=entity,
    )  # fmt: skip
    storm.tally.add("presses")
    if action == "promote":
        storm.oracle.allowed.add((key, entity))
