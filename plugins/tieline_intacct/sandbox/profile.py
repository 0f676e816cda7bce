"""What may differ between companies, and where the reference says nothing: switches with a default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from tieline_intacct.sandbox.values import zone_of

PROFILE_SETTING = "profile"


@dataclass(frozen=True, slots=True)
class Profile:
    """How this local company behaves. Every default is a proposal [I] unless a comment says otherwise."""

    session_minutes: int = 360
    strict_endpoint: bool = False  # a public SDK posts everything to the first address [T]
    concurrency: int = 2  # most customers' limit [third party]
    sender_authorized: bool = True
    gateway_login_refusals: bool = False  # a wrong password as HTTP 401 XMLGW_JPP0002, seen of newer gateways [S]
    offline: bool = False  # "The Service is Temporarily Off-line" in every function [T]
    rate_limited: bool = False  # "API rate limit exceeded" inside an HTTP 200 [T]
    support_ids: bool = False  # " [Support ID: ...]" behind description2 [T]
    two_roots: bool = False  # a reply with two root elements, which one client mends [T]
    short_names: bool = True  # readByQuery answers in lower case, as the SDKs' samples do [S]
    bare_aggregates: bool = False  # `TOTALDUE` instead of `SUM.TOTALDUE`: the reference prints both [D]
    repeated_number: str = "XL03000011"  # what a repeated function controlid is refused with was not found
    denied_objects: str = ""  # names, separated by blanks, that the user may not touch
    auto_numbering: bool = True
    zone: str = "UTC"  # of WHENCREATED and WHENMODIFIED: not documented; a CRM adapter assumes America/New_York [T]
    company_expired: bool = False  # an expired demo company is refused with PL04000055 [S]
    policy: str = ""  # a transport policy that is set up: its calls are acknowledged, the real reply goes nowhere
    audit_failing: bool = False  # AUDITHISTORY answers DL02000001, as one client met it [T]

    def changed(self, values: Mapping[str, Any]) -> Profile:
        """A copy with some switches set. Raises ValueError for a name that is no switch or a value of another type."""
        types = {field.name: type(field.default) for field in fields(self)}
        for name, value in values.items():
            if name not in types:
                raise ValueError(f"{name} is no setting of the company; settings are {', '.join(types)}")
            if type(value) is not types[name]:
                raise ValueError(f"{name} must be of type {types[name].__name__}")
        changed = replace(self, **values)
        zone_of(changed.zone)
        return changed
