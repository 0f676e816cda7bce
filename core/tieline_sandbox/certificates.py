"""The sandbox's own certificate authority: kept in its folder, so that a restart is trusted as before.

Server certificates are made in memory on demand and never written. Certificates that are wrong on purpose
(expired, for another host) can be issued beside `context_for` when a fault asks for them.
"""

from __future__ import annotations

import ssl
from pathlib import Path
from threading import Lock

import certifi
import trustme

from tieline_sandbox.files import write_private

OWN_NAMES = ("localhost", "127.0.0.1", "::1")
_KEPT_CONTEXTS = 256


class Authority:
    """Issues certificates; `ca_file` is what a client must trust, `ca_bundle` adds the public authorities."""

    def __init__(self, folder: Path) -> None:
        self.ca_file = folder / "ca.pem"
        self.ca_bundle = folder / "ca-bundle.pem"
        self._ca = _kept(self.ca_file, folder / "ca.key")
        own = self._ca.cert_pem.bytes()
        _write_public(self.ca_bundle, own + b"\n" + Path(certifi.where()).read_bytes())
        self._lock = Lock()
        self._contexts: dict[tuple[str, ...], ssl.SSLContext] = {}

    def context_for(self, *names: str) -> ssl.SSLContext:
        """A server context with a certificate for these hosts or addresses; made once, then kept."""
        with self._lock:
            context = self._contexts.pop(names, None) or self._issue(names)
            if len(self._contexts) >= _KEPT_CONTEXTS:
                del self._contexts[next(iter(self._contexts))]
            self._contexts[names] = context
        return context

    def _issue(self, names: tuple[str, ...]) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        self._ca.issue_cert(*names).configure_cert(context)
        return context


def _kept(ca_file: Path, key_file: Path) -> trustme.CA:
    if ca_file.exists() and key_file.exists():
        return trustme.CA.from_pem(ca_file.read_bytes(), key_file.read_bytes())
    authority = trustme.CA(organization_name="Tieline sandbox")
    write_private(key_file, authority.private_key_pem.bytes())
    _write_public(ca_file, authority.cert_pem.bytes())
    return authority


def _write_public(path: Path, content: bytes) -> None:
    """Whole or not at all; readable by all, for it holds no secret."""
    write_private(path, content)
    path.chmod(0o644)
