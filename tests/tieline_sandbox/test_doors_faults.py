"""Faults as a client on the wire sees them, and what the ground truth says afterwards."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tieline_sandbox.runner import RunningSandbox

Names = Callable[[], list[str]]


@pytest.fixture
def plane_call(served: RunningSandbox, wire: requests.Session) -> Callable[..., requests.Response]:
    def call(method: str, path: str, body: Any = None) -> requests.Response:
        token = {"X-Sandbox-Token": served.plane_token}
        return wire.request(method, f"{served.plane_url}/{path}", json=body, headers=token)

    return call


@pytest.fixture
def created(plane_call: Callable[..., requests.Response]) -> Names:
    """The names created since the test began."""
    start = plane_call("GET", "log").json()["last"]
    return lambda: [one["after"]["name"] for one in plane_call("GET", f"log?since={start}").json()["mutations"]]


def plan(plane_call: Callable[..., requests.Response], at: str, do: Any) -> None:
    assert (
        plane_call("POST", "faults", {"at": at, "match": {"path": "^/(things|big|echo)"}, "do": do}).status_code == 201
    )


@pytest.mark.parametrize("door", ["http_url", "tls_url", "proxy"])
@pytest.mark.parametrize(
    ("at", "do", "effect"),
    [
        ("accepted", "reset", []),
        ("parsed", "reset", []),
        ("before_commit", "reset", []),
        ("after_commit", "reset", ["one"]),
        ("responding", "reset", ["one"]),
        ("accepted", "drop_response", ["one"]),
        ("after_commit", {"close_mid": {"bytes": 5}}, ["one"]),
    ],
)
def test_a_lost_answer_is_an_error_at_every_door(
    served: RunningSandbox, wire: requests.Session, plane_call: Any, created: Names,
    door: str, at: str, do: Any, effect: list[str],
) -> None:  # fmt: skip
    plan(plane_call, at, do)
    wire.proxies = {"https": served.proxy_url} if door == "proxy" else {}
    base = "https://login.example.com" if door == "proxy" else served.document[door]
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        wire.post(f"{base}/things", json={"name": "one"})
    assert created() == effect
    assert wire.post(f"{base}/things", json={"name": "two"}).status_code == 201


def test_502_after_the_commit(served: RunningSandbox, wire: requests.Session, plane_call: Any, created: Names) -> None:
    plan(plane_call, "after_commit", {"status": {"code": 502, "headers": {"Retry-After": "3"}, "body": "<html>"}})
    answer = wire.post(f"{served.http_url}/things", json={"name": "one"})
    assert (answer.status_code, answer.headers["Retry-After"], answer.text) == (502, "3", "<html>")
    assert created() == ["one"]


def test_reset_sends_no_byte_and_is_a_real_reset(served: RunningSandbox, plane_call: Any) -> None:
    plan(plane_call, "accepted", "reset")
    address = urlsplit(served.http_url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(b"GET /echo HTTP/1.1\r\nHost: x\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            connection.recv(1)


@pytest.mark.parametrize("door", ["http_url", "tls_url"])
def test_close_mid_sends_exactly_so_many_bytes(served: RunningSandbox, plane_call: Any, door: str) -> None:
    plan(plane_call, "responding", {"close_mid": {"bytes": 8_000_000}})
    address = urlsplit(served.document[door])
    with socket.create_connection((address.hostname, address.port), timeout=10) as plain:
        trusting = ssl.create_default_context(cafile=served.document["ca_file"])
        secure = (
            trusting.wrap_socket(plain, server_hostname="localhost", suppress_ragged_eofs=False)
            if door == "tls_url"
            else plain
        )
        with secure:
            secure.sendall(b"GET /big?9000000 HTTP/1.1\r\nHost: x\r\n\r\n")
            received = until_cut(secure)
    head, _, body = received.partition(b"\r\n\r\n")
    assert (b"Content-Length: 9000000" in head, len(body)) == (True, 8_000_000)


def until_cut(connection: socket.socket) -> bytes:
    """All bytes up to a reset, which OpenSSL calls an end of file against the protocol; an orderly end fails."""
    received = b""
    while True:
        try:
            chunk = connection.recv(65536)
        except (ConnectionResetError, ssl.SSLEOFError):
            return received
        assert chunk, "an orderly close"
        received += chunk


def test_trickle_sends_the_head_at_once_and_the_body_byte_by_byte(
    served: RunningSandbox, wire: requests.Session, plane_call: Any
) -> None:
    plan(plane_call, "responding", {"trickle": {"seconds": 0.002}})
    with wire.get(f"{served.http_url}/big?40", stream=True) as answer:
        assert answer.raw.read(1) == b"x"
        assert len(answer.content) == 39


def test_a_stall_outlasts_a_client_that_gives_up(
    served: RunningSandbox, wire: requests.Session, plane_call: Any, created: Names
) -> None:
    plan(plane_call, "responding", {"stall": {"seconds": 30}})
    with pytest.raises(requests.ReadTimeout):
        wire.post(f"{served.http_url}/things", json={"name": "one"}, timeout=0.1)
    assert created() == ["one"]


def test_duplicate_and_flip_on_the_wire(
    served: RunningSandbox, wire: requests.Session, plane_call: Any, created: Names
) -> None:
    plan(plane_call, "accepted", "duplicate")
    plan(plane_call, "responding", {"flip": {"bytes": 3, "seed": 5}})
    wire.post(f"{served.http_url}/things", json={"name": "one"})
    assert created() == ["one", "one"]
    plan(plane_call, "responding", {"flip": {"bytes": 3, "seed": 5}})
    flipped = wire.get(f"{served.http_url}/big?40").content
    assert (len(flipped), flipped.count(b"x")) == (40, 37)


def test_concurrent_posts_each_commit_once(served: RunningSandbox, created: Names) -> None:
    def post(number: int) -> None:
        requests.post(f"{served.http_url}/things", json={"name": str(number)}, timeout=20)

    posts = [threading.Thread(target=post, args=(number,)) for number in range(24)]
    for each in posts:
        each.start()
    for each in posts:
        each.join()
    assert sorted(created(), key=int) == [str(number) for number in range(24)]
