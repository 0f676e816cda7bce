"""Making a connection: resolve once, check every address, connect to the one checked, shake hands.

Whatever fails here, nothing of the request was sent.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass

import certifi

from tieline.contract import Misconfigured, NothingSent
from tieline.net.destinations import AllowList, Destination
from tieline.net.timed_socket import TimedSocket


def trusting(ca_file: str) -> ssl.SSLContext:
    """TLS 1.2 or later against `ca_file` alone, or the public authorities when it is empty.

    Built by hand: the default context would listen to SSL_CERT_FILE and SSLKEYLOGFILE of the environment.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_verify_locations(cafile=ca_file or certifi.where())
    except (OSError, ssl.SSLError) as error:
        raise Misconfigured(
            f"the certificate authority file cannot be read ({error.strerror or error})",
            where=ca_file,
            mend="Set ca_file to a PEM file with the authority's certificate.",
        ) from None
    return context


@dataclass(frozen=True, slots=True)
class Dialler:
    """`proxy` is `host:port` of a CONNECT proxy; then the proxy resolves names and only https is possible."""

    allowed: AllowList
    context: ssl.SSLContext
    now: Callable[[], float]
    proxy: str = ""

    def connect(self, to: Destination, deadline: float, patience: float) -> TimedSocket:
        """Raises NothingSent, or Misconfigured for TLS and addresses not allowed."""
        left = min(patience, deadline - self.now())
        try:
            raw = self._raw(to, max(left, 0.001))
        except TimeoutError:
            raise NothingSent("no connection within the time allowed", where=to.host, mend=_MEND) from None
        except ssl.SSLError as error:
            raise _tls_failure(to, error) from None
        except OSError as error:
            raise NothingSent(f"no connection ({error.strerror or error})", where=to.host, mend=_MEND) from None
        return TimedSocket(raw, self.now)

    def _raw(self, to: Destination, seconds: float) -> socket.socket:
        tunnelled = bool(self.proxy) and to.tls and not to.loopback
        with contextlib.ExitStack() as failing:
            raw = self._tunnel(to, seconds) if tunnelled else self._direct(to, seconds)
            failing.callback(raw.close)
            raw.settimeout(seconds)
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if to.tls:
                # A ragged end must be told from a proper one, or a cut answer without a length looks whole.
                raw = self.context.wrap_socket(raw, server_hostname=to.host, suppress_ragged_eofs=False)
            failing.pop_all()
            return raw

    def _direct(self, to: Destination, seconds: float) -> socket.socket:
        addresses = [entry[4][0] for entry in _resolved(to)]
        for address in addresses:
            self.allowed.check_address(to, str(address))
        failure: OSError = OSError("no address")
        for address in addresses:
            try:
                return socket.create_connection((str(address), to.port), seconds)
            except OSError as error:
                failure = error
        raise failure

    def _tunnel(self, to: Destination, seconds: float) -> socket.socket:
        host, _, port = self.proxy.rpartition(":")
        raw = socket.create_connection((host, int(port)), seconds)
        with contextlib.ExitStack() as failing:
            failing.callback(raw.close)
            raw.sendall(f"CONNECT {to.host}:{to.port} HTTP/1.1\r\nHost: {to.host}:{to.port}\r\n\r\n".encode("ascii"))
            answer = http.client.HTTPResponse(raw, method="CONNECT")
            try:
                answer.begin()
            except http.client.HTTPException as error:
                raise OSError(f"the proxy {self.proxy} did not answer properly") from error
            if answer.status != http.client.OK:
                raise OSError(f"the proxy {self.proxy} refused with {answer.status}")
            failing.pop_all()
            return raw


_MEND = "Check the address and the network."


def _resolved(to: Destination) -> list[tuple[object, object, object, object, tuple[object, ...]]]:
    try:
        return list(socket.getaddrinfo(to.host, to.port, type=socket.SOCK_STREAM))
    except (socket.gaierror, UnicodeError) as error:
        raise NothingSent(f"the name has no address ({error})", where=to.host, mend=_MEND) from None


def _tls_failure(to: Destination, error: ssl.SSLError) -> Misconfigured | NothingSent:
    if isinstance(error, ssl.SSLCertVerificationError):
        return Misconfigured(
            f"its certificate is not trusted ({error.verify_message})",
            where=to.host,
            mend="Check the address; set ca_file if your own authority signed it.",
            code="tls",
        )
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return NothingSent("it hung up during the TLS handshake", where=to.host, mend=_MEND)
    return Misconfigured(
        f"no TLS 1.2 or later there ({error.reason or error})",
        where=to.host,
        mend="Check the address and its port.",
        code="tls",
    )


def checked_proxy(proxy: str) -> str:
    """`http://host:port` or `host:port` as `host:port`; raises Misconfigured."""
    bare = proxy.removeprefix("http://").rstrip("/")
    host, _, port = bare.rpartition(":")
    if not bare:
        return ""
    if not host or not port.isdigit() or "/" in host or "@" in host:
        shown = proxy.rpartition("@")[2]  # without user and password
        raise Misconfigured(f"{shown!r} is not a proxy address", mend="Write it as http://host:port.")
    return bare
