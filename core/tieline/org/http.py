"""The one door to the network: a requests session that takes nothing from the environment.

It never follows redirects, never repeats and never keeps cookies. What a failure means for the request (never left,
or may have taken effect) is decided here and nowhere else.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ProxyError
from urllib3.util.ssl_ import create_urllib3_context

from tieline.contract import AnswerLost, Clock, HttpRequest, HttpResponse, Misconfigured, NothingSent, TielineError
from tieline.org.settings import OrgSettings

TOO_LARGE = "too_large"
_CHUNK = 64 * 1024
_CONNECT_SECONDS = 10.0
_NEVER_CONNECTED = (NewConnectionError, ConnectTimeoutError, ProxyError)


class _ModernTls(HTTPAdapter):
    """TLS 1.2 or newer, also through a proxy."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=_context())

    def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
        return super().proxy_manager_for(proxy, **kwargs, ssl_context=_context())


def _context() -> ssl.SSLContext:
    return create_urllib3_context(ssl_minimum_version=ssl.TLSVersion.TLSv1_2)


class RequestsTransport:
    """The contract's `Transport` over one pooled session; threads may share it."""

    def __init__(self, settings: OrgSettings, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self._session = requests.Session()
        self._session.trust_env = False  # REQUESTS_CA_BUNDLE would override `verify`, .netrc the token
        self._session.verify = settings.ca_file or True
        self._session.proxies = dict(settings.proxies)
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers["User-Agent"] = "tieline"
        self._session.mount("https://", _ModernTls(pool_maxsize=settings.pool, pool_block=True))

    def send(self, request: HttpRequest) -> HttpResponse:
        """See `Transport.send`; an answer above the byte cap or later than the deadline is a lost one."""
        host = urlsplit(request.url).hostname or request.url
        try:
            with self._answer(request) as answer:
                body = b"".join(self._body(answer, host))
                return HttpResponse(answer.status_code, dict(answer.headers), body)
        except (requests.RequestException, HTTPError, OSError) as error:
            raise _meaning(error, host) from error

    def _answer(self, request: HttpRequest) -> requests.Response:
        return self._session.request(
            request.method,
            request.url,
            headers=dict(request.headers),
            data=request.body or None,
            timeout=(_CONNECT_SECONDS, request.timeout),
            allow_redirects=False,
            stream=True,
        )

    def _body(self, answer: requests.Response, host: str) -> Iterator[bytes]:
        """Decoded pieces as they come, so that a trickle cannot hold us and a bomb cannot fill memory."""
        end = self._clock.monotonic() + self._settings.deadline
        size = 0
        while piece := answer.raw.read1(_CHUNK, decode_content=True):
            size += len(piece)
            if size > self._settings.largest_answer:
                raise _too_large(host, self._settings.largest_answer)
            if self._clock.monotonic() > end:
                raise AnswerLost(f"the answer took longer than {self._settings.deadline:g} seconds", where=host)
            yield piece

    def close(self) -> None:
        self._session.close()


def _too_large(host: str, cap: int) -> AnswerLost:
    return AnswerLost(f"the answer is larger than {cap} bytes", where=host, mend="Ask for less.", code=TOO_LARGE)


def _meaning(error: Exception, host: str) -> TielineError:
    causes = list(_causes(error))
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return _tls(causes, host)
    if any(isinstance(cause, _NEVER_CONNECTED) for cause in causes):
        return NothingSent("no connection", where=host, mend="Check the address, the network and the proxy.")
    if isinstance(error, ValueError):
        return Misconfigured(f"not a usable address: {error}", where=host, mend="Correct the org's address.")
    if isinstance(error, OSError) and "CA certificate" in str(error):
        return Misconfigured(str(error), where=host, mend="Correct ca_file.")
    return AnswerLost(f"no whole answer came back ({type(error).__name__})", where=host)


def _tls(causes: list[BaseException], host: str) -> TielineError:
    """A peer that goes away in mid-answer looks like a TLS failure but tells nothing about the request."""
    if any(isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError) for cause in causes):
        return AnswerLost("the connection ended before the answer did", where=host)
    reason = next(cause for cause in causes if isinstance(cause, ssl.SSLError))
    mend = "Check the host name and give the authority that signed its certificate as ca_file."
    return Misconfigured(f"TLS: {reason.reason or reason}", where=host, mend=mend, code="tls")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and everything it was made from, also where urllib3 keeps it in `reason` or the arguments."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        current = waiting.pop()
        if not isinstance(current, BaseException) or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        waiting += [current.__cause__, current.__context__, getattr(current, "reason", None), *current.args]
