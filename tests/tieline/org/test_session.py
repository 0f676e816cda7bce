"""The session: one token for all, repeats that are safe, nothing blindly twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from tieline.contract import (
    AnswerLost,
    HttpResponse,
    Misconfigured,
    NothingSent,
    PermanentError,
    RateLimited,
    TransientError,
)
from tieline.org.errors import http_date

EXPIRED = [{"errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid"}]
PATH = "/services/data/v60.0/sobjects/Account/001"


def test_headers_survive_a_new_login(org: Any, script: Any, answers: Any) -> None:
    script.on("PATCH", PATH, answers(EXPIRED, 401), answers(None, 204))
    org.session.write("PATCH", PATH, {"Name": "a"}, {"If-Unmodified-Since": "Wed, 01 Jan 2025 00:00:00 GMT"})
    first, second = script.sent("PATCH")
    assert first.headers["If-Unmodified-Since"] == second.headers["If-Unmodified-Since"]
    assert (first.headers["Authorization"], second.headers["Authorization"]) == ("Bearer T1", "Bearer T2")
    assert first.body == second.body


def test_a_session_that_stays_invalid_is_a_setting(org: Any, script: Any, answers: Any) -> None:
    script.on("GET", PATH, answers(EXPIRED, 401))
    with pytest.raises(Misconfigured, match="expired"):
        org.session.read(PATH)
    assert script.logins == 2


def test_threads_share_one_login(org: Any, script: Any, answers: Callable[..., HttpResponse]) -> None:
    together = threading.Barrier(4)

    def once(request: Any) -> HttpResponse:
        if request.headers["Authorization"] == "Bearer T1":
            together.wait(5)
            return answers(EXPIRED, 401)
        return answers({})

    script.on("GET", PATH, once)
    org.session.grant()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: org.session.read(PATH), range(4)))
    assert script.logins == 2


def test_a_refused_login_is_not_stormed(org: Any, script: Any, answers: Any, clock: Any) -> None:
    token = "/services/oauth2/token"
    script.on("POST", token, answers({"error": "invalid_grant", "error_description": "user hasn't approved"}, 400))
    for _ in range(20):
        with pytest.raises(Misconfigured, match="login refused: invalid_grant"):
            org.session.read(PATH)
    assert len(script.sent("POST")) == 1
    clock.sleep(60)
    with pytest.raises(Misconfigured):
        org.session.read(PATH)
    assert len(script.sent("POST")) == 2


def test_another_org_behind_the_same_address_gets_nothing(org: Any, script: Any, answers: Any) -> None:
    """A sandbox that was refreshed while we ran."""
    idents = iter(f"{script.instance}/id/00D00000000000{n}AAA/005000000000001AAA" for n in (1, 2, 2))

    def log_in(_request: Any) -> Any:
        return answers({"access_token": "T", "instance_url": script.instance, "id": next(idents)})

    script.on("POST", "/services/oauth2/token", log_in)
    script.on("PATCH", PATH, answers(EXPIRED, 401))
    for _ in range(2):
        with pytest.raises(Misconfigured, match="was 00D000000000001AAA and is now 00D000000000002AAA"):
            org.session.write("PATCH", PATH, {})
    assert len(script.sent("PATCH")) == 2


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_reads_are_repeated(org: Any, script: Any, answers: Any, clock: Any, status: int) -> None:
    script.on("GET", PATH, HttpResponse(status, {}, b"<html>"), NothingSent("x"), AnswerLost("y"), answers({"a": 1}))
    assert org.session.read(PATH) == {"a": 1}
    assert clock.waits == [1.0, 2.0, 4.0]


def test_reads_give_up(org: Any, script: Any) -> None:
    script.on("GET", PATH, AnswerLost("cut", where="h"))
    with pytest.raises(TransientError, match="cut"):
        org.session.read(PATH)
    assert len(script.seen) == 5


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (HttpResponse(502, {}, b"<html>"), AnswerLost),
        (HttpResponse(200, {"Content-Type": "text/html"}, b"<html>login</html>"), AnswerLost),
        (HttpResponse(200, {}, b'[{"id":"001'), AnswerLost),
        (HttpResponse(400, {}, b"<html>"), AnswerLost),
        (HttpResponse(500, {}, b'[{"errorCode":"UNKNOWN_EXCEPTION","message":"x"}]'), AnswerLost),
        (HttpResponse(302, {"Location": "https://evil.example"}, b""), Misconfigured),
        (HttpResponse(400, {}, b'[{"errorCode":"INVALID_FIELD","message":"No such column"}]'), PermanentError),
        (HttpResponse(400, {}, b'[{"errorCode":"UNABLE_TO_LOCK_ROW","message":"unable"}]'), TransientError),
        (HttpResponse(403, {}, b'[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests"}]'), RateLimited),
        (HttpResponse(410, {}, b'[{"errorCode":"GONE","message":"retired"}]'), Misconfigured),
        (AnswerLost("cut"), AnswerLost),
        (NothingSent("refused"), NothingSent),
    ],
)
def test_writes_go_out_once(org: Any, script: Any, answer: Any, error: type[Exception]) -> None:
    script.on("PATCH", PATH, answer)
    with pytest.raises(error) as caught:
        org.session.write("PATCH", PATH, {})
    assert type(caught.value) is error
    assert len(script.sent("PATCH")) == 1


def test_a_spent_day_is_not_waited_for(org: Any, script: Any, refuses: Any, clock: Any) -> None:
    script.on("GET", PATH, refuses("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", 403))
    with pytest.raises(RateLimited):
        org.session.read(PATH)
    assert (len(script.seen), clock.waits) == (1, [])


def test_too_many_at_once_passes(org: Any, script: Any, refuses: Any, answers: Any, clock: Any) -> None:
    crowded = refuses("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded.", 403)
    script.on("GET", PATH, crowded, answers({}))
    assert org.session.read(PATH) == {}
    assert clock.waits == [1.0]


def test_retry_after_is_kept(org: Any, script: Any, answers: Any, clock: Any) -> None:
    script.on("GET", PATH, answers(None, 429, Retry_After="7"), answers({}))
    org.session.read(PATH)
    assert clock.waits == [7.0]


def test_an_hour_is_the_callers_to_wait(org: Any, script: Any, answers: Any, clock: Any) -> None:
    script.on("GET", PATH, answers(None, 429, Retry_After="3600"))
    with pytest.raises(RateLimited) as caught:
        org.session.read(PATH)
    assert (caught.value.retry_after, clock.waits) == (3600.0, [])


@pytest.mark.parametrize(
    ("told", "kept"), [("9" * 400, 31 * 86_400.0), ("99999999999999", 31 * 86_400.0), ("\u00b2", None)]
)
def test_a_wait_without_measure_is_shortened(
    org: Any, script: Any, answers: Any, told: str, kept: float | None
) -> None:
    script.on("GET", PATH, answers(None, 429, Retry_After=told))
    with pytest.raises(RateLimited) as caught:
        org.session.read(PATH)
    assert caught.value.retry_after == kept


def test_an_empty_answer_to_a_read_is_no_answer(org: Any, script: Any, answers: Any) -> None:
    script.on("GET", PATH, HttpResponse(200, {}, b""), answers({"records": []}))
    assert org.session.read(PATH) == {"records": []}


def test_a_date_without_a_zone_is_utc() -> None:
    assert http_date("Mon, 05 Jan 2026 12:00:00 -0000") == datetime(2026, 1, 5, 12, tzinfo=UTC)


def test_a_page_is_never_quoted(org: Any, script: Any) -> None:
    script.on("GET", PATH, HttpResponse(503, {}, b"<html>secret name</html>"))
    with pytest.raises(TransientError) as caught:
        org.session.read(PATH)
    assert "secret" not in str(caught.value)


def test_limits_are_tracked(org: Any, script: Any, answers: Any) -> None:
    script.on("GET", PATH, answers({}, Sforce_Limit_Info="api-usage=18/15000"))
    org.session.read(PATH)
    assert (org.limits.used, org.limits.max, org.limits.calls) == (18, 15000, 1)


def test_the_token_stays_with_the_org(org: Any) -> None:
    with pytest.raises(PermanentError, match=r"evil\.example"):
        org.session.local("https://evil.example/services/data/v60.0/query/01g")
    for address in ("@evil.example/x", ".evil.example/x", ":81/x", "?x=1", ""):
        with pytest.raises(PermanentError):
            org.session.local(address)
    assert org.session.local("/services/data/v60.0/query/01g?x=1") == "/services/data/v60.0/query/01g?x=1"


def test_the_token_is_not_shown(org: Any) -> None:
    assert "T1" not in repr(org.session.grant())
    assert "secret" not in repr(org.session.settings)
