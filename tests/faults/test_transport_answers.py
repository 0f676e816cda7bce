"""Answers that are late, refused, foreign, huge or out of order: waits stay within bounds, and nothing is believed that
is no whole answer to what was asked."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
import trustme

from tieline.contract import AnswerLost, HttpRequest, Misconfigured
from tieline.effects import SystemClock
from tieline.transport import HttpTransport, TransportPolicy

LISTS = "/Customers|/query"
deep = partial(pytest.param, marks=pytest.mark.deep)
XML = "<error><errorno>GW-0010</errorno><description>Too many requests</description></error>"


def both(tie: Any) -> tuple[Any, Any]:
    return tie.org, tie.erp


def edited(tie: Any, phone: str) -> Callable[[], bool]:
    """A pair with a different edit on each side; whether both have arrived."""
    account, guid = tie.pair(CustomerName=f"Answers {phone}")
    tie.erp_edit("Customers", guid, PhoneNumber=phone)
    tie.crm_edit("Account", account, Fax=phone)

    def arrived() -> bool:
        crm, erp = tie.org.held("Account", account), tie.erp.held("Customers", guid)
        return (crm["Phone"], erp["FaxNumber"]) == (phone, phone)

    return arrived


# waiting ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [deep(""), XML], ids=["9 plain", "11 xml"])
def test_the_wait_asked_for_is_kept_and_the_other_side_goes_on(tie: Any, body: str) -> None:
    account, guid = tie.pair()
    tie.crm_edit("Account", account, Phone="040 429")
    engine = tie.engine()
    told = {"code": 429, "headers": {"Retry-After": "120"}, "body": body}
    tie.erp.fault("accepted", {"status": told}, nth=0)
    before = tie.erp.calls()
    problems = tie.cycle(engine).problems
    assert any("takes no more calls for now" in one for one in problems)
    assert tie.erp.calls() == before + 1  # nothing else was sent after the answer
    tie.later(119)
    tie.crm_edit("Account", account, Fax="040 430")
    tie.cycle(engine)
    assert tie.erp.calls() == before + 1
    assert tie.link(account).crm.fields["Fax"] == "040 430"  # the org was read all the same
    assert tie.link(account).problem is None  # no record is blamed
    tie.later(3600)
    tie.settle()
    assert tie.erp.held("Customers", guid)["PhoneNumber"] == "040 429"


@pytest.mark.parametrize("side", ["erp", deep("org")])
@pytest.mark.parametrize(
    ("asked", "most"),
    [
        deep("", 31),
        ("9" * 400, 3601),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 1),
        deep("0", 1),
        deep("soon", 31),
        deep("-5", 31),
        deep("86400", 3601),
        deep("Fri, 31 Dec 9999 23:59:59 GMT", 3601),
    ],
)
def test_no_wait_is_endless(tie: Any, side: str, asked: str, most: float) -> None:
    box = getattr(tie, side)
    arrived = edited(tie, f"{side} {asked[:20]}.")
    engine = tie.engine()
    told = {"code": 429, "headers": {"Retry-After": asked} if asked else {}}
    box.fault("accepted", {"status": told}, path=LISTS)
    began = tie.clock.monotonic()
    tie.cycle(engine)
    assert tie.clock.monotonic() - began < 32  # waited inside: up to half a minute
    tie.later(most)
    for _ in range(4):
        tie.cycle(engine)
        tie.later(60)
    assert box.calm() == 1
    assert arrived()


def limit(message: str) -> dict[str, Any]:
    body = [{"message": message, "errorCode": "REQUEST_LIMIT_EXCEEDED"}]
    return {"status": {"code": 403, "body": body, "headers": {"Content-Type": "application/json"}}}


def test_a_spent_day_stops_reading_and_keeps_the_cursor(tie: Any) -> None:
    """Row 12."""
    account, guid = tie.pair()
    tie.crm_edit("Account", account, Phone="040 day")
    engine = tie.engine()
    before = tie.org.calls()
    fault = tie.org.fault("accepted", limit("TotalRequests Limit exceeded."), times=0, path="/services/data/")
    problems = tie.cycle(engine).problems
    assert any("TotalRequests Limit exceeded. Wait for the allowance" in one for one in problems)
    assert tie.org.calls() == before + 1  # asked once, then left alone
    assert fault
    tie.org.calm()
    tie.later(60)
    tie.settle()
    assert tie.erp.held("Customers", guid)["PhoneNumber"] == "040 day"


@pytest.mark.deep
def test_too_many_at_once_blames_no_record(tie: Any) -> None:
    """Row 13."""
    arrived = edited(tie, "040 crowd")
    crowded = limit("ConcurrentRequests (Concurrent API Requests) Limit exceeded.")
    tie.org.fault("accepted", crowded, times=3, path="/services/data/")
    tie.org.fault("accepted", crowded, times=1, path="/composite$")
    for _ in range(4):
        tie.cycle()
        tie.later(60)
    assert tie.org.calm() == 4
    assert arrived()
    assert all(link.problem is None for link in tie.links())


@pytest.mark.parametrize("side", ["org", deep("erp")])
def test_a_page_of_a_gateway_is_never_quoted(tie: Any, side: str) -> None:
    """Row 14."""
    arrived = edited(tie, f"040 page {side}")
    engine = tie.engine()
    page = {"code": 500, "body": "<html>Jane Roe, born 1970</html>", "headers": {"Content-Type": "text/html"}}
    getattr(tie, side).fault("accepted", {"status": page}, times=0, path=LISTS)
    told = tie.cycle(engine).problems
    assert any("answered 500" in one for one in told)
    assert "Jane" not in " ".join(told) + str(tie.org.all("ERP_Link__c"))
    assert getattr(tie, side).calm() >= 1
    tie.later(60)
    tie.settle()
    assert arrived()


class Jumping(SystemClock):
    """The calendar is set back and forth whenever somebody looks; the monotonic clock is not."""

    def __init__(self, by: float) -> None:
        self._by, self._looks = by, 0

    def now(self) -> datetime:
        self._looks += 1
        return super().now() + timedelta(seconds=self._by if self._looks % 2 else 0)


@pytest.mark.parametrize("by", [3600.0, -3600.0])
def test_a_clock_that_is_set_neither_ends_nor_prolongs_a_call(by: float) -> None:
    """Row 22, one call."""
    with silent() as port, local(clock=Jumping(by)) as transport:
        began = SystemClock().monotonic()
        with pytest.raises(AnswerLost, match="time ran out"):
            transport.send(HttpRequest("GET", f"http://127.0.0.1:{port}/", timeout=0.2))
        assert 0.1 < SystemClock().monotonic() - began < 2


@pytest.mark.parametrize("by", [-3600.0, deep(3600.0)])
def test_edits_arrive_while_the_workers_clock_jumps(tie: Any, by: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row 22, the whole engine: what was read is vouched for by the vendors' clocks."""
    arrived = edited(tie, f"040 jump {by}")
    tie.erp.fault("accepted", {"status": {"code": 429, "headers": {"Retry-After": "5"}}}, path=LISTS)
    now = tie.clock.now
    monkeypatch.setattr(tie.clock, "now", lambda: now() + timedelta(seconds=by))
    tie.settle()
    monkeypatch.undo()
    tie.later(3601)
    tie.settle()
    assert arrived()


# answers that are not answers ------------------------------------------------------------------------------------


@contextmanager
def silent() -> Iterator[int]:
    """Takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield int(listening.getsockname()[1])


@contextmanager
def local(clock: Any = None, **changes: Any) -> Iterator[HttpTransport]:
    policy = TransportPolicy(**{"hosts": (), "allow_local": True, "connect": 2.0, "patience": 2.0, **changes})
    with HttpTransport(policy, clock or SystemClock()) as transport:
        yield transport


@pytest.mark.parametrize("side", ["erp", deep("org")])
@pytest.mark.parametrize("cut", [300, deep(40)])
def test_a_list_cut_and_framed_as_whole_is_read_again(tie: Any, side: str, cut: int) -> None:
    """Row 8, reading."""
    arrived = edited(tie, f"040 cut {side} {cut}")
    before = len(tie.links())
    getattr(tie, side).fault("responding", {"shorten": {"bytes": cut}}, times=2, path=LISTS)
    for _ in range(3):
        tie.cycle()
    assert getattr(tie, side).calm() == 2
    assert arrived()
    assert len(tie.links()) == before
    assert all(not link.tombstone for link in tie.links())


@pytest.mark.parametrize("code", [302, deep(301), deep(303), deep(307), deep(308)])
@pytest.mark.parametrize("side", ["org", deep("erp")])
def test_a_redirect_leads_nowhere(tie: Any, side: str, code: int) -> None:
    """Row 16: neither token nor signature goes to the other host."""
    box, other = (tie.org, tie.erp) if side == "org" else (tie.erp, tie.org)
    engine = tie.engine()
    target = f"{other.running.tls_url}/stolen"
    box.fault("accepted", {"status": {"code": code, "headers": {"Location": target}}}, path=LISTS)
    tie.cycle(engine)
    assert box.calm() == 1
    assert not any("/stolen" in one.path for one in other.running.plane.requests.since(0))
    tie.settle()


@pytest.mark.parametrize("side", ["erp", deep("org")])
def test_a_name_that_is_there_only_now_and_then(tie: Any, side: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row 17."""
    arrived = edited(tie, f"040 dns {side}")
    engine = tie.engine()
    for _, transport in tie.runtime.clients._transports:
        transport.close()
    port, look_up, left = int(getattr(tie, side).running.tls_url.rpartition(":")[2]), socket.getaddrinfo, [9]

    def flapping(host: str, asked: int, *rest: Any, **more: Any) -> Any:
        if asked == port and left[0]:
            left[0] -= 1
            raise socket.gaierror(-3, "Temporary failure in name resolution")
        return look_up(host, asked, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", flapping)
    told = [one for _ in range(3) for one in tie.cycle(engine).problems]
    assert any("the name has no address" in one for one in told)
    tie.later(3600)
    tie.settle()
    assert left == [0]
    assert arrived()


@pytest.mark.parametrize("side", ["org", "erp"])
def test_a_trickle_ends_with_the_time_of_the_call(tie: Any, side: str) -> None:
    """Row 18: each byte comes in time, the answer does not."""
    box = getattr(tie, side)
    box.fault("responding", {"trickle": {"seconds": 0.05}}, times=0)
    clock = SystemClock()
    with local(ca_file=box.running.document["ca_file"]) as transport:
        began = clock.monotonic()
        with pytest.raises(AnswerLost, match="time ran out"):
            transport.send(HttpRequest("GET", f"{box.running.tls_url}/", timeout=0.3))
        assert clock.monotonic() - began < 2


@pytest.mark.parametrize("headers", [{}, {"Content-Encoding": "gzip"}], ids=["plain", "bomb"])
def test_an_answer_beyond_all_measure_is_not_read(tie: Any, headers: dict[str, str]) -> None:
    """Row 19."""
    body = b"0" * 3_000_000
    packed = gzip.compress(body) if headers else body
    words = "larger than 100000 bytes"
    with (
        serving(packed, headers) as port,
        local(max_bytes=100_000) as transport,
        pytest.raises(AnswerLost, match=words),
    ):
        transport.send(HttpRequest("GET", f"http://127.0.0.1:{port}/"))


@contextmanager
def serving(body: bytes, headers: dict[str, str]) -> Iterator[int]:
    """One answer to whoever asks."""
    lines = [f"{name}: {text}\r\n" for name, text in {**headers, "Content-Length": str(len(body))}.items()]
    answer = f"HTTP/1.1 200 OK\r\n{''.join(lines)}\r\n".encode() + body

    def serve() -> None:
        peer, _ = listening.accept()
        with peer:
            peer.recv(65536)
            try:
                peer.sendall(answer)
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        yield int(listening.getsockname()[1])
        thread.join()


@pytest.mark.parametrize("trouble", ["unknown authority", "expired", "other host"])
def test_a_certificate_that_does_not_hold_is_a_hard_stop(tie: Any, trouble: str, tmp_path: Any) -> None:
    """Row 15: nothing is sent, nothing is tried without TLS."""
    authority, stranger = trustme.CA(), trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    issuer = stranger if trouble == "unknown authority" else authority
    name = "elsewhere.example.com" if trouble == "other host" else "127.0.0.1"
    until = SystemClock().now() - timedelta(days=1) if trouble == "expired" else None
    words = {"unknown authority": "unable to get local issuer", "expired": "expired", "other host": "mismatch"}
    certificate = issuer.issue_cert(name, not_after=until)
    with speaking_tls(certificate) as port, local(ca_file=str(tmp_path / "ca.pem")) as transport:
        with pytest.raises(Misconfigured, match=words[trouble]) as refused:
            transport.send(HttpRequest("GET", f"https://127.0.0.1:{port}/"))
        assert refused.value.code == "tls"
        assert transport.calls == 0


@contextmanager
def speaking_tls(certificate: trustme.LeafCert) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)

    def serve() -> None:
        peer, _ = listening.accept()
        with peer, suppress(OSError), context.wrap_socket(peer, server_side=True) as inner:
            inner.recv(1)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        yield int(listening.getsockname()[1])
        thread.join()


# answers to somebody else's question -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("side", "path"),
    [
        ("org", "/query"),
        deep("erp", "/(Customers|Products|SalesOrders)"),
        deep("erp", "/Customers/.*-"),
        deep("org", "/describe"),
    ],
)
def test_swapped_answers_to_reads_change_nothing(tie: Any, side: str, path: str) -> None:
    """Row 21, reading."""
    name = f"040 swap {side}{len(path)}"
    arrived = edited(tie, name)
    before = tie.links()
    box = getattr(tie, side)
    box.fault("responding", "reorder", nth=1, times=8, method="GET", path=path)
    engine = tie.engine()
    places = tie.places()
    tie.cycle(engine)
    tie.cycle(engine)
    assert box.calm() >= 1
    changed = [one for each, since in zip(both(tie), places, strict=True) for one in each.by_engine(since)]
    kinds = {one.kind for one in changed} - {"ERP_Link__c"}
    assert kinds <= {"Account", "Customers"}, changed
    assert all(one.action != "insert" for one in changed if one.kind in kinds)
    tie.later(3600)
    tie.settle()
    assert arrived()
    assert [(one.crm_key, one.erp_key, one.tombstone) for one in tie.links()] == [
        (one.crm_key, one.erp_key, one.tombstone) for one in before
    ]


def test_swapped_answers_to_writes_tie_nobody_to_a_stranger(tie: Any) -> None:
    """Row 21, writing: two customers made in the ERP, two accounts and their contacts in the org."""
    names = [f"Swapped {number}" for number in range(4)]
    accounts = [tie.account(Name=name) for name in names[:2]]
    tie.settle()
    for account in accounts:
        tie.promote(account)
    for name in names[2:]:
        guid = tie.customer(CustomerName=name)
        tie.erp.edit("Bea", "Contacts", "", CustomerGuid=guid, FirstName="Ann", LastName=name)
    tie.erp.fault("responding", "reorder", nth=1, times=4, method="POST", path="/Customers/")
    tie.org.fault("responding", "reorder", nth=1, times=4, path="/composite")
    tie.cycle()
    tie.cycle()
    assert min(tie.org.calm(), tie.erp.calm()) >= 1
    tie.later(3600)
    tie.settle()
    for name in names:
        (ident,), (guid,) = tie.org.made("Account", Name=name), tie.erp.made("Customers", CustomerName=name)
        assert tie.link(ident).erp_key == guid
    for link in tie.links("contact"):
        assert link.crm_key.startswith("003")
    tie.idle()
