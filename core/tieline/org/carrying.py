"""Panel rows that travel with the values they speak of: one composite call instead of two.

The values do not depend on the panels: a row of `ERP_Link__c` that is refused refuses nothing else. The panels of a
collection name their record by its place in the collection's answer, so that none is written where a value was
refused [K: an answer's failed items carry no id]; those are written on their own afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tieline.contract import Done, HttpResponse, Outcome, PermanentError, Write
from tieline.contract.naming import ERP_KEY, LINK_OBJECT
from tieline.org.errors import failure
from tieline.org.payload import encode
from tieline.org.session import Session

_FORBIDDEN = re.compile(r"[^A-Za-z0-9]")
_NOT_FOUND = "NOT_FOUND"

Part = dict[str, Any]


class Carrier:
    """`offered` turns false when the org has no composite resource; then everything goes on its own."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.offered = True

    def collection(
        self, path: str, document: Any, writes: Sequence[Write], method: str = "PATCH"
    ) -> tuple[Any, list[bool]]:  # fmt: skip
        """Write a collection, its panels with it where they can go; its answer, and whose panels stand."""
        if self.offered and any(write.panel for write in writes):
            values = reference("values", writes[0])
            told = self.ask(
                [
                    {"method": method, "url": path, "referenceId": values, "body": document},
                    self.panels(writes, [f"@{{{values}[{place}].id}}" for place in range(len(writes))]),
                ]
            )
            if told is not None:
                return self._answer(told.get(values)), shown(told, writes)
        return self._session.write(method, path, document), [False] * len(writes)

    def ask(self, parts: Sequence[Part]) -> dict[str, Any] | None:
        """The answers by reference; None when the org has no such resource, and nothing was written."""
        document = {"allOrNone": False, "compositeRequest": list(parts)}
        try:
            answer = self._session.write("POST", self._session.data("composite"), document)
        except PermanentError as error:
            if error.code != _NOT_FOUND:
                raise
            self.offered = False
            return None
        given = answer.get("compositeResponse") if isinstance(answer, dict) else None
        entries = given if isinstance(given, list) else []
        return {str(entry.get("referenceId")): entry for entry in entries if _is_part(entry)}

    def panels(self, writes: Sequence[Write], keys: Sequence[str]) -> Part:
        """The part of a composite call that upserts the panels of these writes; `keys` name their records."""
        rows = [
            {"attributes": {"type": LINK_OBJECT}, **write.panel.row, **dict.fromkeys(write.panel.record, key)}
            for write, key in zip(writes, keys, strict=True)
            if write.panel
        ]
        return {
            "method": "PATCH",
            "url": self._session.data("composite", "sobjects", LINK_OBJECT, ERP_KEY),
            "referenceId": reference("panels", writes[0]),
            "body": {"allOrNone": False, "records": rows},
        }

    def _answer(self, entry: Any) -> Any:
        """The body of one part. Raises as the same request on its own would."""
        if entry is None:
            return None
        status, body = int(entry["httpStatusCode"]), entry.get("body")
        if not 200 <= status < 300:
            raise failure(HttpResponse(status, {}, encode(body)), self._session.where, writing=True)
        return body


def _is_part(entry: Any) -> bool:
    """Whether it can be the answer to a part; what it leaves open stays unknown."""
    return isinstance(entry, dict) and type(entry.get("httpStatusCode")) is int


def shown(told: Mapping[str, Any], writes: Sequence[Write]) -> list[bool]:
    """Whose panel stands now. What the answer leaves open counts as not written: it is upserted again."""
    carried = [write for write in writes if write.panel]
    entry = told.get(reference("panels", writes[0]))
    body = entry.get("body") if entry and int(entry["httpStatusCode"]) < 300 else None
    if not isinstance(body, list) or len(body) != len(carried):
        return [False] * len(writes)
    stand = {
        id(write): isinstance(one, dict) and bool(one.get("success")) for write, one in zip(carried, body, strict=True)
    }
    return [stand.get(id(write), False) for write in writes]


def with_panels(outcomes: Sequence[Outcome], stand: Sequence[bool]) -> list[Outcome]:
    return [
        replace(outcome, panel=there) if isinstance(outcome, Done) else outcome
        for outcome, there in zip(outcomes, stand, strict=True)
    ]


def reference(place: str, write: Write) -> str:
    """Tells this very write's part of the answer from that of any other call. Letters, digits and _ are allowed."""
    return f"{place}_{_FORBIDDEN.sub('', write.idempotency_key)[:32]}"
