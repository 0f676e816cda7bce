"""API names in the org that the host, the package and the plugins must agree on."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tieline.contract.action import Parameter
from tieline.contract.kinds import Option
from tieline.contract.lists import ManagedList
from tieline.contract.system import System

ERP_KEY = "ERP_Key__c"
"""Unique external id on every mapped object: our birth marker."""

LINK_OBJECT = "ERP_Link__c"
REQUEST_OBJECT = "ERP_Request__c"
DOCUMENT_OBJECT = "ERP_Document__c"
LINE_OBJECT = "ERP_Document_Line__c"

API_NAME = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*(?:__c)?")
"""What the platform accepts as an API name: letters, digits, single underscores."""


def words_to_name(label: str) -> str:
    """`Payment term` -> `Payment_Term`."""
    return "_".join(word[:1].upper() + word[1:] for word in re.findall(r"[A-Za-z0-9]+", label))


def list_object(system: System, managed: ManagedList) -> str:
    """The object that holds a managed list: `Unleashed_Payment_Term__c`."""
    return f"{system.prefix}_{words_to_name(managed.label)}__c"


def lookup_field(crm_object: str) -> str:
    """The look-up field to an object on our own objects: `Account__c`, `Product2__c`, `ERP_Document__c`."""
    return crm_object if crm_object.endswith("__c") else f"{crm_object}__c"


def attribute_field(attribute: str) -> str:
    """The text field of a list attribute: `email` -> `Email__c`."""
    return f"{words_to_name(attribute)}__c"


def attribute_label(attribute: str) -> str:
    """`cost_rate` -> `Cost rate`."""
    return attribute.replace("_", " ").capitalize()


def list_key(back_office: str, entity: str, key: str) -> str:
    """The external id of a list row: unique over all back offices of the org."""
    return f"{back_office}/{entity}/{key}"


def permission_set(prefix: str) -> str:
    """The permission set of a system's package: `Tieline_Unleashed`."""
    return f"Tieline_{prefix}"


def quick_action(system: System, action: str) -> str:
    """The quick action's own name (without its object): `Unleashed_Create_Sales_Order`."""
    return f"{system.prefix}_{words_to_name(action.replace('_', ' '))}"


def user_permission_set(prefix: str) -> str:
    """The permission set of the people who work with a system: `Tieline_Unleashed_User`."""
    return f"{permission_set(prefix)}_User"


def request_field(system: System, parameter: Parameter, lists: Sequence[ManagedList]) -> str:
    """The field of `ERP_Request__c` that holds an action's parameter: the list's object for an option, else the
    parameter's own name (`required_date` -> `Required_Date__c`). Raises KeyError for an unknown list."""
    if isinstance(parameter.kind, Option):
        for managed in lists:
            if (managed.system, managed.name) == (system.name, parameter.kind.list):
                return list_object(system, managed)
        raise KeyError(parameter.kind.list)
    return f"{words_to_name(parameter.name.replace('_', ' '))}__c"
