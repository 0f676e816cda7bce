"""The line between a client and the stand-in, inside this process: what a network, an edge and a busy vendor do to a
request. The work is done by the stand-in's own gateway."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lxml import etree

from tieline.contract import AnswerLost, HttpRequest, HttpResponse, NothingSent
from tieline.xml import parse
from tieline_sandbox.hooks import FaultInjected, Hook, Tags
from tieline_sandbox.wire import Request, Response

if TYPE_CHECKING:
    from tieline_sandbox.rehearsal.erp import StandIn

HTML = b"<html><head><title>Error</title></head><body>cloudflare</body></html>"
_PAGE = {"Content-Type": "text/html"}
_NOBODY = "Somebody"
_CHANGES = (b"<create>", b"<create_", b"<update>", b"<delete")
_CREATES = ("create", "create_sotransaction")
Answer = Callable[[HttpRequest], HttpResponse]


def is_write(request: HttpRequest) -> bool:
    return any(word in request.body for word in _CHANGES)


def _only_births(request: HttpRequest) -> bool:
    return all(one[0].tag in _CREATES for one in parse(request.body, "line").iter("function"))


@dataclass
class Line:
    """`storm` decides what strikes. `struck` counts by kind."""

    erp: StandIn
    struck: dict[str, int] = field(default_factory=dict)

    def send(self, request: HttpRequest) -> HttpResponse:
        """The transport of a client."""
        storm, write = self.erp.storm, is_write(request)
        storm.gate("request", freezes=False)
        if write:
            self.erp.meddled()
        chance = storm.weather.fault if write else storm.weather.read_fault
        if not (storm.raging and storm.rng.random() < chance):
            return self._answered(request)
        kinds = {**_ANY, **_WRITES}
        kind = storm.rng.choice([*_ANY, *_WRITES, *_TELLING * 4] if write else list(_ANY))
        self.struck[kind] = self.struck.get(kind, 0) + 1
        storm.tally.add("faults" if write else "read faults")
        return kinds[kind](self, request)

    def _answered(self, request: HttpRequest) -> HttpResponse:
        answer = self.done(request)
        self.erp.storm.gate("answered", freezes=False)
        return answer

    def done(self, request: HttpRequest, strikes: Hook | None = None) -> HttpResponse:
        """The stand-in does it. `strikes`: its gateway falls over at this point of the first function that writes."""
        parts = urlsplit(request.url)
        body = _refused(request, self.erp.faults.refuse)
        sent = Request(request.method, parts.path, tuple(request.headers.items()), body, parts.scheme, parts.netloc)
        try:
            given = self.erp.application.handle(sent, _probe(strikes))
        except FaultInjected as fault:
            given = fault.response
        self.erp.take_in(read=not is_write(request))
        return HttpResponse(given.status, dict(given.headers), given.body)

    @contextmanager
    def company(self, **switches: object) -> Iterator[None]:
        """Switches of the vendor's company, for one request."""
        before = self.erp.application.profile()
        self.erp.application.edit(_NOBODY, "update", "Company", "", switches)
        yield
        back = {name: getattr(before, name) for name in switches}
        self.erp.application.edit(_NOBODY, "update", "Company", "", back)


# before the work, or instead of it -------------------------------------------------------------------------------


def _no_route(_line: Line, _request: HttpRequest) -> HttpResponse:
    raise NothingSent("no route to host", where="line")


def _reset(_line: Line, _request: HttpRequest) -> HttpResponse:
    raise AnswerLost("connection reset", where="line")


def _page(_line: Line, _request: HttpRequest) -> HttpResponse:
    return HttpResponse(503, _PAGE, HTML)


def _too_many(_line: Line, _request: HttpRequest) -> HttpResponse:
    return HttpResponse(429, {"Retry-After": "5"}, b"")


def _crowded(line: Line, request: HttpRequest) -> HttpResponse:
    """Two others of the company are at it."""
    with line.company(concurrency=0):
        return line.done(request)


def _offline(line: Line, request: HttpRequest) -> HttpResponse:
    with line.company(offline=True):
        return line.done(request)


def _rate(line: Line, request: HttpRequest) -> HttpResponse:
    with line.company(rate_limited=True):
        return line.done(request)


def _session_lost(line: Line, request: HttpRequest) -> HttpResponse:
    line.erp.application.edit(_NOBODY, "expire", "", "", {})
    return line.done(request)


# after the work ----------------------------------------------------------------------------------------------------


def _lost(line: Line, request: HttpRequest) -> HttpResponse:
    line.done(request)
    raise AnswerLost("connection reset", where="line")


def _cut(line: Line, request: HttpRequest) -> HttpResponse:
    answer = line.done(request)
    return HttpResponse(answer.status, answer.headers, answer.body[: len(answer.body) // 2])


def _page_after(line: Line, request: HttpRequest) -> HttpResponse:
    line.done(request)
    return HttpResponse(200, _PAGE, HTML)


def _bad_gateway(line: Line, request: HttpRequest) -> HttpResponse:
    line.done(request)
    return HttpResponse(502, _PAGE, HTML)


def _edge(line: Line, request: HttpRequest) -> HttpResponse:
    line.done(request)
    return HttpResponse(524, _PAGE, HTML)


def _twice(line: Line, request: HttpRequest) -> HttpResponse:
    """A proxy that retries by itself: the second answer comes back."""
    line.done(request)
    return line.done(request)


def _half(line: Line, request: HttpRequest) -> HttpResponse:
    """The first function was committed; the gateway fell over before the next one."""
    return line.done(request, Hook.AFTER_COMMIT)


def _undone(line: Line, request: HttpRequest) -> HttpResponse:
    """The first function was rolled back."""
    return line.done(request, Hook.BEFORE_COMMIT)


def _late(line: Line, request: HttpRequest) -> HttpResponse:
    """The edge gives up and the vendor does not. Only for births: a late update overwrites whatever stands there, and
    the vendor takes no condition that would prevent it."""
    if _only_births(request):
        line.erp.storm.tally.add("late commits")
        line.erp.storm.delay(lambda: _commit_late(line, request))
        return HttpResponse(524, _PAGE, HTML)
    return _edge(line, request)


def _commit_late(line: Line, request: HttpRequest) -> None:
    line.done(request)


_ANY: dict[str, Callable[[Line, HttpRequest], HttpResponse]] = {
    "no route": _no_route, "reset": _reset, "page": _page, "too many": _too_many, "crowded": _crowded,
    "offline": _offline, "rate": _rate, "session lost": _session_lost, "cut": _cut, "page after": _page_after,
    "answer lost": _lost,
}  # fmt: skip
_WRITES: dict[str, Callable[[Line, HttpRequest], HttpResponse]] = {
    "bad gateway": _bad_gateway, "edge": _edge, "twice": _twice, "half": _half, "undone": _undone, "late": _late,
}  # fmt: skip
KINDS = (*_ANY, *_WRITES)
_TELLING = ["twice", "late", "half"]
"""What tells most about control ids."""


def _probe(strikes: Hook | None) -> Callable[..., None]:
    def probe(hook: Hook, _tags: Tags = Tags(), /) -> None:  # noqa: B008 - frozen and empty
        if hook is strikes:
            raise FaultInjected(Response(502, body=HTML))

    return probe


def _refused(request: HttpRequest, words: dict[str, str]) -> bytes:
    """A rule of the company's own says no to some texts: a function that brings one is given a body that the vendor
    refuses."""
    if not any(word.encode() in request.body for word in words):
        return request.body
    root = parse(request.body, "line")
    for one in root.iter("function"):
        if any(str(text).strip() in words for text in one.itertext()):
            one[:] = [etree.Element("create")]
    return etree.tostring(root)
