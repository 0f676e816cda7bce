"""`/updated` and `/deleted`: ids changed within a window, by SystemModstamp. [D6]"""

from __future__ import annotations

from datetime import datetime, timedelta

from tieline_sandbox.org import moments
from tieline_sandbox.org.call import Call
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.rest.answers import params
from tieline_sandbox.org.schema.types import ObjectType
from tieline_sandbox.state import Reader
from tieline_sandbox.wire import Response, json_response

_UPDATED_REACH = timedelta(days=30)
_DELETED_REACH = timedelta(days=15)
_MAX_IDS = 600_000


def updated(call: Call, name: str) -> Response:
    kind = _replicated(call, name)
    call.parsed("updated", kind.name)
    start, end = _window(call, _UPDATED_REACH)
    with call.reading() as reader:
        idents = [row["Id"] for row in _between(reader, kind, start, end) if not row.get("IsDeleted")]
    if len(idents) > _MAX_IDS:
        raise OrgError("EXCEEDED_ID_LIMIT", "The window holds more than 600,000 ids; ask for a shorter one")
    return json_response(200, {"ids": idents, "latestDateCovered": moments.stamp(_covered(call, end))})


def deleted(call: Call, name: str) -> Response:
    kind = _replicated(call, name)
    call.parsed("deleted", kind.name)
    start, end = _window(call, _DELETED_REACH)
    with call.reading() as reader:
        gone = [row for row in _between(reader, kind, start, end) if row.get("IsDeleted")]
    earliest = max(call.org.clock.now() - _DELETED_REACH, moments.read_moment(call.org.setting("created")) or start)
    return json_response(
        200,
        {
            "deletedRecords": [{"id": row["Id"], "deletedDate": row["SystemModstamp"]} for row in gone],
            "earliestDateAvailable": moments.stamp(earliest),
            "latestDateCovered": moments.stamp(_covered(call, end)),
        },
    )


def _replicated(call: Call, name: str) -> ObjectType:
    kind = call.object(name)
    if not kind.replicateable or kind.computed:
        raise OrgError("INVALID_TYPE_FOR_OPERATION", f"object type {kind.name} is not replicateable")
    return kind


def _window(call: Call, reach: timedelta) -> tuple[datetime, datetime]:
    """Seconds do not count [K]; OrgError when the window is empty, turned round or too old."""
    given = params(call.request)
    start, end = (_moment(given.get(name, ""), name) for name in ("start", "end"))
    if end - start < timedelta(minutes=1):
        raise OrgError("INVALID_REPLICATION_DATE", "startDate must be before endDate by at least one minute")
    if start < call.org.clock.now() - reach:
        raise OrgError("INVALID_REPLICATION_DATE", f"startDate cannot be more than {reach.days} days ago")
    return start.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0)


def _moment(text: str, name: str) -> datetime:
    # A plus sign that was not encoded arrives as a space.
    moment = moments.read_moment(text.replace(" ", "+"))
    if moment is None:
        raise OrgError("INVALID_REPLICATION_DATE", f"{name} is not a date and time in ISO 8601: {text}")
    return moment


def _between(reader: Reader, kind: ObjectType, start: datetime, end: datetime) -> list[dict[str, str]]:
    rows = reader.between(kind.name, "SystemModstamp", moments.stamp(start), moments.stamp(end))
    return [row for _, row in rows]


def _covered(call: Call, end: datetime) -> datetime:
    return min(end, call.org.clock.now().replace(second=0, microsecond=0))
