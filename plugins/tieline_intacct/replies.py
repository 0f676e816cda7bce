"""A reply of the gateway, taken apart: three levels of status, and one result a function."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tieline_intacct.faults import Trouble, troubles
from tieline_intacct.xml import Element, Garbage, child, children, inner, parse, text

SUCCESS = "success"
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Result:
    """What one function came to. `key` is what legacy functions answer with, `total` what `get_list` counts."""

    status: str
    function: str
    control_id: str
    troubles: tuple[Trouble, ...]
    key: str = ""
    data: Element | None = None
    total: int = 0

    @property
    def ok(self) -> bool:
        return self.status == SUCCESS

    def attribute(self, name: str) -> str:
        return "" if self.data is None else self.data.get(name, "")

    def count(self, name: str) -> int:
        return _whole(self.attribute(name))

    def rows(self) -> list[Row]:
        """Records of `data`, whatever the case of their element's name; nested names are dotted."""
        return [flat(one) for one in children(self.data)]


@dataclass(frozen=True, slots=True)
class Reply:
    """`control` and `sign_in` hold the errors of those levels; with them there are no results. `timeout` is when the
    session ends by the vendor's clock, `now` what that clock shows."""

    control: tuple[Trouble, ...] = ()
    sign_in: tuple[Trouble, ...] = ()
    results: tuple[Result, ...] = field(default=())
    now: datetime | None = None
    timeout: datetime | None = None
    company: str = ""


def read_reply(body: bytes) -> Reply:
    """Raises Garbage for what cannot be a whole reply."""
    root = parse(body)
    if root.tag != "response" or child(root, "control") is None:
        raise Garbage(f"a <{root.tag}> where a response belongs")
    operation = child(root, "operation")
    signed = child(operation, "authentication")
    if text(child(root, "control"), "status") != SUCCESS or operation is None:
        return Reply(control=troubles(root) or (Trouble("", "the gateway refused the request"),))
    if signed is None or text(signed, "status") != SUCCESS:
        return Reply(sign_in=troubles(operation) or (Trouble("XL03000006", "the gateway refused the sign-in"),))
    return Reply(
        results=tuple(_result(one) for one in children(operation) if one.tag == "result"),
        now=_moment(text(signed, "sessiontimestamp")),
        timeout=_moment(text(signed, "sessiontimeout")),
        company=text(signed, "companyid"),
    )


def _result(one: Element) -> Result:
    listed = child(one, "listtype")
    return Result(
        text(one, "status"),
        text(one, "function"),
        text(one, "controlid"),
        troubles(one),
        text(one, "key"),
        child(one, "data"),
        0 if listed is None else _whole(listed.get("total", "")),
    )


def _whole(told: str) -> int:
    return int(told) if told.isascii() and told.isdigit() else 0


def flat(record: Element) -> dict[str, str]:
    """Fields by their names in capitals, dotted where one element stands in another."""
    return dict(_flat(record, ""))


def _flat(record: Element, prefix: str) -> Iterator[tuple[str, str]]:
    for one in children(record):
        name = f"{prefix}{one.tag}".upper()
        if next(children(one), None) is None:
            yield name, inner(one)
        else:
            yield from _flat(one, f"{name}.")


def _moment(told: str) -> datetime | None:
    """ISO 8601 with any offset [T]."""
    try:
        found = datetime.fromisoformat(told)
    except ValueError:
        return None
    return found if found.tzinfo else None
