"""The settings file's form. Everything may be left out; what is left out is as the plugin declared it.

paused: false                     # all back offices
back_offices:
  unleashed:                      # the connection's name
    paused: false
    objects:
      customer:                   # a mapping of the plugin
        enabled: true
        promotion: automatic
        record_types: {Prospect: never}
        sync_once: false
        create_in_crm: true
        source: crm               # where the plugin lets one side be the source
        fields:
          Phone: {direction: to_crm}
        more_fields:
          - {crm: Region__c, erp: CustomerType}
    actions:
      create_sales_order:         # a button of the plugin
        enabled: true
        when: record.StageName == 'Closed Won'
        otherwise: Win the opportunity first.
        header:
          - {erp: PONUMBER, crm: PO_Number__c, default: none}
        lines:
          - {erp: MEMO, value: "record.Name + ': ' + line.Description"}
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tieline.contract import Direction, Policy, Promotion, Side
from tieline.contract.naming import API_NAME

Name = Annotated[str, StringConstraints(min_length=1, max_length=80)]
TypeName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z](_?[A-Za-z0-9])*$", max_length=80)]
Scalar = str | int | bool
LEFT_OUT = "left_out_"
"""How the ERP field of a row begins that stands in for one with a mistake of form."""


class Part(BaseModel):
    """Unknown words are mistakes, and nothing is guessed from another type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class FieldSettings(Part):
    enabled: bool | None = None
    direction: Direction | None = Field(default=None, strict=False)
    policy: Policy | None = Field(default=None, strict=False)
    default: Scalar | None = None


class MoreField(Part):
    """A field that the plugin does not declare, one to one."""

    crm: Annotated[str, StringConstraints(pattern=rf"^{API_NAME.pattern}$", max_length=43)]
    erp: Name
    kind: Literal["text", "number", "flag", "day"] = "text"
    length: Annotated[int, Field(ge=1, le=131_072)] = 255
    scale: Annotated[int, Field(ge=0, le=8)] = 2
    direction: Direction = Field(default=Direction.BOTH, strict=False)
    label: Annotated[str, StringConstraints(max_length=40)] = ""


class ObjectSettings(Part):
    enabled: bool | None = None
    promotion: Promotion | None = Field(default=None, strict=False)
    record_types: dict[TypeName, Annotated[Promotion, Field(strict=False)]] = {}
    sync_once: bool | None = None
    create_in_crm: bool | None = None
    source: Side | None = Field(default=None, strict=False)
    fields: dict[Name, FieldSettings] = {}
    more_fields: tuple[MoreField, ...] = Field(default=(), strict=False)


class FillRow(Part):
    """A field of the document that a button makes: from a field of the CRM, by an expression, or with a default."""

    erp: Name
    crm: Annotated[str, StringConstraints(pattern=rf"^({API_NAME.pattern}\.)*{API_NAME.pattern}$", max_length=255)] = ""
    value: Annotated[str, StringConstraints(max_length=1000)] = ""
    default: Scalar | None = None
    custom: bool = False


class ActionSettings(Part):
    """`when` says of which records the button may be pressed, `otherwise` what is answered for the others."""

    enabled: bool = True
    when: Annotated[str, StringConstraints(max_length=1000)] = ""
    otherwise: Annotated[str, StringConstraints(max_length=255)] = ""
    header: tuple[FillRow, ...] = Field(default=(), strict=False)
    lines: tuple[FillRow, ...] = Field(default=(), strict=False)


class ListSettings(Part):
    """`mirror` names a global value set that holds the list's values, for picklists of the administrator's own."""

    mirror: Annotated[str, StringConstraints(pattern=r"^[A-Za-z](_?[A-Za-z0-9])*$", max_length=40)] | None = None


class BackOfficeSettings(Part):
    paused: bool = False
    lists: dict[Name, ListSettings] = {}
    objects: dict[Name, ObjectSettings] = {}
    actions: dict[Name, ActionSettings] = {}


class AdminSettings(Part):
    paused: bool = False
    back_offices: dict[Name, BackOfficeSettings] = {}

    def of(self, back_office: str) -> BackOfficeSettings:
        return self.back_offices.get(back_office, BackOfficeSettings())

    def is_paused(self, back_office: str) -> bool:
        return self.paused or self.of(back_office).paused
