"""What a plugin provides for one ERP product."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tieline.contract.client import Client
from tieline.contract.effects import Clock, Randomness
from tieline.contract.metering import ForgetfulMeter, Meter
from tieline.contract.transport import Transport

CONTRACT = 1
"""The contract version this host speaks; a plugin states the one it was written for."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing an administrator fills in to connect. Secrets are encrypted at rest and never shown again."""

    name: str
    label: str
    help: str
    secret: bool = False
    required: bool = True
    default: str = ""


@dataclass(frozen=True, slots=True)
class ClientContext:
    """What a client factory gets: settings (secrets in clear, never to be logged), and its effects. `meter` keeps
    counts of billed calls across restarts."""

    back_office: str
    settings: Mapping[str, str]
    transport: Transport
    clock: Clock
    randomness: Randomness
    meter: Meter = field(default_factory=ForgetfulMeter)


@dataclass(frozen=True, slots=True)
class Polling:
    """How often the host looks, as the plugin thinks best; an administrator may say otherwise (`changes_every`,
    `lists_every`). `changes`: for changed records; nothing: in every cycle. `lists`: at managed lists."""

    changes: timedelta = timedelta(0)
    lists: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class System:
    """An ERP product: how to connect, how to make a client, and its local stand-in.

    `hosts` are the host name patterns the client may call (`*.example.com`); any other call is refused.
    `sandbox` returns the stand-in's application factory; it is imported only when asked for.
    `prefix` starts the API names of this system's objects in the org (`Unleashed_Warehouse__c`).
    `requires` names systems whose packages must stand in the org before this one's.
    `describe_sandbox` turns the stand-in's document (`<name>.json`) into connection settings.
    `one_clock`: its records are stamped by the CRM's own clock (it runs inside the CRM); only then can the newer of two
    edits be told.
    `one_entity`: a back office of it has one accounting entity alone, so people have none to choose.
    `polling`: how often its back offices are asked. `monthly_limit`: the setting that holds how many billed calls a
    month may have, for a client that counts them with its meter by months (`2026-05`).
    `several_back_offices`: filled in by the host; the forms of buttons ask which one is meant.
    """

    name: str
    label: str
    prefix: str
    settings: tuple[Setting, ...]
    client: Callable[[ClientContext], Client]
    hosts: tuple[str, ...]
    sandbox: Callable[[], Any] | None = None
    describe_sandbox: Callable[[Mapping[str, Any]], Mapping[str, str]] | None = None
    contract: int = CONTRACT
    entity_label: str = "Accounting entity"
    demo: DemoPlan | None = None
    requires: tuple[str, ...] = ()
    one_clock: bool = False
    one_entity: bool = False
    several_back_offices: bool = False
    polling: Polling = Polling()
    monthly_limit: str = ""


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """What the demonstration shows of a system: the mapping names behind accounts, contacts and products, the action
    that makes an order, and the field it edits on both sides: its name in the org and in the system's own screens.
    `documents`: actions pressed one after the other on one opportunity, the order's among them; only that one when
    empty. `new_in_crm`: mappings whose records may be made in the CRM though the declaration says no. `page_size`:
    records in one answer, where the first load's calls are to be compared with the fewest there could be."""

    accounts: str
    contacts: str
    products: str
    order_action: str
    crm_field: str = "Website"
    erp_field: str = "Website"
    documents: tuple[str, ...] = ()
    new_in_crm: tuple[str, ...] = ()
    page_size: int = 0

    @property
    def pressed(self) -> tuple[str, ...]:
        return self.documents or (self.order_action,)
