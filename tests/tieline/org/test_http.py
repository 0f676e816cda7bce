"""What only a real socket can show."""

from __future__ import annotations

import gzip
import socket
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from tieline.contract import AnswerLost, HttpRequest, Misconfigured, NothingSent
from tieline.org.http import RequestsTransport


def plain(body: bytes, **headers: str) -> Any:
    def behave(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", headers.pop("length", str(len(body))))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return behave


def call(url: str, settings: Any, clock: Any, **changes: Any) -> Any:
    transport = RequestsTransport(replace(settings, **changes), clock)
    try:
        return transport.send(HttpRequest("GET", url, timeout=2))
    finally:
        transport.close()


def test_a_whole_answer(serve: Any, settings: Any, clock: Any) -> None:
    server = serve(plain(gzip.compress(b'{"a":1}'), Content_Encoding="gzip"))
    answer = call(server.url, settings, clock)
    assert (answer.status, answer.json()) == (200, {"a": 1})


def test_a_cut_answer_is_lost(serve: Any, settings: Any, clock: Any) -> None:
    def cut(handler: BaseHTTPRequestHandler) -> None:
        plain(b'{"records":[]}', length="100")(handler)
        handler.close_connection = True

    with pytest.raises(AnswerLost):
        call(serve(cut).url, settings, clock)


def test_a_cut_chunk_is_lost(serve: Any, settings: Any, clock: Any) -> None:
    def cut(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"5\r\nhello\r\n")
        handler.close_connection = True

    with pytest.raises(AnswerLost):
        call(serve(cut).url, settings, clock)


def test_no_answer_at_all_is_lost(serve: Any, settings: Any, clock: Any) -> None:
    def silent(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True

    server = serve(silent)
    with pytest.raises(AnswerLost):
        call(server.url, settings, clock)
    assert len(server.requests) == 1


def test_a_bomb_is_refused(serve: Any, settings: Any, clock: Any) -> None:
    server = serve(plain(gzip.compress(b"0" * 5_000_000), Content_Encoding="gzip"))
    with pytest.raises(AnswerLost, match="larger than 100000"):
        call(server.url, settings, clock, largest_answer=100_000)


def test_a_trickle_ends_at_the_deadline(serve: Any, settings: Any, clock: Any) -> None:
    ticks = iter(range(0, 1000, 3))
    clock.monotonic = lambda: float(next(ticks))
    with pytest.raises(AnswerLost, match="longer than 2 seconds"):
        call(serve(plain(b"x" * 10)).url, settings, clock, deadline=2)


def test_a_stall_is_lost(serve: Any, settings: Any, clock: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        transport = RequestsTransport(settings, clock)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(AnswerLost):
            transport.send(HttpRequest("GET", url, timeout=0.05))
        transport.close()


def test_a_closed_port_got_nothing(settings: Any, clock: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(NothingSent):
        call(url, settings, clock)


def test_a_dead_proxy_got_nothing(settings: Any, clock: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(NothingSent):
        call("https://acme.my.salesforce.com", settings, clock, proxies={"https": proxy})


def test_redirects_are_not_followed(serve: Any, settings: Any, clock: Any) -> None:
    def moved(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", "/elsewhere")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    server = serve(moved)
    assert call(server.url, settings, clock).status == 302
    assert len(server.requests) == 1


def test_no_cookies_are_kept(serve: Any, settings: Any, clock: Any) -> None:
    server = serve(plain(b"{}", Set_Cookie="sid=1; Path=/"))
    transport = RequestsTransport(settings, clock)
    for _ in range(2):
        transport.send(HttpRequest("GET", server.url))
    transport.close()
    assert all("Cookie" not in headers for _, _, headers in server.requests)


def test_the_environment_is_not_asked(
    serve: Any, settings: Any, clock: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    server = serve(plain(b"{}"))
    assert call(server.url, settings, clock).status == 200
    assert "Authorization" not in server.requests[0][2]


def test_a_missing_authority_file_is_named(settings: Any, clock: Any, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"no-such\.pem"):
        call("https://127.0.0.1:9", settings, clock, ca_file=str(tmp_path / "no-such.pem"))


def test_a_bad_address_is_a_setting(settings: Any, clock: Any) -> None:
    with pytest.raises(Misconfigured):
        call("htp://nowhere", settings, clock)
