"""The three doors, over real sockets."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tieline_sandbox.runner import RunningSandbox

Raw = Callable[..., bytes]


def test_all_doors_answer_with_the_address_that_was_used(served: RunningSandbox, wire: requests.Session) -> None:
    for url in (served.http_url, served.tls_url, served.http_url.replace("127.0.0.1", "localhost")):
        assert wire.get(f"{url}/echo?a=%20b").json() == {
            "method": "GET", "target": "/echo?a=%20b", "base": url, "length": 0, "tail": "",
        }  # fmt: skip


def test_tls_is_trusted_for_localhost_and_never_old(served: RunningSandbox, wire: requests.Session) -> None:
    port = urlsplit(served.tls_url).port
    assert wire.get(f"https://localhost:{port}/echo").status_code == 200
    old = ssl.create_default_context(cafile=served.document["ca_file"])
    with pytest.warns(DeprecationWarning, match="TLS"):
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("127.0.0.1", port)) as plain, pytest.raises(ssl.SSLError):
        old.wrap_socket(plain, server_hostname="localhost")


def test_a_stranger_to_the_authority_does_not_trust_the_tls_door(served: RunningSandbox) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(f"{served.tls_url}/echo", timeout=5)


@pytest.mark.parametrize("host", ["login.example.com", "a.b.example.com", "only.example.org"])
def test_the_proxy_ends_tls_for_the_vendors_hosts(served: RunningSandbox, wire: requests.Session, host: str) -> None:
    wire.proxies = {"https": served.proxy_url, "http": served.proxy_url}
    for _ in range(2):
        assert wire.get(f"https://{host}/echo").json()["base"] == f"https://{host}"
    assert wire.get(f"https://{host}:8443/echo").json()["base"] == f"https://{host}:8443"
    assert wire.get(f"http://{host}/echo?x").json() | {"base": f"http://{host}"} == {
        "method": "GET", "target": "/echo?x", "base": f"http://{host}", "length": 0, "tail": "",
    }  # fmt: skip


@pytest.mark.parametrize("host", ["example.com", "evil.org", "evilexample.com", "127.0.0.1", "localhost"])
def test_the_proxy_leads_nowhere_else(served: RunningSandbox, wire: requests.Session, raw: Raw, host: str) -> None:
    wire.proxies = {"http": served.proxy_url}
    answer = wire.get(f"http://{host}/echo")
    assert (answer.status_code, "only" in answer.text) == (403, True)
    assert raw(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(), served.proxy_url).startswith(
        b"HTTP/1.1 403"
    )


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET https://a.example.com/ HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"CONNECT a.example.com HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"CONNECT -a.example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n", 403),
        (b"CONNECT ab--c.example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n", 403),
        (b"CONNECT a.example.com:443 HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\n\r\n", 400),
        (b"CONNECT *.example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ],
)
def test_the_proxy_refuses_what_it_cannot_serve(served: RunningSandbox, raw: Raw, sent: bytes, status: int) -> None:
    assert raw(sent, served.proxy_url).startswith(f"HTTP/1.1 {status} ".encode())


def test_a_broken_handshake_in_a_tunnel_is_only_that(served: RunningSandbox, raw: Raw, wire: requests.Session) -> None:
    address = urlsplit(served.proxy_url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(b"CONNECT a.example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
        connection.sendall(b"this is no TLS\r\n\r\n")
        with contextlib.suppress(ConnectionResetError):
            while connection.recv(100):
                pass
    assert wire.get(f"{served.http_url}/echo").ok


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1", 400),
        (b"hello\r\n\r\n", 400),
        (b"GET /echo HTTP/1.1\r\n\r\n", 400),
        (b"GET /echo HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET /echo HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
        (b"GET /echo HTTP/1.1\r\nHost: a/../<b>\r\n\r\n", 400),
        (b"GET echo HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET http://a@b/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"CONNECT a.example.com:443 HTTP/1.1\r\nHost: a\r\n\r\n", 405),
        (b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", 400),
        (b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc", 400),
        (b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"GET /echo HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 70_000 + b"\r\n\r\n", 431),
        (b"GET /echo HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 200_000, 431),
        (b"GET /" + b"y" * 200_000, 431),
        (b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 300000000\r\n\r\n", 413),
        (b"POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 300000000\r\n\r\n", 413),
    ],
)
def test_malformed_requests_are_refused_and_cut(raw: Raw, sent: bytes, status: int) -> None:
    answer = raw(sent, half_close=False) if status != 400 else raw(sent)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"Connection: close" in answer


def test_an_absolute_target_becomes_its_path(raw: Raw) -> None:
    answer = raw(b"GET http://other:81?a=1 HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 404")
    assert raw(b"GET http://other:81/echo HTTP/1.1\r\nHost: x\r\n\r\n").count(b'"base":"http://other:81"') == 1


def test_http_1_0_works_without_host(served: RunningSandbox, raw: Raw) -> None:
    assert f'"base":"{served.http_url}"'.encode() in raw(b"GET /echo HTTP/1.0\r\n\r\n")


def test_pipelined_requests_are_answered_in_turn(raw: Raw) -> None:
    one = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n"
    answer = raw(b"".join(one + digit for digit in (b"1", b"2", b"3", b"4")))
    assert [answer.index(b'"tail":"%d"' % digit) for digit in (1, 2, 3, 4)] == sorted(
        answer.index(b'"tail":"%d"' % digit) for digit in (1, 2, 3, 4)
    )


def test_chunked_bodies_and_large_bodies_arrive_whole(served: RunningSandbox, wire: requests.Session) -> None:
    def parts() -> Iterator[bytes]:
        for number in range(100):
            yield b"%d," % number

    assert wire.post(f"{served.http_url}/echo", data=parts()).json()["tail"].endswith("97,98,99,")
    for url in (served.http_url, served.tls_url):
        assert wire.post(f"{url}/echo", data=b"z" * 5_000_000).json()["length"] == 5_000_000
        assert len(wire.get(f"{url}/big?5000000").content) == 5_000_000


def test_expect_100_continue_is_answered_before_the_body(served: RunningSandbox) -> None:
    address = urlsplit(served.http_url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(b"POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b"abc")
        assert b'"tail":"abc"' in connection.recv(1000)


def test_head_and_204_carry_no_body_and_keep_the_connection(raw: Raw) -> None:
    wanted = b"HEAD /big?50 HTTP/1.1\r\nHost: x\r\n\r\nGET /nothing HTTP/1.1\r\nHost: x\r\n\r\n"
    head, nothing, rest = raw(wanted).split(b"\r\n\r\n")
    assert b"Content-Length: 50" in head
    assert (nothing.startswith(b"HTTP/1.1 204 No Content"), b"ontent-" in nothing, rest) == (True, False, b"")


@pytest.mark.parametrize("path", ["bad-header", "wide-header"])
def test_an_answer_that_is_no_http_becomes_500(served: RunningSandbox, wire: requests.Session, path: str) -> None:
    answer = wire.get(f"{served.http_url}/{path}")
    assert (answer.status_code, "no HTTP" in answer.text) == (500, True)


def test_a_slow_request_holds_nobody_up(served: RunningSandbox, wire: requests.Session) -> None:
    toy: Any = served.application
    toy.gate.clear()
    with ThreadPoolExecutor(20) as pool:
        slow = [pool.submit(requests.get, f"{served.http_url}/wait", timeout=20) for _ in range(20)]
        for _ in slow:
            assert toy.waiting.acquire(timeout=10)
        assert wire.get(f"{served.http_url}/echo").ok
        toy.gate.set()
        assert all(each.result().json() is True for each in slow)


def test_many_connections_at_once(served: RunningSandbox) -> None:
    def many() -> int:
        with requests.Session() as session:
            session.trust_env = False
            return sum(session.get(f"{served.http_url}/echo").ok for _ in range(10))

    with ThreadPoolExecutor(16) as pool:
        assert sum(each.result() for each in [pool.submit(many) for _ in range(16)]) == 160


def test_a_caller_that_leaves_early_harms_nobody(served: RunningSandbox, wire: requests.Session) -> None:
    address = urlsplit(served.http_url)
    toy: Any = served.application
    toy.gate.clear()
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(b"GET /wait HTTP/1.1\r\nHost: x\r\n\r\n")
        assert toy.waiting.acquire(timeout=10)
    toy.gate.set()
    assert wire.get(f"{served.http_url}/echo").ok


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=300),
        st.tuples(
            st.sampled_from([b"GET ", b"POST ", b"CONNECT ", b"\x00", b""]),
            st.sampled_from([b"/echo", b"*", b"http://h/", b"//", b"/%", b"a:1"]) | st.binary(max_size=20),
            st.sampled_from([b" HTTP/1.1\r\n", b" HTTP/1.0\r\n", b" HTTP/9\r\n", b"\n"]),
            st.sampled_from([b"", b"Host: a\r\n", b"Content-Length: 3\r\n", b"Transfer-Encoding: chunked\r\n"])
            | st.binary(max_size=30),
            st.sampled_from([b"\r\n", b"", b"\r\n3\r\nabc\r\n0\r\n\r\n"]) | st.binary(max_size=30),
        ).map(b"".join),
    )
)
def test_any_bytes_get_an_answer_or_a_closed_connection(raw: Raw, sent: bytes) -> None:
    answer = raw(sent)
    assert answer == b"" or answer.startswith((b"HTTP/1.1 2", b"HTTP/1.1 4", b"HTTP/1.1 501 "))


def test_the_doors_leave_no_thread_behind_after_many_connections(served: RunningSandbox, raw: Raw) -> None:
    raw(b"GET /echo HTTP/1.1\r\nHost: x\r\n\r\n")
    doors = [each for each in threading.enumerate() if each.name.startswith("doors-")]
    assert len(doors) == 1
