"""The twelve lists that Intacct owns: where each is read from, and which of its fields are the key and the label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tieline.contract import ListRow, PermanentError
from tieline_intacct import functions
from tieline_intacct.functions import both, condition
from tieline_intacct.paging import Scope, everything
from tieline_intacct.replies import Row
from tieline_intacct.resource import Access

AR_TERMS = "ar_terms"
BILLING_TEMPLATES = "billing_templates"
CLASSES = "classes"
DEPARTMENTS = "departments"
EMPLOYEES = "employees"
LOCATIONS = "locations"
EXCHANGE_RATE_TYPES = "exchange_rate_types"
PROJECT_STATUSES = "project_statuses"
PROJECT_TEMPLATES = "project_templates"
PROJECT_TYPES = "project_types"
RENEWAL_TEMPLATES = "renewal_templates"
TERRITORIES = "territories"

_ACTIVE = "active"
_PER_CALL = 1000


@dataclass(frozen=True, slots=True)
class Source:
    """`attributes` are the list's words for further fields. `where` selects rows (field, value)."""

    kind: str
    key: str
    labels: tuple[str, ...]
    parent: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    where: tuple[str, str] | None = None


SOURCES: Mapping[str, Source] = {
    AR_TERMS: Source("ARTERM", "NAME", ("DESCRIPTION",)),
    BILLING_TEMPLATES: Source("CONTRACTBILLINGTEMPLATE", "NAME", ("DESCRIPTION",)),
    CLASSES: Source("CLASS", "CLASSID", ("NAME",), "PARENTID"),
    DEPARTMENTS: Source("DEPARTMENT", "DEPARTMENTID", ("TITLE",), "PARENTID"),
    EMPLOYEES: Source(
        "EMPLOYEE",
        "EMPLOYEEID",
        ("PERSONALINFO.PRINTAS", "PERSONALINFO.CONTACTNAME"),
        attributes={"email": "PERSONALINFO.EMAIL1"},
    ),
    LOCATIONS: Source("LOCATION", "LOCATIONID", ("NAME",), "PARENTID"),
    EXCHANGE_RATE_TYPES: Source("EXCHANGERATETYPES", "NAME", (), attributes={"default": "ISDEFAULT"}),
    PROJECT_STATUSES: Source("PROJECTSTATUS", "NAME", ("DESCRIPTION",)),
    # No object of their own was found: projects of the category Template [I].
    PROJECT_TEMPLATES: Source("PROJECT", "PROJECTID", ("NAME",), where=("PROJECTCATEGORY", "Template")),
    PROJECT_TYPES: Source("PROJECTTYPE", "NAME", ()),
    # The name is taken from the fields that refer to it; no page describes it [I].
    RENEWAL_TEMPLATES: Source("RENEWALMACRO", "MACROID", ("DESCRIPTION",)),
    TERRITORIES: Source("territory", "TERRITORYID", ("NAME",), "PARENTID"),
}


def read_options(access: Access, entity: str, name: str) -> Sequence[ListRow]:
    """Every row, inactive ones too. Raises PermanentError for a list nobody knows."""
    source = SOURCES.get(name)
    if source is None:
        raise PermanentError(f"there is no list {name!r}", where="Intacct", mend="Correct the plugin.", code="no_list")
    rows = _territories(access, entity) if name == TERRITORIES else _rows(access, entity, source)
    return [_option(source, row) for row in rows if row.get(source.key)]


def _rows(access: Access, entity: str, source: Source) -> Sequence[Row]:
    fields = (source.key, *source.labels, *((source.parent,) if source.parent else ()), *source.attributes.values())
    where = condition("equalto", *source.where) if source.where else None
    scope = Scope(entity, source.kind, (*fields, "STATUS"), both(where), access.company.page_size)
    return everything(access.schema, scope)


def _territories(access: Access, entity: str) -> Sequence[Row]:
    """Only the old `get_list` shows them [D]."""
    rows: list[Row] = []
    while True:
        result = access.gateway.ask(entity, functions.get_list("territory", len(rows), _PER_CALL))
        fresh = result.rows()
        rows += fresh
        if not fresh or len(rows) >= result.total:
            return rows


def _option(source: Source, row: Row) -> ListRow:
    label = next((row[name] for name in source.labels if row.get(name)), row[source.key])
    attributes = {name: row[theirs] for name, theirs in source.attributes.items() if row.get(theirs)}
    active = row.get("STATUS", _ACTIVE).lower() in (_ACTIVE, "t", "true")
    return ListRow(row[source.key], label, active, row.get(source.parent, "") if source.parent else "", attributes)
