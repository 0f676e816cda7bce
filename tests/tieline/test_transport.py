"""The transport against real sockets that misbehave: what was sent is always known, and nothing is done twice."""

from __future__ import annotations

import gzip
import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import trustme

from tieline.contract import AnswerLost, HttpRequest, Misconfigured, NothingSent, PermanentError
from tieline.effects import SystemClock
from tieline.net.destinations import AllowList, matches
from tieline.transport import HttpTransport, TransportPolicy, policy_from

Script = Callable[[socket.socket, bytes], None]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Server:
    """Answers each request on each connection with the script; remembers what came."""

    def __init__(self, script: Script, context: ssl.SSLContext | None = None) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self._script, self._context = script, context
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            raw, _ = self._socket.accept()
            if self._stopping:
                raw.close()
                return
            self.connections += 1
            raw.settimeout(5)
            with suppress(OSError):
                self._serve(raw)
            raw.close()

    _stopping = False

    def _serve(self, raw: socket.socket) -> None:
        peer = raw if self._context is None else self._context.wrap_socket(raw, server_side=True)
        with suppress(OSError), peer:
            while head := _request(peer):
                self.requests.append(head)
                self._script(peer, head)

    def stop(self) -> None:
        self._stopping = True
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port)).close()
        self._thread.join()
        self._socket.close()


def _request(peer: socket.socket) -> bytes:
    """Head and body; nothing when the peer hung up."""
    data = b""
    while not _is_whole(data):
        part = peer.recv(65536)
        if not part:
            return b""
        data += part
    return data


def _is_whole(data: bytes) -> bool:
    head, end, body = data.partition(b"\r\n\r\n")
    announced = re.search(rb"content-length: (\d+)", head.lower())
    return bool(end) and len(body) >= int(announced[1] if announced else 0)


def answering(data: bytes) -> Script:
    return lambda peer, _: peer.sendall(data)


def silent(peer: socket.socket, _: bytes) -> None:
    peer.recv(1)


def closing(data: bytes) -> Script:
    def script(peer: socket.socket, _: bytes) -> None:
        peer.sendall(data)
        peer.shutdown(socket.SHUT_RDWR)

    return script


def resetting(data: bytes) -> Script:
    def script(peer: socket.socket, _: bytes) -> None:
        if data:
            peer.sendall(data)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        peer.close()

    return script


@contextmanager
def serving(script: Script, context: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server(script, context)
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def local(**changes: object) -> Iterator[HttpTransport]:
    settings: dict[str, object] = {"hosts": ("*.example.com",), "allow_local": True, "connect": 2.0, "patience": 2.0}
    with HttpTransport(TransportPolicy(**(settings | changes)), SystemClock()) as transport:  # type: ignore[arg-type]
        yield transport


def get(server: Server, path: str = "/", timeout: float = 3.0, scheme: str = "http") -> HttpRequest:
    return HttpRequest("GET", f"{scheme}://127.0.0.1:{server.port}{path}", timeout=timeout)


def test_a_request_arrives_as_written_and_the_connection_is_kept() -> None:
    with serving(answering(OK)) as server, local() as transport:
        for _ in range(3):
            answer = transport.send(
                HttpRequest("POST", f"http://127.0.0.1:{server.port}/a%20b?q=1%2F2", {"X-Own": "yes"}, b"{}")
            )
        assert (answer.status, answer.body, answer.header("content-length")) == (200, b"ok", "2")
        assert server.requests[0].startswith(b"POST /a%20b?q=1%2F2 HTTP/1.1\r\n")
        assert b"X-Own: yes" in server.requests[0]
        assert server.requests[0].endswith(b"\r\n\r\n{}")
        assert (transport.calls, server.connections) == (3, 1)


def test_a_connection_closed_while_idle_is_not_used_again() -> None:
    with serving(closing(OK)) as server, local() as transport:
        assert transport.send(get(server)).status == 200
        while not next(iter(transport._idle.values()))[0].went_stale():
            pass
        assert transport.send(get(server)).status == 200
        assert server.connections == 2


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (resetting(b""), "reset"),
        (closing(b""), "without response|RemoteDisconnected|closed connection"),
        (resetting(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"), "reset|missing"),
        (closing(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"), "7 bytes of the answer are missing"),
        (closing(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"), "IncompleteRead"),
        (closing(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n"), "IncompleteRead"),
        (closing(b"garbage\r\n\r\n"), "garbage"),
        (closing(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"), "compression"),
        (answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + b"x" * 2000), "larger than 1000"),
    ],
)
def test_an_answer_that_is_not_whole_is_lost_and_never_asked_for_again(script: Script, words: str) -> None:
    with serving(script) as server, local(max_bytes=1000) as transport:
        with pytest.raises(AnswerLost, match=words):
            transport.send(get(server))
        assert (len(server.requests), transport.calls) == (1, 1)


def test_a_compressed_answer_is_capped_by_its_plain_size() -> None:
    bomb = gzip.compress(b"0" * 1_000_000)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    with serving(answering(head + bomb)) as server:
        with local(max_bytes=10_000) as transport, pytest.raises(AnswerLost, match="larger"):
            transport.send(get(server))
        with local() as transport:
            assert len(transport.send(get(server)).body) == 1_000_000


def test_a_trickle_ends_at_the_deadline_of_the_call() -> None:
    def trickle(peer: socket.socket, _: bytes) -> None:
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while True:
            peer.sendall(b"x")
            threading.Event().wait(0.02)

    clock = SystemClock()
    with serving(trickle) as server, local() as transport:
        began = clock.monotonic()
        with pytest.raises(AnswerLost, match="time ran out"):
            transport.send(get(server, timeout=0.3))
        assert clock.monotonic() - began < 1.5


def test_trickled_headers_end_at_the_deadline_too() -> None:
    def trickle(peer: socket.socket, _: bytes) -> None:
        while True:
            peer.sendall(b"H")
            threading.Event().wait(0.02)

    with serving(trickle) as server, local() as transport, pytest.raises(AnswerLost, match="time ran out"):
        transport.send(get(server, timeout=0.3))


def test_silence_is_a_lost_answer() -> None:
    with (
        serving(silent) as server,
        local(patience=0.2) as transport,
        pytest.raises(AnswerLost),
    ):
        transport.send(get(server))


def test_nobody_listening_means_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with local() as transport:
        with pytest.raises(NothingSent, match=r"127\.0\.0\.1"):
            transport.send(HttpRequest("POST", f"http://127.0.0.1:{port}/", body=b"x"))
        assert transport.calls == 0


def test_a_name_without_address_means_nothing_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror("not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with local() as transport, pytest.raises(NothingSent, match=r"a\.example\.com"):
        transport.send(HttpRequest("GET", "https://a.example.com/"))


def test_a_redirect_is_an_answer() -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    with serving(answering(moved)) as server, local() as transport:
        assert transport.send(get(server)).status == 302
        assert len(server.requests) == 1


def test_repeated_headers_are_joined_and_empty_answers_are_whole() -> None:
    data = b"HTTP/1.1 204 No Content\r\nX-A: 1\r\nX-A: 2\r\n\r\n"
    with serving(answering(data)) as server, local() as transport:
        answer = transport.send(get(server))
    assert (answer.status, answer.body, answer.header("x-a")) == (204, b"", "1, 2")


def test_header_injection_never_leaves() -> None:
    with serving(answering(OK)) as server, local() as transport:
        for value in ("token\r\nEvil: 1", "token\u20ac"):
            with pytest.raises(PermanentError) as caught:
                transport.send(HttpRequest("GET", f"http://127.0.0.1:{server.port}/", {"Authorization": value}))
            assert "token" not in str(caught.value)
        assert (server.requests, transport.calls) == ([], 0)


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


def tls_server(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


def test_tls_with_a_known_authority(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    key_log = tmp_path / "keys.log"
    monkeypatch.setenv("SSLKEYLOGFILE", str(key_log))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    with (
        serving(answering(OK), tls_server(authority, "127.0.0.1")) as server,
        local(ca_file=str(tmp_path / "ca.pem")) as transport,
    ):
        assert transport.send(get(server, scheme="https")).status == 200
    assert not key_log.exists()


def test_an_unknown_authority_is_refused_by_name(
    authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    with serving(answering(OK), tls_server(authority, "127.0.0.1")) as server, local() as transport:
        with pytest.raises(Misconfigured, match=r"127\.0\.0\.1: its certificate is not trusted"):
            transport.send(get(server, scheme="https"))
        assert (server.requests, transport.calls) == ([], 0)


def test_a_certificate_for_another_host_is_refused(authority: trustme.CA, tmp_path: Path) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with (
        serving(answering(OK), tls_server(authority, "other.example.com")) as server,
        local(ca_file=str(tmp_path / "ca.pem")) as transport,
        pytest.raises(Misconfigured, match=r"127\.0\.0\.1"),
    ):
        transport.send(get(server, scheme="https"))


def test_plain_http_where_tls_was_expected_is_a_setting_to_mend() -> None:
    def not_tls(peer: socket.socket) -> None:
        peer.recv(65536)
        peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listening, local() as transport:

        def serve() -> None:
            peer, _ = listening.accept()
            with peer:
                not_tls(peer)

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(Misconfigured, match="no TLS"):
            transport.send(HttpRequest("GET", f"https://127.0.0.1:{listening.getsockname()[1]}/"))
        thread.join()


def test_hanging_up_in_the_handshake_means_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, local() as transport:
        thread = threading.Thread(target=lambda: listening.accept()[0].close())
        thread.start()
        with pytest.raises(NothingSent):
            transport.send(HttpRequest("POST", f"https://127.0.0.1:{listening.getsockname()[1]}/", body=b"x"))
        thread.join()


def test_a_cut_tls_answer_without_length_is_not_taken_for_whole(authority: trustme.CA, tmp_path: Path) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))

    def ragged(peer: socket.socket, _: bytes) -> None:
        peer.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[1, 2")
        socket.socket.shutdown(peer, socket.SHUT_RDWR)

    with (
        serving(ragged, tls_server(authority, "127.0.0.1")) as server,
        local(ca_file=str(tmp_path / "ca.pem")) as transport,
        pytest.raises(AnswerLost),
    ):
        transport.send(get(server, scheme="https"))


def test_a_missing_authority_file_is_named() -> None:
    with pytest.raises(Misconfigured, match=r"nowhere\.pem"), local(ca_file="/nowhere.pem"):
        pass


def test_a_proxy_carries_https_and_its_refusal_sends_nothing(authority: trustme.CA, tmp_path: Path) -> None:
    refused = closing(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
    with serving(refused) as proxy, local(proxy=f"http://127.0.0.1:{proxy.port}") as transport:
        with pytest.raises(NothingSent, match="refused with 403"):
            transport.send(HttpRequest("GET", "https://a.example.com/"))
        assert proxy.requests[0].startswith(b"CONNECT a.example.com:443 HTTP/1.1")

    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = tls_server(authority, "a.example.com")

    def tunnel(peer: socket.socket, _: bytes) -> None:
        peer.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with context.wrap_socket(peer, server_side=True) as inner:
            _request(inner)
            inner.sendall(OK)

    with (
        serving(tunnel) as proxy,
        local(proxy=f"127.0.0.1:{proxy.port}", ca_file=str(tmp_path / "ca.pem")) as transport,
    ):
        assert transport.send(HttpRequest("GET", "https://a.example.com/x")).body == b"ok"


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.com/",
        "https://example.com/",
        "https://aexample.com/",
        "https://a.example.com.evil.com/",
        "https://a.example.com@evil.com/",
        "https://user:pw@a.example.com/",
        "https://a.example.com#@evil.com/",
        "https://evil.com\\.example.com/",
        "https://evil.com%2f.example.com\t/",
        "http://a.example.com/",
        "http://2130706433/",
        "http://0x7f.0.0.1/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::1%25lo]/",
        "http://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/",
        "https://a.example.com./",
        "https://ex\u00e4mple.com/",
        "https://a.example.com:99999/",
        "ftp://a.example.com/",
        "file:///etc/passwd",
        "//a.example.com/",
        "",
        "https:///x",
        "http://127.0.0.1/",
        "http://localhost/",
        "https://[::1]/",
    ],
)
def test_addresses_that_were_not_declared_are_refused_before_a_look_up(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("looked up"))
    if url == "https://a.example.com#@evil.com/":
        assert AllowList(("*.example.com",)).destination(url).host == "a.example.com"
        return
    with local(allow_local=False) as transport, pytest.raises(Misconfigured) as refused:
        transport.send(HttpRequest("GET", url))
    assert "pw" not in str(refused.value)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "::1",
        "::ffff:10.0.0.1",
        "fe80::1",
        "64:ff9b::a00:1",
        "2002:a00:1::1",
    ],
)
def test_a_declared_name_that_resolves_inward_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(*_: object, **__: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (address, 443))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("connected"))
    with local() as transport, pytest.raises(Misconfigured, match="not a public address"):
        transport.send(HttpRequest("GET", "https://a.example.com/"))


def test_a_private_network_opens_only_when_set() -> None:
    to = AllowList(("erp.example.com",)).destination("https://erp.example.com/")
    AllowList(("erp.example.com",), private=True).check_address(to, "10.1.2.3")
    with pytest.raises(Misconfigured):
        AllowList(("erp.example.com",), private=True).check_address(to, "169.254.169.254")


def test_patterns_take_whole_names() -> None:
    assert matches("*.example.com", "a.b.example.com")
    assert matches("Api.Example.com", "api.example.com")
    assert not matches("*.example.com", ".example.com")
    assert not matches("example.com", "a.example.com")


def test_settings_become_a_policy() -> None:
    settings = {"allow_local": "yes", "ca_file": "x", "proxy": "p:1"}
    policy = policy_from(settings, ("h",))
    assert (policy.allow_local, policy.allow_private, policy.ca_file, policy.proxy) == (True, False, "x", "p:1")
    with pytest.raises(Misconfigured, match="proxy"):
        HttpTransport(TransportPolicy((), proxy="socks://x"), SystemClock())
    with pytest.raises(Misconfigured, match="proxy") as caught:
        HttpTransport(TransportPolicy((), proxy="http://me:hidden@proxy:3128"), SystemClock())
    assert "hidden" not in str(caught.value)
