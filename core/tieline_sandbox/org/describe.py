"""describe: every key that clients read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tieline_sandbox.org.access import Access
from tieline_sandbox.org.schema.types import NUMBER_KINDS, Child, Field, Kind, ObjectType, Schema

MASTER_TYPE = "012000000000000AAA"
_SOAP = {
    Kind.ID: "tns:ID", Kind.REFERENCE: "tns:ID", Kind.BOOLEAN: "xsd:boolean", Kind.INT: "xsd:int",
    Kind.DOUBLE: "xsd:double", Kind.CURRENCY: "xsd:double", Kind.PERCENT: "xsd:double", Kind.DATE: "xsd:date",
    Kind.DATETIME: "xsd:dateTime", Kind.TIME: "xsd:time", Kind.ADDRESS: "urn:address",
}  # fmt: skip


def summary(kind: ObjectType, access: Access, data: str) -> dict[str, Any]:
    """An object in the global describe."""
    rights = access.rights(kind)
    base = f"{data}/sobjects/{kind.name}"
    return {
        "activateable": False, "associateEntityType": None, "associateParentEntity": None,
        "createable": kind.createable and rights.create, "custom": kind.custom, "customSetting": False,
        "deepCloneable": False, "deletable": kind.deletable and rights.delete, "deprecatedAndHidden": False,
        "feedEnabled": False, "hasSubtypes": False, "isInterface": False, "isSubtype": False,
        "keyPrefix": kind.prefix or None, "label": kind.label, "labelPlural": kind.plural,
        "layoutable": kind.layoutable, "mergeable": kind.name in ("Account", "Contact"),
        "mruEnabled": not kind.computed,
        "name": kind.name, "queryable": True, "replicateable": kind.replicateable and not kind.computed,
        "retrieveable": not kind.computed, "searchable": not kind.computed, "triggerable": kind.layoutable,
        "undeletable": kind.undeletable, "updateable": kind.updateable and rights.edit,
        "urls": {
            "sobject": base, "describe": f"{base}/describe", "rowTemplate": f"{base}/{{ID}}",
            "layouts": f"{base}/describe/layouts", "quickActions": f"{base}/quickActions",
            "compactLayouts": f"{base}/describe/compactLayouts",
        },
    }  # fmt: skip


def full(kind: ObjectType, schema: Schema, access: Access, data: str) -> dict[str, Any]:
    """`/describe`: only the fields the caller may see."""
    fields = [describe_field(kind, each, access) for each in kind.fields.values() if access.sees(kind, each)]
    return {
        "actionOverrides": [],
        **summary(kind, access, data),
        "childRelationships": _children(kind, schema, access),
        "compactLayoutable": True, "defaultImplementation": None, "extendedBy": None, "extendsInterfaces": None,
        "fields": fields,
        "implementedBy": None, "implementsInterfaces": None, "listviewable": None, "lookupLayoutable": None,
        "namedLayoutInfos": [], "networkScopeFieldName": None,
        "recordTypeInfos": [master_type(kind, data)], "searchLayoutable": True, "sobjectDescribeOption": "FULL",
        "supportedScopes": [{"label": f"All {kind.plural.lower()}", "name": "everything"}],
    }  # fmt: skip


def master_type(kind: ObjectType, data: str) -> dict[str, Any]:
    """The record type that every object has by itself."""
    return record_type(kind, data, {"Id": MASTER_TYPE, "DeveloperName": "Master", "Name": "Master", "IsActive": True})


def record_type(kind: ObjectType, data: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A RecordTypeInfo; without assignments by profile the master type is everybody's default."""
    master = row["Id"] == MASTER_TYPE
    return {
        "active": row["IsActive"], "available": row["IsActive"], "defaultRecordTypeMapping": master,
        "developerName": row["DeveloperName"], "master": master, "name": row["Name"], "recordTypeId": row["Id"],
        "urls": {"layout": f"{data}/sobjects/{kind.name}/describe/layouts/{row['Id']}"},
    }  # fmt: skip


def _children(kind: ObjectType, schema: Schema, access: Access) -> list[dict[str, Any]]:
    def visible(child: Child) -> bool:
        owner = access.object(schema, child.object)
        return owner is not None and access.sees(owner, child.field)

    return [
        {
            "cascadeDelete": child.field.on_delete.value == "Cascade", "childSObject": child.object,
            "deprecatedAndHidden": False, "field": child.field.name, "junctionIdListNames": [],
            "junctionReferenceTo": [], "relationshipName": child.name,
            "restrictedDelete": child.field.on_delete.value == "Restrict",
        }
        for child in schema.children_of(kind.name) if visible(child)
    ]  # fmt: skip


def describe_field(kind: ObjectType, field: Field, access: Access) -> dict[str, Any]:
    """One field with all its keys."""
    editable = access.edits(kind, field)
    listed = field.filterable
    digits = field.precision if field.kind in NUMBER_KINDS else 0
    return {
        "aggregatable": listed and field.kind is not Kind.BOOLEAN, "aiPredictionField": False,
        "autoNumber": field.auto_number is not None,
        "byteLength": _bytes(field),
        "calculated": field.calculated, "calculatedFormula": None, "cascadeDelete": field.on_delete.value == "Cascade",
        "caseSensitive": field.case_sensitive, "compoundFieldName": field.compound, "controllerName": None,
        "createable": field.createable and editable and access.rights(kind).create, "custom": field.custom,
        "defaultValue": field.default, "defaultValueFormula": None,
        "defaultedOnCreate": _defaulted(field),
        "dependentPicklist": False, "deprecatedAndHidden": False, "digits": digits if field.kind is Kind.INT else 0,
        "displayLocationInDecimal": False, "encrypted": False, "externalId": field.external_id,
        "extraTypeInfo": _extra(field),
        "filterable": listed, "filteredLookupInfo": None, "formulaTreatNullNumberAsZero": False,
        "groupable": listed and field.kind not in (Kind.DATETIME, Kind.DOUBLE, Kind.CURRENCY, Kind.PERCENT),
        "highScaleNumber": False, "htmlFormatted": field.html,
        "idLookup": _finds(field),
        "inlineHelpText": field.help, "label": field.label, "length": field.length, "mask": None, "maskType": None,
        "name": field.name, "nameField": field.name_field, "namePointing": len(field.reference_to) > 1,
        "nillable": field.nillable, "permissionable": field.nillable and not field.master and not field.name_field,
        "picklistValues": _values(field), "polymorphicForeignKey": len(field.reference_to) > 1,
        "precision": digits if field.kind is not Kind.INT else 0,
        "queryByDistance": False, "referenceTargetField": None, "referenceTo": list(field.reference_to),
        "relationshipName": field.relationship, "relationshipOrder": 0 if field.master else None,
        "restrictedDelete": field.on_delete.value == "Restrict", "restrictedPicklist": field.restricted,
        "scale": field.scale, "searchPrefilterable": False, "soapType": _SOAP.get(field.kind, "xsd:string"),
        "sortable": listed, "type": field.kind.value, "unique": field.unique,
        "updateable": field.updateable and editable and access.rights(kind).edit, "writeRequiresMasterRead": False,
    }  # fmt: skip


def _stamped(field: Field) -> bool:
    return field.name in (
        "Id",
        "IsDeleted",
        "CreatedDate",
        "CreatedById",
        "LastModifiedDate",
        "LastModifiedById",
        "SystemModstamp",
    )


def _bytes(field: Field) -> int:
    return 18 if field.kind in (Kind.ID, Kind.REFERENCE) else field.length * 3


def _defaulted(field: Field) -> bool:
    return field.default is not None or field.name == "OwnerId" or field.auto_number is not None or _stamped(field)


def _finds(field: Field) -> bool:
    """Whether a row may be looked up by this field in an upsert or a lookup."""
    named = field.name_field and field.filterable and not field.custom
    return field.external_id or field.unique or field.kind is Kind.ID or named


def _extra(field: Field) -> str | None:
    if field.kind is not Kind.TEXTAREA:
        return "personname" if field.compound == "Name" else None
    return "richtextarea" if field.html else "plaintextarea"


def _values(field: Field) -> list[dict[str, Any]]:
    return [
        {
            "active": each.active,
            "defaultValue": each.default,
            "label": each.label,
            "validFor": None,
            "value": each.value,
        }
        for each in field.values
    ]
