"""What an answer of the org means for the caller, by the contract's error tree."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from tieline.contract import (
    AnswerLost,
    HttpResponse,
    Misconfigured,
    PermanentError,
    RateLimited,
    TielineError,
    TransientError,
)

_LONGEST_ASKED = 31 * 86_400.0  # seconds; a number without measure must not become a moment out of all time

INVALID_SESSION = "INVALID_SESSION_ID"
_IN_XML = re.compile(rb"<(?:errorCode|exceptionCode)>\s*(?:INVALID_SESSION_ID|InvalidSessionId)\s*</")
_HEAD = 2000  # bytes of a refusal that are looked at
CONCURRENT_LIMIT = "CONCURRENT_REQUESTS_LIMIT"
DAILY_LIMIT = "REQUEST_LIMIT_EXCEEDED"
RETRYABLE = frozenset({
    "UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE", "QUERY_TIMEOUT", "REQUEST_RUNNING_TOO_LONG",
    "ALL_OR_NONE_OPERATION_ROLLED_BACK", "PROCESSING_HALTED",
})  # fmt: skip
_SETTINGS = {
    INVALID_SESSION: "Connect the org again.",
    "API_DISABLED_FOR_ORG": "Switch the API on for the org and the integration user.",
    "API_CURRENTLY_DISABLED": "Switch the API on for the org and the integration user.",
    "UNSUPPORTED_API_VERSION": "Choose an API version the org still offers.",
    "INSUFFICIENT_ACCESS": "Give the integration user this right.",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One error in the org's own words."""

    code: str
    message: str
    fields: tuple[str, ...] = ()


def problem(entry: Any) -> Problem:
    """From one entry of an error list; collections say `statusCode` where the other resources say `errorCode`."""
    if not isinstance(entry, dict):
        return Problem("UNKNOWN", "")
    code = entry.get("errorCode") or entry.get("statusCode") or "UNKNOWN"
    fields = entry.get("fields")
    names = tuple(str(name) for name in fields) if isinstance(fields, list) else ()
    return Problem(str(code), str(entry.get("message", "")), names)


def problems(answer: HttpResponse) -> list[Problem]:
    """The error list of an answer; empty when the body is not the org's JSON."""
    try:
        body = answer.json()
    except ValueError:
        return []
    entries = body if isinstance(body, list) else [body]
    return [problem(entry) for entry in entries if isinstance(entry, dict) and "message" in entry]


def session_expired(answer: HttpResponse) -> bool:
    """REST says it in JSON or XML with 401, bulk jobs with 400 and in words of their own [K]."""
    if answer.status not in (400, 401):
        return False
    by_name = answer.status == 401 and any(found.code == INVALID_SESSION for found in problems(answer))
    return by_name or bool(_IN_XML.search(answer.body[:_HEAD]))


def failure(answer: HttpResponse, where: str, *, writing: bool) -> TielineError:
    """The error of an answer that is not a success. After it a write is unknown only when it is `AnswerLost`."""
    found = problems(answer)
    if 300 < answer.status < 400:
        return _redirect(answer, where)
    if answer.status in (420, 429):
        return RateLimited("the org asks us to wait", where=where, retry_after=retry_after(answer))
    if answer.status >= 500 or not found:
        return _no_word(answer, where, found, writing)
    return definite(found[0], where, answer.status)


def definite(first: Problem, where: str, status: int = 400) -> TielineError:
    """The error of a no in the org's own words."""
    if first.code == DAILY_LIMIT:
        return _limit(first, where)
    if first.code in RETRYABLE:
        return TransientError(first.message, where=where, code=first.code)
    if first.code in _SETTINGS or status in (401, 410):
        mend = _SETTINGS.get(first.code, "Connect the org again.")
        return Misconfigured(first.message, where=where, mend=mend, code=first.code)
    return PermanentError(first.message.strip(), where=where, code=first.code)


def _limit(first: Problem, where: str) -> RateLimited:
    """Too many at once passes in seconds, too many a day does not; the org gives both the same code [K]."""
    if "Concurrent" in first.message:
        return RateLimited(first.message, where=where, code=CONCURRENT_LIMIT, retry_after=1.0)
    mend = "Wait for the allowance to come back, or raise it in the org."
    return RateLimited(first.message, where=where, mend=mend, code=DAILY_LIMIT)


def _no_word(answer: HttpResponse, where: str, found: list[Problem], writing: bool) -> TielineError:
    """A gateway's page or the server's own trouble; the body is never quoted, it may hold anybody's data."""
    what = f"answered {answer.status} " + (found[0].code if found else "without the org's own error")
    kind = AnswerLost if writing else TransientError
    return kind(what, where=where, code=found[0].code if found else "")


def _redirect(answer: HttpResponse, where: str) -> TielineError:
    mend = "Give the org's own My Domain address as login_url; redirects are not followed."
    return Misconfigured(f"answered with a redirect ({answer.status})", where=where, mend=mend, code="redirect")


def retry_after(answer: HttpResponse) -> float | None:
    """Seconds the server asks for; None when it did not say. A date is counted from the server's own time."""
    text = answer.header("Retry-After").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), _LONGEST_ASKED)
    until, now = http_date(text), http_date(answer.header("Date"))
    return max(0.0, (until - now).total_seconds()) if until and now else None


def http_date(text: str) -> datetime | None:
    """In UTC; None for what is no moment of the calendar."""
    try:
        told = parsedate_to_datetime(text)
        return told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=UTC)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


def garbage(what: str, where: str) -> TransientError:
    """For an answer that cannot be the org's."""
    return TransientError(f"the answer {what}", where=where, code="garbage")


@contextlib.contextmanager
def understood(where: str) -> Iterator[None]:
    """Around the reading of an answer: one that is built otherwise than the org builds them raises TransientError,
    whatever it is that does not fit."""
    try:
        yield
    except (LookupError, TypeError, AttributeError, ValueError, ArithmeticError, RecursionError) as error:
        raise garbage("is not built as the org builds them", where) from error
