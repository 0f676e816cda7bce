"""Records as readers see them: what is stored, and what follows from it by a relation or a sum."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from tieline_intacct.sandbox import audit
from tieline_intacct.sandbox.catalogue import Catalogue, Field, Kind, ObjectType, Reference
from tieline_intacct.sandbox.problems import query_failed, unknown_field
from tieline_intacct.sandbox.scope import Scope
from tieline_intacct.sandbox.values import number, plain
from tieline_sandbox.state import Reader, Values

RECORDNO = "RECORDNO"


@dataclass(frozen=True, slots=True)
class Row:
    """One record. `get` takes any path that `resolve` accepts."""

    reader: Reader
    catalogue: Catalogue
    kind: ObjectType
    ident: str
    body: Values
    _known: dict[str, Row | None] = field(default_factory=dict, compare=False, repr=False)

    def get(self, path: str) -> str | None:
        """The display value; None for null."""
        if path in (RECORDNO, self.kind.number):
            return self.ident
        if path in self.body:
            value = self.body[path]
            return value if isinstance(value, str) else None
        if path in self.kind.derived:
            return self._derived(path)
        if computed := _COMPUTED.get((self.kind.name, path)) or _COMPUTED.get(("", path)):
            return computed(self)
        head, _, rest = path.partition(".")
        relation = self.kind.relation(head) if rest else None
        target = self.follow(relation) if relation else None
        return target.get(rest) if target else None

    def follow(self, reference: Reference) -> Row | None:
        """The record named; looked up once a row."""
        value = self.body.get(reference.field)
        if value is None:
            return None
        if reference.path not in self._known:
            kind = self.catalogue[reference.target]
            by_integer = self.kind.fields[reference.field].kind is Kind.INTEGER
            find = by_number if by_integer else by_key
            self._known[reference.path] = find(self.reader, self.catalogue, kind, value)
        return self._known[reference.path]

    def _derived(self, path: str) -> str | None:
        part, reference = self.kind.derived[path]
        target = self.follow(reference)
        if target is None:
            return None
        return target.ident if part == "key" else label(target)


def label(row: Row) -> str | None:
    """The record's name; an employee is called by its contact's."""
    return row.get("PERSONALINFO.PRINTAS") if row.kind.name == "EMPLOYEE" else row.get(row.kind.label)


def by_number(reader: Reader, catalogue: Catalogue, kind: ObjectType, ident: str) -> Row | None:
    body = reader.get(kind.name, ident)
    return Row(reader, catalogue, kind, ident, body) if body is not None else None


def by_key(reader: Reader, catalogue: Catalogue, kind: ObjectType, value: str) -> Row | None:
    """By the ID field; the reader has to tell who may see it."""
    found = reader.find(kind.name, kind.key, value) if kind.key else []
    return Row(reader, catalogue, kind, *found[0]) if found else None


def visible(scope: Scope, kind: ObjectType, body: Values, *, private: bool = False) -> bool:
    """Whether the session sees the record [D].

    The top level does not see what belongs to an entity unless it asks for it; an entity sees its own and what the
    top level shares with it.
    """
    if not kind.private:
        return True
    owner, here = body.get("MEGAENTITYID") or "", scope.who.location
    if not here:
        return not owner or private
    if owner:
        return bool(owner == here)
    match body.get("OBJECTRESTRICTION"):
        case "RootOnly":
            return False
        case "Restricted":
            return here in (body.get("RESTRICTEDLOCATIONS") or "").split("#~#")
    return True


def all_rows(scope: Scope, kind: ObjectType, *, private: bool = False) -> Iterator[Row]:
    """Every record the session sees, in no order that anybody may rely on."""
    if kind.name == audit.NAME:
        yield from audit_rows(scope)
        return
    for ident, body in scope.reader.all(kind.name):
        if visible(scope, kind, body, private=private):
            yield Row(scope.reader, scope.catalogue, kind, ident, body)


def audit_rows(scope: Scope, mode: str = "") -> Iterator[Row]:
    """Who did what; with a mode that alone, which spares reading the whole log."""
    kind = scope.catalogue[audit.NAME]
    for ident, body in audit.rows(scope.reader, scope.catalogue, mode):
        yield Row(scope.reader, scope.catalogue, kind, ident, body)


def found_rows(scope: Scope, kind: ObjectType, field: str, value: str, *, private: bool = False) -> Iterator[Row]:
    """The visible records whose indexed field has that value."""
    for ident, body in scope.reader.find(kind.name, field, value):
        if visible(scope, kind, body, private=private):
            yield Row(scope.reader, scope.catalogue, kind, ident, body)


def seen(scope: Scope, kind: ObjectType, value: str) -> Row | None:
    """The visible record with that ID."""
    return next(found_rows(scope, kind, kind.key, value), None) if kind.key else None


def resolve(catalogue: Catalogue, kind: ObjectType, path: str, crossed: tuple[str, ...] = ()) -> Field:
    """The field a dotted path leads to. A hierarchy may be crossed once [D]. Raises Refused."""
    found = kind.fields.get(path)
    if found is not None and found.kind is not Kind.LIST:
        return found
    head, _, rest = path.partition(".")
    relation = kind.relation(head) if rest else None
    if relation is None:
        raise unknown_field([path], kind.name)
    if relation.target == kind.name:
        if kind.name in crossed:
            raise query_failed(f"The hierarchy of {kind.name} can be crossed once only: {path}")
        crossed = (*crossed, kind.name)
    return resolve(catalogue, catalogue[relation.target], rest, crossed)


def _customer_due(row: Row) -> str:
    invoices = row.reader.find("ARINVOICE", "CUSTOMERID", row.body.get("CUSTOMERID"))
    return plain(sum((number(body.get("TOTALDUE") or "0") for _, body in invoices), Decimal(0)))


def _owner(part: str) -> Callable[[Row], str | None]:
    def told(row: Row) -> str | None:
        owner = row.body.get("MEGAENTITYID")
        entity = by_key(row.reader, row.catalogue, row.catalogue["LOCATIONENTITY"], owner) if owner else None
        return (entity.ident if part == "key" else entity.get("NAME")) if entity else None

    return told


def _user_number(row: Row, field: str) -> str | None:
    user = by_key(row.reader, row.catalogue, row.catalogue["USERINFO"], row.body.get(field) or "")
    return user.ident if user else None


def _address(row: Row) -> str:
    return f"https://www.intacct.com/ia/acct/ur.phtml?.r={row.kind.name.lower()}-{row.ident}"


_COMPUTED: Mapping[tuple[str, str], Callable[[Row], str | None]] = {
    ("CUSTOMER", "TOTALDUE"): _customer_due,
    ("CUSTOMER", "ENTITY"): lambda row: f"C{row.get('CUSTOMERID')}",
    ("SODOCUMENT", "TOTALPAID"): lambda row: row.get("ARINVOICE.TOTALPAID"),
    ("SODOCUMENT", "TOTALDUE"): lambda row: row.get("ARINVOICE.TOTALDUE"),
    ("CUSTOMER", "TERMVALUE"): lambda row: row.get("TERM.VALUE"),
    ("", "createdAt"): lambda row: row.body.get("WHENCREATED"),
    ("", "updatedAt"): lambda row: row.body.get("WHENMODIFIED"),
    ("", "createdBy"): lambda row: _user_number(row, "CREATEDBY"),
    ("", "updatedBy"): lambda row: _user_number(row, "MODIFIEDBY"),
    ("", "MEGAENTITYKEY"): _owner("key"),
    ("", "MEGAENTITYNAME"): _owner("name"),
    ("", "RECORD_URL"): _address,
}
