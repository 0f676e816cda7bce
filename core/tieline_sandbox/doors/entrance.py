"""What a request's target means at each door: which address the caller believes to talk to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tieline_sandbox.doors.http import Asked, Unanswerable, is_host
from tieline_sandbox.wire import Request

_ABSOLUTE = re.compile(r"(https?)://([^/?#]+)([^#]*)", re.IGNORECASE)
_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
_LONGEST_NAME = 253


@dataclass(frozen=True, slots=True)
class Direct:
    """A door the caller addresses as a server: plain or TLS."""

    scheme: str
    own_host: str

    def request(self, asked: Asked) -> Request:
        """Raises Unanswerable."""
        if absolute := _absolute(asked):
            _, host, target = absolute
            return _request(asked, self.scheme, host, target)
        return _request(asked, self.scheme, asked.host or self.own_host, asked.target)


@dataclass(frozen=True, slots=True)
class Tunnel:
    """The inside of a CONNECT: whatever the Host header says, the caller asked for this host."""

    host: str

    def request(self, asked: Asked) -> Request:
        """Raises Unanswerable."""
        absolute = _absolute(asked)
        return _request(asked, "https", self.host, absolute[2] if absolute else asked.target)


@dataclass(frozen=True, slots=True)
class Proxy:
    """The proxy door: only the vendor's hosts, and never a way to anywhere else."""

    patterns: Sequence[str]

    def request(self, asked: Asked) -> Request:
        """A plain request sent to the proxy in absolute form. Raises Unanswerable."""
        absolute = _absolute(asked)
        if absolute is None:
            raise Unanswerable(400, "This is a proxy; ask it for http://HOST/PATH or CONNECT HOST:443.")
        scheme, host, target = absolute
        self.name_of(host)
        if scheme != "http":
            raise Unanswerable(400, f"Ask the proxy for {host} by CONNECT {host}:443.")
        return _request(asked, scheme, host.removesuffix(":80"), target)

    def tunnel(self, asked: Asked) -> Tunnel:
        """Where a CONNECT leads. Raises Unanswerable."""
        if not is_host(asked.target) or ":" not in asked.target:
            raise Unanswerable(400, "CONNECT needs HOST:PORT.")
        self.name_of(asked.target)
        return Tunnel(asked.target.lower().removesuffix(":443"))

    def name_of(self, authority: str) -> str:
        """The bare name of a host that may be served here. Raises Unanswerable."""
        name = authority.rpartition(":")[0] if ":" in authority else authority
        name = name.lower()
        if len(name) <= _LONGEST_NAME and _NAME.fullmatch(name) and any(_fits(name, one) for one in self.patterns):
            return name
        raise Unanswerable(403, f"This proxy serves only {', '.join(self.patterns) or 'no host'}.")


Entrance = Direct | Tunnel | Proxy


def _fits(name: str, pattern: str) -> bool:
    """`*.example.com` fits every name below example.com, anything else only itself."""
    wanted = pattern.lower()
    return name.endswith(wanted[1:]) if wanted.startswith("*.") else name == wanted


def _absolute(asked: Asked) -> tuple[str, str, str] | None:
    """Scheme, host and origin form of an absolute target; None for any other form."""
    found = _ABSOLUTE.fullmatch(asked.target)
    if found is None:
        return None
    scheme, host, rest = found.groups()
    if not is_host(host):
        raise Unanswerable(400, "Malformed HTTP: the target's host is no host.")
    return scheme.lower(), host, rest if rest.startswith("/") else f"/{rest}"


def _request(asked: Asked, scheme: str, host: str, target: str) -> Request:
    if asked.method == "CONNECT":
        raise Unanswerable(405, "This door is no proxy; use the address proxy_url.")
    if not target.startswith("/"):
        raise Unanswerable(400, "Malformed HTTP: the target must be a path or an http address.")
    return Request(asked.method, target, asked.headers, asked.body, scheme, host)
