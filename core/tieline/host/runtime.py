"""What one command works with: state directory, plugins, store, secrets, and clients for its connections.

Everything is made when first used, so that a command pays only for what it needs.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tieline.contract import (
    Client,
    Clock,
    Declarations,
    Identity,
    Misconfigured,
    Randomness,
    System,
)
from tieline.host import allowing, checkpoints, discovery, documents, key, loading, state
from tieline.host.checkpoints import Checkpoints
from tieline.host.clients import ClientMaker
from tieline.host.connections import Asked, Connections
from tieline.host.declarations import Host, gather
from tieline.host.secrecy import Redactor
from tieline.host.settings import ORG_WORD, SALESFORCE
from tieline.host.translations import Translator
from tieline.host.validation.findings import did_you_mean
from tieline.host.vault import Vault
from tieline.host.words import host_words
from tieline.store.nouns import Connection
from tieline.store.protocol import Store

if TYPE_CHECKING:
    from tieline.org import Org


@dataclass(frozen=True, slots=True)
class BackOffice:
    """One configured ERP connection."""

    connection: Connection
    system: System

    @property
    def name(self) -> str:
        return self.connection.name


def to_stderr(line: str) -> None:
    print(line, file=sys.stderr)


class Runtime:
    """Use it as a context manager, or call `close`. `say` is for things a person must hear once."""

    def __init__(
        self,
        path: Path,
        *,
        environment: Mapping[str, str],
        clock: Clock,
        randomness: Randomness,
        say: Callable[[str], object] = to_stderr,
    ) -> None:
        self.folder = state.opened(path)
        self.clock, self.randomness = clock, randomness
        self.redactor = Redactor()
        self.environment, self.say = environment, say
        self._closing = contextlib.ExitStack()
        self.clients = ClientMaker(clock, randomness, self.redactor, self.folder.billed)
        self._closing.callback(self.clients.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._closing.close()

    def exclusive(self) -> contextlib.AbstractContextManager[None]:
        """Hold it while writing; another command that does has its one sentence."""
        return state.exclusive(self.folder)

    def choosing(self) -> contextlib.AbstractContextManager[None]:
        """Hold it while changing the settings file. Beside a running sync: that takes the file at its next cycle."""
        return state.exclusive(self.folder, "settings.lock")

    # plugins

    @cached_property
    def host(self) -> Host:
        """Plugins that run and what they declare."""
        return gather(loading.load(self.found))

    @cached_property
    def found(self) -> tuple[discovery.Found, ...]:
        """Installed plugins, none of them imported."""
        return discovery.find(allowing.read(self.folder))

    @property
    def declarations(self) -> Declarations:
        return self.host.declarations

    @cached_property
    def translator(self) -> Translator:
        return Translator((*self.declarations.translations, *host_words()))

    def system(self, name: str) -> System:
        """A system of a plugin that runs; the error says why one does not. Raises Misconfigured."""
        for system in self.declarations.systems:
            if system.name == name:
                return system
        raise self._no_system(name)

    def _no_system(self, name: str) -> Misconfigured:
        for broken in self.host.plugins.broken:
            if broken.name == name:
                return Misconfigured(f"the plugin does not run: {broken.reason}", where=name, mend=broken.mend)
        for found in self.found:
            if found.name == name and found.standing in {discovery.Standing.NOT_ALLOWED, discovery.Standing.CHANGED}:
                words = f"the plugin of {found.distribution} is {found.standing}"
                return Misconfigured(words, where=name, mend=f"Run `tieline plugins allow {name}` if you trust it.")
        known = [system.name for system in self.declarations.systems]
        mend = (
            did_you_mean(name, [*known, *(found.name for found in self.found), ORG_WORD])
            or f"There are: {', '.join(known) or 'none'}."
        )
        return Misconfigured(f"there is no plugin for a system {name!r}", mend=mend)

    # store and secrets

    @cached_property
    def store(self) -> Store:
        from tieline.store.opening import open_store  # SQLAlchemy costs half a second

        return self._closing.enter_context(contextlib.closing(open_store(self.folder.path)))

    @cached_property
    def vault(self) -> Vault:
        """Makes the key the first time, and says so."""
        made = key.made_if_missing(self.folder, self.environment, self.randomness, self.say)
        return Vault(made, self.randomness)

    def checkpoints(self, copy: Path | None = None) -> Checkpoints:
        """Of the audit, as this state directory keeps them, or those of a copy kept elsewhere."""
        made = key.made_if_missing(self.folder, self.environment, self.randomness, self.say)
        return Checkpoints(copy or self.folder.path / checkpoints.FILE, made)

    @cached_property
    def connections(self) -> Connections:
        return Connections(self.store, lambda: self.vault, self.redactor)

    # both sides

    def asked(self, word: str) -> Asked:
        """What `tieline connect WORD` wants to know."""
        return Asked.by_org() if word == ORG_WORD else Asked.by(self.system(word))

    def org(self, name_or_file: str = "") -> Org:
        """A saved org connection, or the org an `org.json` describes. Nothing is sent yet."""
        if Path(name_or_file).suffix == ".json" or Path(name_or_file).is_file():
            return self.org_by(name_or_file, documents.org_settings(Path(name_or_file)))
        connection = self.connections.one(name_or_file, lambda found: found.system == SALESFORCE, ORG_WORD)
        return self.org_by(connection.name, self.connections.clear(connection))

    def org_by(self, name: str, settings: Mapping[str, str]) -> Org:
        """The org these settings lead to."""
        return self.clients.org(name, settings)

    def back_offices(self) -> list[BackOffice]:
        """Every back office whose plugin runs, in order of the name."""
        running = {system.name: system for system in self.declarations.systems}
        return [BackOffice(each, running[each.system]) for each in self.connections.all() if each.system in running]

    def back_office(self, name: str = "") -> BackOffice:
        """By name, or the only one. Raises Misconfigured."""
        connection = self.connections.one(name, lambda found: found.system != SALESFORCE, "back office")
        return BackOffice(connection, self.system(connection.system))

    def siblings(self, name: str) -> tuple[str, ...]:
        """All back offices of the same system, this one among them, in order of the name."""
        system = self.back_office(name).system.name
        return tuple(one.name for one in self.back_offices() if one.system.name == system)

    def client(self, connection: Connection) -> Client:
        """A client of the connection's system; the org's records for an org connection."""
        settings = self.connections.clear(connection)
        if connection.system == SALESFORCE:
            return self.org_by(connection.name, settings).records
        return self.client_by(connection.name, self.system(connection.system), settings)

    def client_by(self, name: str, system: System, settings: Mapping[str, str]) -> Client:
        """The client these settings lead to."""
        return self.clients.client(name, system, settings)

    def identity(self, name: str, system: str, settings: Mapping[str, str], one_try: bool = True) -> Identity:
        """Log in with these settings and say who answered. With `one_try` an unreachable host is Misconfigured at
        once, for a person waits; else clients try again as they do at work."""
        return self.clients.identity(name, None if system == SALESFORCE else self.system(system), settings, one_try)

    def check(self, connection: Connection, one_try: bool = False) -> Identity:
        """Log in, and make sure that it is still the tenant the connection was made for."""
        settings = self.connections.clear(connection)
        identity = self.identity(connection.name, connection.system, settings, one_try)
        self.connections.pin(connection, identity)
        return identity

    def calls(self) -> dict[str, int]:
        """Requests sent so far by this process, by connection."""
        return self.clients.calls()
