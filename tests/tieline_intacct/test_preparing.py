"""Looks that a client takes before it writes, and that fail in passing: nothing was sent, so nothing is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tieline.contract import AnswerLost, HttpResponse, NothingSent, Operation, RateLimited, Shape, TransientError

ORDER = {"CUSTVENDID": "C-00001"}
LOST = {
    "a page": HttpResponse(503, {}, b"<html>cloudflare</html>"),
    "524": HttpResponse(524, {}, b""),
    "half a reply": HttpResponse(200, {}, b"<response><control>"),
    "too many": HttpResponse(429, {"Retry-After": "5"}, b""),
}


@pytest.mark.parametrize("name", [*LOST, "a line that breaks"])
@pytest.mark.parametrize(
    ("mapping", "operation", "key", "fields"),
    [("sales_order", Operation.CREATE, "", ORDER), ("customer", Operation.UPDATE, "C-00001", {"NAME": "New"})],
)
def test_a_look_that_fails_in_passing_sends_nothing(
    live: Any, make_write: Any, name: str, mapping: str, operation: Operation, key: str, fields: Mapping[str, str]
) -> None:
    live.create("customer", "a", NAME="Acme")

    def struck(request: Any) -> HttpResponse | None:
        if b"<query><object>CUSTOMER</object>" not in request.body:
            return None
        if name in LOST:
            return LOST[name]
        raise AnswerLost("the line broke")

    live.transport.before = struck
    with pytest.raises(RateLimited if name == "too many" else NothingSent):
        live.write(mapping, make_write(operation, key, "b", fields))
    assert not any(b"<uniqueid>true" in one.body and b"sotransaction" in one.body for one in live.transport.asked)
    live.transport.before = lambda _request: None
    assert live.read("customer", "C-00001").fields["NAME"] == "Acme"


def test_a_reply_to_a_reading_without_its_result_is_read_again(script: Any) -> None:
    script.transport.script(script.reply())
    with pytest.raises(TransientError):
        script.client.read("", Shape("CUSTOMER", ("NAME",)), ["C-1"])
