"""The gateway: requests, sessions, and how many may be under way.

A session belongs to a user, a company, an entity and an endpoint, and slides with each call. One that is lost is
opened again once; nothing of the request that met the loss was done, so it may be sent again as it is.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from tieline.contract import (
    AnswerLost,
    Clock,
    HttpRequest,
    HttpResponse,
    Misconfigured,
    PermanentError,
    RateLimited,
    TransientError,
    Transport,
)
from tieline_intacct import xml
from tieline_intacct.budget import Budget
from tieline_intacct.faults import Fault, Trouble, gravest, reason
from tieline_intacct.replies import Reply, Result, read_reply
from tieline_intacct.settings import Company
from tieline_intacct.xml import Element, element

SYSTEM = "Sage Intacct"
CONCURRENCY = 2  # most customers' limit [third party]; two back offices of one company share it
TIMEOUT = 300.0  # the vendor's SDKs wait as long [S]
_SPARE = timedelta(minutes=2)  # a session about to end is opened anew
_UNTOLD = timedelta(days=1)  # old replies do not tell [T]; a session that ended before is refused and opened again
_HEADERS = {"Content-Type": "application/xml", "Accept": "application/xml", "User-Agent": "tieline"}
_gates: dict[tuple[str, str], threading.BoundedSemaphore] = {}
_gates_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Call:
    """One function to be run. `cost` is what the vendor bills for it."""

    control_id: str
    body: Element
    cost: int = 1


@dataclass(frozen=True, slots=True)
class Session:
    """`length` is how long it lasts without a call, `until` when we open a new one, by our own clock."""

    ident: str
    endpoint: str
    length: timedelta
    until: float


@dataclass
class Gateway:
    """One company. Raises the contract's errors for what holds for a whole request; a function's own failure stands in
    its result."""

    company: Company
    transport: Transport
    clock: Clock
    budget: Budget
    sessions: dict[str, Session] = field(default_factory=dict)
    now: datetime | None = None
    tenant: str = ""
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def ask(self, entity: str, body: Element) -> Result:
        """Run one function that changes nothing. Raises for its failure too."""
        (result,) = self.run(entity, [Call("read", body)])
        if not result.ok:
            raise failed(result.troubles)
        return result

    def run(self, entity: str, calls: Sequence[Call], *, once: bool = False) -> Sequence[Result]:
        """Run functions in one request. `once`: each control id at most once, whatever is sent twice. Raises what is
        certain to have had no effect, and AnswerLost where writes may have had one."""
        self.budget.spend(sum(call.cost for call in calls))
        try:
            return _in_order(self._signed(entity, calls, once), calls)
        except AnswerLost as lost:
            if once:
                raise
            raise TransientError(lost.what, where=lost.where, mend=lost.mend, code=lost.code) from lost

    def sign_in(self, entity: str) -> Session:
        """The entity's session, opened when there is none or it is about to end."""
        with self._lock:
            known = self.sessions.get(entity)
            if known is None or known.until <= self.clock.monotonic():
                known = self._open(entity)
                self.sessions[entity] = known
            return known

    def _signed(self, entity: str, calls: Sequence[Call], once: bool) -> Reply:
        reply = self._attempt(entity, self.sign_in(entity), calls, once)
        if reply.sign_in and gravest(reply.sign_in).fault is Fault.SESSION:
            with self._lock:
                self.sessions.pop(entity, None)
            reply = self._attempt(entity, self.sign_in(entity), calls, once)
        raise_for_all(reply)
        return reply

    def _attempt(self, entity: str, session: Session, calls: Sequence[Call], once: bool) -> Reply:
        functions = [element("function", call.body, controlid=call.control_id) for call in calls]
        reply = self._send(session.endpoint, element("sessionid", text=session.ident), functions, once)
        if reply.timeout is not None:
            self._slide(entity, session, reply.timeout)
        return reply

    def _slide(self, entity: str, session: Session, timeout: datetime) -> None:
        """Each call pushes the end out by the session's length [D]: so the end tells what time the vendor has. The
        stamp beside it may be the session's birth."""
        with self._lock:
            self.now = timeout - session.length
            self.sessions[entity] = replace(session, until=self._until(session.length))

    def _until(self, length: timedelta) -> float:
        return self.clock.monotonic() + max(0.0, (length - _SPARE).total_seconds())

    def _open(self, entity: str) -> Session:
        company = self.company
        login = element(
            "login",
            element("userid", text=company.user_id),
            element("companyid", text=company.company_id),
            element("password", text=company.user_password),
            element("locationid", text=entity) if entity else None,
        )
        body = element("getAPISession", element("locationid", text=entity) if entity else None)
        functions = [element("function", body, controlid="session")]
        reply = self._send(company.endpoint, login, functions, once=False)
        raise_for_all(reply)
        result = _in_order(reply, [Call("session", body)])[0]
        if not result.ok:
            raise _not_signed_in(result.troubles)
        api = xml.child(result.data, "api")
        self.now, self.tenant = reply.now or self.now, reply.company or self.tenant
        length = reply.timeout - reply.now if reply.now and reply.timeout else _UNTOLD
        endpoint = self._endpoint(xml.text(api, "endpoint"))
        return Session(xml.text(api, "sessionid"), endpoint, length, self._until(length))

    def _endpoint(self, told: str) -> str:
        """Where the session lives. The transport refuses hosts that are not the vendor's; beyond that a session is
        never sent over a weaker line than the first request was."""
        ours, theirs = urlsplit(self.company.endpoint), urlsplit(told)
        return told if theirs.hostname and theirs.scheme == ours.scheme else self.company.endpoint

    def _send(self, endpoint: str, sign_in: Element, functions: Sequence[Element], once: bool) -> Reply:
        body = _request(self.company, sign_in, functions, once)
        with _gate(self.company):
            response = self.transport.send(HttpRequest("POST", endpoint, _HEADERS, body, TIMEOUT))
        return _reply(response)


def _request(company: Company, sign_in: Element, functions: Sequence[Element], once: bool) -> bytes:
    control = element(
        "control",
        element("senderid", text=company.sender_id),
        element("password", text=company.sender_password),
        element("controlid", text=functions[0].get("controlid")),
        element("uniqueid", text="true" if once else "false"),
        element("dtdversion", text="3.0"),
        element("includewhitespace", text="false"),
        element("showadditionalerrorinfo", text="true"),
    )
    operation = element(
        "operation", element("authentication", sign_in), element("content", *functions), transaction="false"
    )
    return xml.written(element("request", control, operation))


def _reply(response: HttpResponse) -> Reply:
    """The envelope, whatever the status: 4xx may carry one. Raises for answers without one."""
    try:
        reply = read_reply(response.body)
    except xml.Garbage as error:
        raise _unreadable(response, str(error)) from None
    if response.status == 429:
        raise _slow_down(response, reason(reply.control or reply.sign_in))
    if response.status >= 500:
        raise AnswerLost(f"answered {response.status}", where=SYSTEM, code=str(response.status))
    return reply


def _unreadable(response: HttpResponse, why: str) -> Exception:
    """A page of an edge server, half a reply, an empty one: after a 4xx nothing was done, else nobody knows (524: the
    edge cut the wait and the request may still be running)."""
    status, where = response.status, SYSTEM
    if status == 429:
        return _slow_down(response, "too many requests")
    if status in (401, 403):
        return Misconfigured(f"answered {status}", where=where, mend=_CHECK, code=str(status))
    if 400 <= status < 500:
        return TransientError(f"answered {status} with no reply of the gateway ({why})", where=where, code=str(status))
    return AnswerLost(f"answered {status} with no reply of the gateway ({why})", where=where, code="garbage")


_CHECK = "Check company, user and sender in the connection's settings, and that the company authorizes the sender ID."


def raise_for_all(reply: Reply) -> None:
    """Raise for what holds for the whole request; none of its functions ran."""
    found = reply.control or reply.sign_in
    if found:
        raise _not_signed_in(found)


def _not_signed_in(found: Sequence[Trouble]) -> Exception:
    worst = gravest(found)
    if worst.fault in (Fault.RATE, Fault.OFFLINE):
        return failed(found)
    return Misconfigured(reason(found), where=SYSTEM, mend=_CHECK, code=worst.number)


def failed(found: Sequence[Trouble]) -> Exception:
    """A read's failure as an error of the contract, by its consequence."""
    worst, told = gravest(found), reason(found)
    if worst.fault is Fault.RATE:
        return RateLimited(told, where=SYSTEM, code=worst.number)
    if worst.fault in (Fault.OFFLINE, Fault.SHAKY):
        return TransientError(told, where=SYSTEM, code=worst.number)
    if worst.fault in (Fault.SESSION, Fault.SIGN_IN):
        return Misconfigured(told, where=SYSTEM, mend=_CHECK, code=worst.number)
    if worst.fault is Fault.PERMISSION:
        mend = "Give the web services user the right to this object."
        return PermanentError(told, where=SYSTEM, mend=mend, code=worst.number)
    return PermanentError(told, where=SYSTEM, code=worst.number)


def _slow_down(response: HttpResponse, told: str) -> RateLimited:
    text = response.header("Retry-After").strip()
    after = float(text) if text.isascii() and text.isdigit() and len(text) < 7 else None
    return RateLimited(told, where=SYSTEM, code="GW-0010", retry_after=after)


def _in_order(reply: Reply, calls: Sequence[Call]) -> list[Result]:
    """One result a function, by control id. Raises AnswerLost for a reply that leaves one out."""
    if len(reply.results) == len(calls):
        return list(reply.results)
    known = {result.control_id: result for result in reply.results}
    missing = [call.control_id for call in calls if call.control_id not in known]
    if missing:
        raise AnswerLost(f"left out {len(missing)} of {len(calls)} results", where=SYSTEM, code="garbage")
    return [known[call.control_id] for call in calls]


@contextmanager
def _gate(company: Company) -> Iterator[None]:
    key = (company.endpoint, company.company_id)
    with _gates_lock:
        gate = _gates.setdefault(key, threading.BoundedSemaphore(CONCURRENCY))
    with gate:
        yield
