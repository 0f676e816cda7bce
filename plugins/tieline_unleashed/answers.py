"""What an answer means: for a read an error by its consequence, for a write an outcome.

No vendor page shows the error body; the member names are those that public clients read [P].
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tieline.contract import (
    AnswerLost,
    HttpResponse,
    Misconfigured,
    PermanentError,
    RateLimited,
    Refused,
    TransientError,
    Unknown,
)
from tieline_unleashed import exact
from tieline_unleashed.dates import header_moment
from tieline_unleashed.wire import Query, Wire

SYSTEM = "Unleashed"
MAX_REASON = 1000
_LONGEST_ASKED = 31 * 86_400.0  # a month's quota comes back within it; digits without measure must not become infinite
_DENIED = (401, 403)
_ERROR_CODES = ("Code", "code")
_WORDS = ("Description", "description", "Message", "message")


def get(wire: Wire, path: str, query: Query = ()) -> tuple[Any, HttpResponse]:
    """Read one thing; None where the vendor says there is none. Raises the contract's errors."""
    try:
        response = wire.send("GET", path, query)
    except AnswerLost as lost:  # a read that got lost harmed nothing
        raise TransientError(lost.what, where=lost.where, mend=lost.mend, code=lost.code) from lost
    if response.status == 404:
        return None, response
    if 200 <= response.status < 300:
        return _body(response, path), response
    raise_denied(response)
    if 400 <= response.status < 500:
        refused = refusal(response)
        raise PermanentError(refused.reason, where=f"{SYSTEM} {path}", code=refused.code)
    raise TransientError(f"answered {response.status}", where=f"{SYSTEM} {path}", code=str(response.status))


def raise_denied(response: HttpResponse) -> None:
    """Raise for the answers that hold for every call: wrong credentials, too many calls."""
    if response.status in _DENIED:
        raise Misconfigured(
            "refused the API id or the signature",
            where=SYSTEM,
            mend="Check the API id and API key in the connection's settings.",
            code=str(response.status),
        )
    if response.status == 429:
        raise RateLimited(
            "takes no more calls for now",
            where=SYSTEM,
            mend="If the month's calls are used up, it opens again on the 1st at 00:00 UTC or with a bundle.",
            code="429",
            retry_after=_retry_after(response),
        )


def send(wire: Wire, method: str, path: str, body: Mapping[str, Any] | None) -> HttpResponse | Refused | Unknown:
    """Write one thing: the accepted answer, or the outcome of one that was not accepted. Raises only for what
    certainly did not take effect."""
    try:
        response = wire.send(method, path, (), body)
    except AnswerLost as lost:
        return Unknown(lost.sentence())
    return failure(response) or (response if _believable(response) else Unknown(f"{SYSTEM} sent no sensible answer"))


def failure(response: HttpResponse) -> Refused | Unknown | None:
    """The outcome of a write that was not accepted; None when it was. Raises RateLimited, Misconfigured."""
    raise_denied(response)
    if 200 <= response.status < 300:
        return None
    if 400 <= response.status < 500:
        return refusal(response)
    return Unknown(f"{SYSTEM} answered {response.status}")


def refusal(response: HttpResponse) -> Refused:
    """A definite no in the vendor's words."""
    body = _error_body(response)
    items = [item for item in _list(body.get("Items")) if isinstance(item, Mapping)]
    details = [_detail(item) for item in items]
    said = {_first(item, _WORDS) for item in items}
    head = _first(body, _WORDS)
    words = ([head] if head and head not in said else []) + [detail for detail in details if detail]
    reason = "; ".join(words) or f"{SYSTEM} answered {response.status} without a reason"
    names = tuple(str(item["Field"]) for item in items if item.get("Field"))
    return Refused(reason[:MAX_REASON], code=_first(body, _ERROR_CODES) or str(response.status), fields=names)


def _believable(response: HttpResponse) -> bool:
    """An accepted write whose answer is not JSON was perhaps not answered by the vendor at all."""
    try:
        exact.read(response.body or b"null")
    except ValueError:
        return False
    return True


def _body(response: HttpResponse, path: str) -> Any:
    try:
        return exact.read(response.body)
    except ValueError as error:
        raise garbage(path) from error


def garbage(path: str) -> TransientError:
    """For an answer that cannot be the vendor's."""
    return TransientError("sent an answer that makes no sense", where=f"{SYSTEM} {path}", code="garbage")


def _error_body(response: HttpResponse) -> Mapping[str, Any]:
    try:
        body = exact.read(response.body)
    except ValueError:
        return {}
    return body if isinstance(body, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _detail(item: Mapping[str, Any]) -> str:
    name, words = item.get("Field"), _first(item, _WORDS)
    return f"{name}: {words}" if name and words else words


def _first(body: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((str(body[name]) for name in names if body.get(name)), "")


def _retry_after(response: HttpResponse) -> float | None:
    """Seconds to wait; None when it does not say. A date is counted from the vendor's own time."""
    text = response.header("Retry-After").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), _LONGEST_ASKED)
    until, now = header_moment(text), header_moment(response.header("Date"))
    return max(0.0, (until - now).total_seconds()) if until and now else None
