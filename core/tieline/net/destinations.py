"""Which addresses a client may call. Everything is refused that was not declared."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from tieline.contract import Misconfigured

_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_PRINTABLE = re.compile(r"[!-~]+")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_MEND_HOST = "Correct the address in the connection's settings."

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Destination:
    """One origin. `target` is the path with its query, still encoded; `authority` is the Host header."""

    scheme: str
    host: str
    port: int
    target: str
    authority: str

    @property
    def tls(self) -> bool:
        return self.scheme == "https"

    @property
    def loopback(self) -> bool:
        return self.host in _LOOPBACK_NAMES

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port


@dataclass(frozen=True, slots=True)
class AllowList:
    """`hosts` are patterns: an exact name, or `*.` and a suffix. `local` opens loopback (for sandboxes), `private`
    lets declared hosts resolve to addresses inside a private network."""

    hosts: Sequence[str]
    local: bool = False
    private: bool = False

    def destination(self, url: str) -> Destination:
        """Take an address apart, or refuse it (Misconfigured) before anything is looked up."""
        found = _parsed(url)
        if found.loopback:
            self._check_local(found)
        elif not any(matches(pattern, found.host) for pattern in self.hosts):
            known = ", ".join(self.hosts) or "none"
            raise Misconfigured(
                f"calls to this host are not allowed (allowed: {known})", where=found.host, mend=_MEND_HOST
            )
        elif not found.tls:
            raise Misconfigured("only https is allowed", where=found.host, mend="Write the address with https://.")
        return found

    def _check_local(self, found: Destination) -> None:
        if not self.local:
            raise Misconfigured(
                "addresses on this machine are for sandboxes only",
                where=found.host,
                mend="Connect with `--from` the sandbox's file, or set allow_local=yes.",
            )

    def check_address(self, found: Destination, address: str) -> None:
        """Refuse a name that resolved to an address it has no business at (metadata services, our own network)."""
        number = _plain(ipaddress.ip_address(address.partition("%")[0]))
        if found.loopback and number.is_loopback:
            return
        if number.is_global and not number.is_multicast:
            return
        if self.private and number.is_private and not (number.is_loopback or number.is_link_local):
            return
        raise Misconfigured(
            f"it resolves to {address}, which is not a public address",
            where=found.host,
            mend="Set allow_private=yes if this back office really stands in your own network.",
        )


def matches(pattern: str, host: str) -> bool:
    """Whole names only: `*.example.com` takes in `a.example.com` and `a.b.example.com`, never `example.com`."""
    pattern = pattern.lower()
    if pattern.startswith("*."):
        return host.endswith(pattern[1:]) and len(host) > len(pattern) - 1
    return host == pattern


def _parsed(url: str) -> Destination:
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        host, port = "", None
    else:
        if (
            parts.scheme in {"http", "https"}
            and "@" not in parts.netloc
            and _PRINTABLE.fullmatch(url)
            and "\\" not in url
        ):
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            if host:
                return Destination(
                    parts.scheme, host, port or (443 if parts.scheme == "https" else 80), target, parts.netloc
                )
    raise Misconfigured(f"{_shown(url)!r} is not a web address", where=host, mend=_MEND_HOST)


def _shown(url: str) -> str:
    """Without what may hide a secret: user, password and query."""
    return url.split("?")[0].rpartition("@")[2][:100]


def _plain(address: IpAddress) -> IpAddress:
    """The IPv4 address that an IPv6 one only wraps: mapped, 6to4, or behind the NAT64 prefix."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address
