"""Makes clients for both sides, each over a transport of ours that knows what it may call."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tieline.contract import (
    Client,
    ClientContext,
    Clock,
    HttpRequest,
    HttpResponse,
    Identity,
    Misconfigured,
    NothingSent,
    Randomness,
    System,
    Transport,
)
from tieline.host.connections import Asked
from tieline.host.metering import FileMeter
from tieline.host.secrecy import Redactor
from tieline.transport import HttpTransport, policy_from

if TYPE_CHECKING:
    from tieline.org import Org

_ORG_HOSTS = ("*.salesforce.com",)


@dataclass(frozen=True, slots=True)
class OneTry:
    """For a person who waits: a host that cannot be reached is a wrong address now, not something to try again."""

    transport: Transport

    def send(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.transport.send(request)
        except NothingSent as error:
            raise Misconfigured(error.what, where=error.where, mend=error.mend, code=error.code) from error


class ClientMaker:
    """`settings` are a connection's, secrets in clear. Transports live until `close`. What is billed is counted below
    `billed`."""

    def __init__(self, clock: Clock, randomness: Randomness, redactor: Redactor, billed: Path) -> None:
        self._billed = billed
        self._clock, self._randomness, self._redactor = clock, randomness, redactor
        self._closing = contextlib.ExitStack()
        self._transports: list[tuple[str, HttpTransport]] = []

    def close(self) -> None:
        self._closing.close()

    def org(self, name: str, settings: Mapping[str, str], one_try: bool = False) -> Org:
        """Nothing is sent before its first call."""
        from tieline.org import OrgSettings, open_org  # lxml and its neighbours cost a quarter second

        complete = self._complete(Asked.by_org(), settings)
        is_jwt = complete["auth"] == "jwt"
        chosen = OrgSettings(
            login_url=complete["login_url"],
            client_id=complete["client_id"],
            client_secret="" if is_jwt else complete.get("client_secret", ""),
            jwt_key=complete.get("private_key", "") if is_jwt else "",
            username=complete.get("username", ""),
            audience=complete.get("audience", ""),
            api_version=complete["api_version"],
            ca_file=complete.get("ca_file", ""),
        )
        transport = self._transport(name, complete, _ORG_HOSTS, one_try)
        return open_org(chosen, clock=self._clock, randomness=self._randomness, transport=transport)

    def client(self, name: str, system: System, settings: Mapping[str, str], one_try: bool = False) -> Client:
        """A client of a plugin's system."""
        complete = self._complete(Asked.by(system), settings)
        transport = self._transport(name, complete, system.hosts, one_try)
        context = ClientContext(name, complete, transport, self._clock, self._randomness, self.meter(name))
        return system.client(context)

    def meter(self, name: str) -> FileMeter:
        """What this connection has used."""
        return FileMeter(self._billed / f"{name}.json")

    def identity(self, name: str, system: System | None, settings: Mapping[str, str], one_try: bool) -> Identity:
        """Log in and say who answered; `system` None is the org."""
        if system is None:
            return self.org(name, settings, one_try).records.check()
        return self.client(name, system, settings, one_try).check()

    def calls(self) -> dict[str, int]:
        """Requests sent so far by this process, by connection."""
        counted: Counter[str] = Counter()
        for name, transport in self._transports:
            counted[name] += transport.calls
        return dict(counted)

    def _complete(self, asked: Asked, settings: Mapping[str, str]) -> dict[str, str]:
        complete = asked.with_defaults(settings)
        self._redactor.add(complete[secret] for secret in asked.secrets if complete.get(secret))
        return complete

    def _transport(self, name: str, settings: Mapping[str, str], hosts: tuple[str, ...], one_try: bool) -> Transport:
        transport = HttpTransport(policy_from(settings, hosts), self._clock)
        self._closing.callback(transport.close)
        self._transports.append((name, transport))
        return OneTry(transport) if one_try else transport
