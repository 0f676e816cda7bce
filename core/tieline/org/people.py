"""Users of the org and their rights."""

from __future__ import annotations

from tieline.contract import ListRow, Misconfigured, PermanentError
from tieline.org import soql
from tieline.org.describe import Describer
from tieline.org.queries import Queries
from tieline.org.session import Session
from tieline.org.values import full_id

_ATTRIBUTES = {"email": "Email", "username": "Username", "language": "LanguageLocaleKey"}
_ASSIGNMENT = "PermissionSetAssignment"
_UNFILTERED = ("LongTextArea", "Html")
"""Types of fields that no condition may name."""
_MOST_LOOKED_AT = 2000


def users(queries: Queries, describer: Describer) -> list[ListRow]:
    """Every user, retired ones inactive; attributes email, username, language as far as they are visible."""
    fields = describer.visible("User", ("Id", "Name", "IsActive", *_ATTRIBUTES.values()))
    return [
        ListRow(
            key=full_id(row["Id"]),
            label=str(row.get("Name") or ""),
            active=bool(row.get("IsActive", True)),
            attributes={name: str(row[field]) for name, field in _ATTRIBUTES.items() if row.get(field)},
        )
        for row in queries.rows(soql.select("User", list(fields), order=("Id",)))
    ]


def may_edit(queries: Queries, user_id: str, record_id: str) -> bool:
    """Whether sharing and rights let this user edit this record, by the org's own answer."""
    user, record = full_id(user_id), full_id(record_id)
    if not user or not record:
        return False
    where = [soql.equal("UserId", user), soql.equal("RecordId", record)]
    rows = queries.rows(soql.select("UserRecordAccess", ["RecordId", "HasEditAccess"], where=where))
    return any(row.get("HasEditAccess") is True for row in rows)


def assign_permission_set(session: Session, queries: Queries, name: str, user_id: str) -> bool:
    """True when it was not assigned before. Raises Misconfigured when the org has no such set."""
    found = list(queries.rows(soql.select("PermissionSet", ["Id"], where=[soql.equal("Name", name)])))
    if not found:
        mend = "Apply the package first."
        raise Misconfigured(f"has no permission set {name}", where=session.where, mend=mend)
    wanted = {"AssigneeId": full_id(user_id), "PermissionSetId": str(found[0]["Id"])}
    where = [soql.equal(field, value) for field, value in wanted.items()]
    if list(queries.rows(soql.select(_ASSIGNMENT, ["Id"], where=where))):
        return False
    return _assign(session, wanted)


def _assign(session: Session, wanted: dict[str, str]) -> bool:
    """The org keeps the pair unique, so a repeat can only be refused."""
    try:
        session.write_safely("POST", session.data("sobjects", _ASSIGNMENT), wanted)
    except PermanentError as error:
        if error.code != "DUPLICATE_VALUE":
            raise
        return False
    return True


def holders(queries: Queries, name: str) -> dict[str, str]:
    """Who holds a permission set: user id -> id of the assignment. Nobody when there is no such set."""
    where = [soql.equal("PermissionSet.Name", name)]
    return {
        full_id(row["AssigneeId"]): str(row["Id"])
        for row in queries.rows(soql.select(_ASSIGNMENT, ["Id", "AssigneeId"], where=where))
    }


def take_permission_set(session: Session, queries: Queries, name: str) -> None:
    """From everybody; one that is gone by then is no harm."""
    for assignment in holders(queries, name).values():
        try:
            session.write_safely("DELETE", session.data("sobjects", _ASSIGNMENT, assignment), None)
        except PermanentError as error:
            if error.code not in ("ENTITY_IS_DELETED", "NOT_FOUND"):
                raise


def row_count(queries: Queries, obj: str, field: str = "", kind: str = "") -> int | None:
    """Rows of an object, or those in which a field of a metadata type holds something; None when the org does not let
    us ask. Of texts that no condition may name a page is looked at."""
    try:
        if kind in _UNFILTERED:
            rows = queries.rows(soql.select(obj, ["Id", field], limit=_MOST_LOOKED_AT))
            return sum(row.get(field) not in (None, "") for row in rows)
        (row,) = queries.rows(soql.count(obj, [_holds_something(field, kind)] if field else []))
        return int(row["n"])
    except PermanentError:
        return None


def _holds_something(field: str, kind: str) -> soql.Condition:
    """A checkbox does when it is set."""
    return soql.compare(field, "=", True) if kind == "Checkbox" else soql.compare(field, "!=", None)
