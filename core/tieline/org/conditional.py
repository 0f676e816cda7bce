"""Updates that the org refuses when a row changed since we looked: one composite call, a header per row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from email.utils import format_datetime
from typing import Any

from tieline.contract import Done, Operation, Outcome, PermanentError, Refused, Unknown, Write
from tieline.org.errors import problem
from tieline.org.outcomes import refusal
from tieline.org.session import Session
from tieline.org.values import moment

_FORBIDDEN = re.compile(r"[^A-Za-z0-9]")


class Composite:
    """`offered` turns false when the org has no composite resource; then collections must do."""

    MOST = 25

    def __init__(self, session: Session) -> None:
        self._session = session
        self.offered = True

    def update(self, obj: str, writes: Sequence[Write], seen: Mapping[str, str]) -> list[Outcome]:
        """At most `MOST` rows, each for itself. When the resource is not there, nothing was written."""
        requests = [self._request(obj, place, write, seen) for place, write in enumerate(writes)]
        document = {"allOrNone": False, "compositeRequest": requests}
        try:
            answer = self._session.write("POST", self._session.data("composite"), document)
        except PermanentError as error:
            if error.code != "NOT_FOUND":
                raise
            self.offered = False
            return [Refused(error.sentence(), error.code, retryable=True)] * len(writes)
        return self._outcomes(answer, writes)

    def _request(self, obj: str, place: int, write: Write, seen: Mapping[str, str]) -> dict[str, Any]:
        version = seen.get(write.key, "")
        return {
            "method": "PATCH",
            "url": self._session.data("sobjects", obj, write.key),
            "referenceId": _reference(place, write),
            "body": write.fields,
            "httpHeaders": {"If-Unmodified-Since": _http_date(version)} if version else {},
        }

    def _outcomes(self, answer: Any, writes: Sequence[Write]) -> list[Outcome]:
        entries = answer.get("compositeResponse", []) if isinstance(answer, dict) else []
        told = {entry.get("referenceId"): entry for entry in entries}
        return [_outcome(told.get(_reference(place, write)), write) for place, write in enumerate(writes)]


def _reference(place: int, write: Write) -> str:
    """Tells this very write's part of the answer from that of any other call. Letters, digits and _ are allowed."""
    return f"row{place}_{_FORBIDDEN.sub('', write.idempotency_key)[:32]}"


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
