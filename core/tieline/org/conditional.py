"""Updates that the org refuses when a row changed since we looked: one composite call, a header per row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from email.utils import format_datetime
from typing import Any

from tieline.contract import Done, Operation, Outcome, Refused, Unknown, Write
from tieline.org.carrying import Carrier, reference, shown, with_panels
from tieline.org.errors import problem
from tieline.org.outcomes import refusal
from tieline.org.session import Session
from tieline.org.values import moment


class Composite:
    """Rows that travel one by one in one call, and their panels with them."""

    MOST = 25

    def __init__(self, session: Session) -> None:
        self._session = session
        self.carrier = Carrier(session)

    @property
    def offered(self) -> bool:
        """Whether the org has the composite resource; without it collections must do."""
        return self.carrier.offered

    def update(self, obj: str, writes: Sequence[Write], seen: Mapping[str, str]) -> list[Outcome]:
        """At most `MOST` rows, each for itself. When the resource is not there, nothing was written."""
        parts = [self._request(obj, place, write, seen) for place, write in enumerate(writes)]
        if len(parts) < self.MOST and any(write.panel for write in writes):
            parts.append(self.carrier.panels(writes, [write.key for write in writes]))
        told = self.carrier.ask(parts)
        if told is None:
            return [Refused("the org has no composite resource", "NOT_FOUND", retryable=True)] * len(writes)
        outcomes = [_outcome(told.get(_reference(place, write)), write) for place, write in enumerate(writes)]
        return with_panels(outcomes, shown(told, writes))

    def _request(self, obj: str, place: int, write: Write, seen: Mapping[str, str]) -> dict[str, Any]:
        version = seen.get(write.key, "")
        return {
            "method": "PATCH",
            "url": self._session.data("sobjects", obj, write.key),
            "referenceId": _reference(place, write),
            "body": write.fields,
            "httpHeaders": {"If-Unmodified-Since": _http_date(version)} if version else {},
        }


def _reference(place: int, write: Write) -> str:
    return reference(f"row{place}", write)


def _outcome(entry: Any, write: Write) -> Outcome:
    if entry is None:
        return Unknown("the answer leaves this row out")
    status, body = int(entry["httpStatusCode"]), entry.get("body")
    if 200 <= status < 300:
        return Done(write.key)
    first = problem(body[0] if isinstance(body, list) and body else {})
    if status >= 500:
        return Unknown(f"answered {status} {first.code}")
    return refusal(first, Operation.UPDATE)


def _http_date(version: str) -> str:
    """The stamp read just before. It is never earlier than LastModifiedDate, which the org compares, in seconds."""
    return format_datetime(moment(version), usegmt=True)
