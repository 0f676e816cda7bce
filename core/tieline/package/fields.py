"""Short words for custom fields: each makes one `CustomField` component from its owner, name and label.

Plugins that add components of their own use the same words.
"""

from __future__ import annotations

from collections.abc import Sequence

from tieline.contract.component import Component, Property
from tieline.contract.kinds import Format, Text

CUSTOM_FIELD = "CustomField"
LONG = 255
"""The longest plain text; beyond it the platform has long text areas only (256 to 131,072 characters)."""

_FORMATS = {Format.EMAIL: "Email", Format.PHONE: "Phone", Format.URL: "Url"}


def field(owner: str, name: str, label: str, kind: str, hint: str = "", **more: Property) -> Component:
    """A custom field of metadata type `kind`."""
    properties: dict[str, Property] = {"label": label, "type": kind, **more}
    if hint:
        properties["inlineHelpText"] = hint
    return Component(CUSTOM_FIELD, f"{owner}.{name}", properties)


def text(owner: str, name: str, label: str, length: int = LONG, hint: str = "") -> Component:
    return field(owner, name, label, "Text", hint, length=length)


def long_text(owner: str, name: str, label: str, length: int = 32768, hint: str = "") -> Component:
    return field(owner, name, label, "LongTextArea", hint, length=max(length, LONG + 1), visibleLines=4)


def external_id(owner: str, name: str, label: str, hint: str = "") -> Component:
    """A unique, case sensitive key by which rows are upserted."""
    return field(owner, name, label, "Text", hint, length=LONG, unique=True, caseSensitive=True, externalId=True)


def formatted(owner: str, name: str, label: str, kind: Text, hint: str = "") -> Component:
    """A text field as its declared format and length ask for."""
    if kind.format in _FORMATS:
        return field(owner, name, label, _FORMATS[kind.format], hint)
    if kind.length > LONG:
        return long_text(owner, name, label, kind.length, hint)
    if kind.format is Format.AREA:
        return field(owner, name, label, "TextArea", hint)
    return text(owner, name, label, kind.length, hint)


def number(owner: str, name: str, label: str, scale: int = 2, precision: int = 18, hint: str = "") -> Component:
    """Amounts are numbers too: a currency field would show the org's currency sign on the back office's money."""
    return field(owner, name, label, "Number", hint, precision=precision, scale=scale)


def checkbox(owner: str, name: str, label: str, hint: str = "") -> Component:
    return field(owner, name, label, "Checkbox", hint, defaultValue=False)


def picklist(
    owner: str,
    name: str,
    label: str,
    values: Sequence[str],
    default: str = "",
    hint: str = "",
) -> Component:
    """A restricted picklist: values that were not declared are refused."""
    rows: list[Property] = [{"fullName": value, "label": value, "default": value == default} for value in values]
    chosen: Property = {"restricted": True, "valueSetDefinition": {"sorted": False, "value": rows}}
    return field(owner, name, label, "Picklist", hint, valueSet=chosen)


def lookup(owner: str, name: str, label: str, target: str, children: str, hint: str = "") -> Component:
    """A look-up; `children` names the way back from the target (`Account.ERP_Links__r` for `ERP_Links`)."""
    return field(
        owner, name, label, "Lookup", hint, referenceTo=target, relationshipName=children, deleteConstraint="SetNull"
    )


def detail_of(owner: str, name: str, label: str, target: str, children: str) -> Component:
    """A master-detail field: rows live and die with their master and are shared like it."""
    return field(
        owner, name, label, "MasterDetail", referenceTo=target, relationshipName=children, relationshipOrder=0,
        reparentableMasterDetail=False, writeRequiresMasterRead=False,
    )  # fmt: skip


def owner_of(component: Component) -> str:
    """`Account` of `Account.ERP_Key__c`."""
    return component.name.partition(".")[0]


def name_of(component: Component) -> str:
    """`ERP_Key__c` of `Account.ERP_Key__c`."""
    return component.name.partition(".")[2]


def children_name(owner: str, name: str) -> str:
    """A name for the way back that no other look-up of the target has: owner and field, within 40 characters."""
    words = f"{owner.removesuffix('__c')}_{name.removesuffix('__c')}"
    return words[:40].rstrip("_")
