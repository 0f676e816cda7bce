"""A logged-in session: every call of the org goes through here, whichever library makes it.

The token is renewed once when the org says it expired, by one thread for all, and the same request with the same
headers goes out again. (simple-salesforce drops per-call headers there, which turns a conditional write into an
unconditional one.) Reads are repeated, writes never.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from tieline.contract import (
    AnswerLost,
    Clock,
    HttpRequest,
    HttpResponse,
    Misconfigured,
    PermanentError,
    Randomness,
    TransientError,
    Transport,
)
from tieline.org.backoff import Backoff
from tieline.org.errors import failure, session_expired
from tieline.org.limits import Limits
from tieline.org.login import Grant, log_in
from tieline.org.payload import encode
from tieline.org.settings import OrgSettings

_JSON = {"Content-Type": "application/json", "Accept": "application/json"}
_LOGIN_PAUSE = 60.0  # seconds
Headers = Mapping[str, str]
T = TypeVar("T")


class Session:
    """Thread-safe. Paths start with a slash and never name a host: the token goes to the org's own host only."""

    def __init__(self, settings: OrgSettings, transport: Transport, clock: Clock, randomness: Randomness) -> None:
        self.settings, self.limits = settings, Limits()
        self.clock = clock
        self._transport = transport
        self._backoff = Backoff(clock, randomness)
        self._grant: Grant | None = None
        self._refused: tuple[float, Misconfigured] | None = None
        self._login_lock = Lock()

    @property
    def where(self) -> str:
        return self.settings.host

    def grant(self) -> Grant:
        """The session in use; logs in when there is none."""
        return self._grant or self.renew(None)

    def renew(self, stale: Grant | None) -> Grant:
        """A session newer than `stale`. Threads that find the same one stale share one login."""
        with self._login_lock:
            if self._grant is stale or self._grant is None:
                self._grant = self._of_same_org(self._backoff.read(self._log_in))
            return self._grant

    def _log_in(self) -> Grant:
        """A refused login is not tried again for a while: many in a row lock the user out."""
        if self._refused and self.clock.monotonic() < self._refused[0]:
            error = self._refused[1]
            raise Misconfigured(error.what, where=error.where, mend=error.mend, code=error.code)
        try:
            return log_in(self.settings, self._transport, self.clock)
        except Misconfigured as error:
            self._refused = (self.clock.monotonic() + _LOGIN_PAUSE, error)
            raise

    def _of_same_org(self, grant: Grant) -> Grant:
        """A sandbox that was refreshed keeps its address and its users and is another org."""
        before = self._grant
        if before is not None and before.org_id != grant.org_id:
            raise Misconfigured(
                f"the org was {before.org_id} and is now {grant.org_id}",
                where=self.where,
                mend="If the org was refreshed, connect it under another name.",
                code="other_org",
            )
        return grant

    def data(self, *parts: str) -> str:
        """The path of a resource under the explicit API version; parts are percent-encoded."""
        return "/".join([f"/services/data/v{self.settings.api_version}", *(quote(part, safe="") for part in parts)])

    def local(self, address: str) -> str:
        """The path of an address the org gave us. Raises PermanentError when it leads to another host."""
        try:
            parts = urlsplit(address)
            there = (parts.hostname, parts.port)
        except ValueError:
            raise PermanentError(
                "the org sent us to what is no address", where=self.where, code="foreign_host"
            ) from None
        home = urlsplit(self.grant().instance_url)
        if parts.netloc and there != (home.hostname, home.port):
            raise PermanentError(f"the org sent us to {parts.hostname}", where=self.where, code="foreign_host")
        if not parts.path.startswith("/"):  # put behind our host it could become a part of the host's name
            raise PermanentError("the org sent us to an address without a path", where=self.where, code="foreign_host")
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def fetch(self, path: str, headers: Headers) -> HttpResponse:
        """Read whatever is there; a successful answer in the end. Raises TransientError, never AnswerLost."""
        return self._backoff.read(lambda: self._checked("GET", path, headers, b"", writing=False))

    def get(self, path: str, params: Headers | None = None, headers: Headers | None = None) -> HttpResponse:
        """Like `fetch`, for an answer that has to be whole JSON."""
        target = f"{path}?{urlencode(params)}" if params else path
        return self._backoff.read(lambda: self._document("GET", target, headers, b"", writing=False)[0])

    def read(self, path: str, params: Headers | None = None, headers: Headers | None = None) -> Any:
        """The document of `get`; numbers with a point are Decimals."""
        return self.get(path, params, headers).json()

    def write(self, method: str, path: str, document: Any = None, headers: Headers | None = None) -> Any:
        """Send a change exactly once; its answer's document, None when empty. Raises AnswerLost when in doubt."""
        body = b"" if document is None else encode(document)
        return self._document(method, path, headers, body, writing=True)[1]

    def write_safely(self, method: str, path: str, document: Any) -> Any:
        """`write` for a change that does the same when it arrives twice: repeated as reads are."""
        return self._backoff.read(lambda: self.write(method, path, document))

    def repeat(self, read: Callable[[], T]) -> T:
        """Run any call that changes nothing, again while its failure may pass."""
        return self._backoff.read(read)

    def _document(
        self, method: str, path: str, headers: Headers | None, body: bytes, *, writing: bool
    ) -> tuple[HttpResponse, Any]:
        """A success with a page or half a document in it is none: a gateway spoke, or the answer was cut."""
        answer = self._checked(method, path, {**_JSON, **(headers or {})}, body, writing=writing)
        try:
            return answer, answer.json() if answer.body.strip() or not writing else None
        except ValueError as error:
            kind = AnswerLost if writing else TransientError
            raise kind("the answer is not whole JSON", where=self.where) from error

    def _checked(self, method: str, path: str, headers: Headers, body: bytes, *, writing: bool) -> HttpResponse:
        answer = self.exchange(method, path, headers, body)
        if not 200 <= answer.status < 300:
            raise failure(answer, self.where, writing=writing)
        return answer

    def exchange(self, method: str, path: str, headers: Headers, body: bytes = b"") -> HttpResponse:
        """One request and its answer, whatever the status; sent a second time, unchanged, only after a new login."""
        grant = self.grant()
        answer = self._send(grant, method, path, headers, body)
        if session_expired(answer):
            answer = self._send(self.renew(grant), method, path, headers, body)
        return answer

    def _send(self, grant: Grant, method: str, path: str, headers: Headers, body: bytes) -> HttpResponse:
        bearing = {**headers, "Authorization": f"Bearer {grant.token}"}
        self.limits.count()
        url = grant.instance_url + path
        answer = self._transport.send(HttpRequest(method, url, bearing, body, self.settings.timeout))
        self.limits.note(answer)
        return answer
