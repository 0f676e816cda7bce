"""lookup and inspect: what objects there are, and what they are made of [D]."""

from __future__ import annotations

from collections.abc import Mapping

from tieline_intacct.sandbox import elements
from tieline_intacct.sandbox.catalogue import Field, Kind, ObjectType
from tieline_intacct.sandbox.catalogue.types import CONTACT, CONTACT_KEYS
from tieline_intacct.sandbox.elements import Element
from tieline_intacct.sandbox.problems import unknown_object
from tieline_intacct.sandbox.rights import reachable
from tieline_intacct.sandbox.rows import seen
from tieline_intacct.sandbox.scope import Scope

# TEXT, INTEGER and ENUM are printed in samples [D]; the others are those that a client knows [T].
_DATATYPES: Mapping[Kind, str] = {
    Kind.TEXT: "TEXT",
    Kind.INTEGER: "INTEGER",
    Kind.DECIMAL: "DECIMAL",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.DATE: "DATE",
    Kind.DATETIME: "TIMESTAMP",
    Kind.ENUM: "ENUM",
    Kind.LIST: "TEXT",
}


def lookup(scope: Scope, element: Element) -> list[Element]:
    name = elements.text_of(element, "object") or elements.text_of(element, "name")
    kind = reachable(scope, name, "L")
    data = elements.make("data", listtype="All", count="1")
    told = elements.add(data, "Type", Name=kind.name, DocumentType=elements.text_of(element, "docparid"))
    fields = elements.add(told, "Fields")
    for field in kind.fields.values():
        if field.kind is not Kind.LIST:
            _add_field(fields, field)
    relations = elements.add(told, "Relationships")
    for path, target, by in _relations(kind):
        _add_relation(relations, path, target, by)
    return [data]


def inspect(scope: Scope, element: Element) -> list[Element]:
    """All objects by `*`, else the fields of one; `detail="1"` describes them."""
    asked = elements.text_of(element, "object") or elements.text_of(element, "name")
    if asked == "*":
        data = elements.make("data", listtype="All")
        for kind in sorted(scope.catalogue, key=lambda one: one.name):
            if kind.functions:
                elements.add(data, "type", _title(kind.name), typename=kind.name)
        return [data]
    definition = seen(scope, scope.catalogue["SODOCUMENTPARAMS"], asked)
    kind = reachable(scope, "SODOCUMENT" if definition else asked, "L")
    if not kind.functions:
        raise unknown_object(asked)
    data = elements.make("data", listtype="All", count="1")
    fields = elements.add(elements.add(data, "Type", Name=kind.name), "Fields")
    for field in kind.fields.values():
        if element.get("detail") == "1":
            _add_field(fields, field)
        else:
            elements.add(fields, "Field", field.name)
    return [data]


def _relations(kind: ObjectType) -> list[tuple[str, str, str]]:
    """(path, object, the field that relates)."""
    named = [(one.path, one.target, one.field) for one in kind.references.values()]
    return named + [(group, CONTACT, CONTACT_KEYS[group]) for group in kind.contacts]


def _add_field(parent: Element, field: Field) -> None:
    told = elements.add(parent, "Field")
    elements.add(told, "ID", field.name)
    elements.add(told, "LABEL", _title(field.name))
    elements.add(told, "DESCRIPTION", _title(field.name))
    elements.add(told, "REQUIRED", _word(field.required))
    elements.add(told, "READONLY", _word(field.readonly))
    elements.add(told, "DATATYPE", _DATATYPES[field.kind])
    if field.values:
        valid = elements.add(told, "VALIDVALUES")
        for value in field.values:
            elements.add(valid, "VALIDVALUE", value)
    elements.add(told, "ISCUSTOM", _word(field.custom))


def _add_relation(parent: Element, path: str, target: str, by: str) -> None:
    told = elements.add(parent, "Relationship")
    elements.add(told, "OBJECTPATH", path)
    elements.add(told, "OBJECTNAME", target)
    elements.add(told, "LABEL", _title(path))
    elements.add(told, "RELATIONSHIPTYPE", "MANY2ONE")
    elements.add(told, "RELATEDBY", by)


def _title(name: str) -> str:
    return name.replace(".", " ").replace("_", " ").capitalize()


def _word(value: bool) -> str:
    return "true" if value else "false"
