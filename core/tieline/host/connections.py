"""Saved connections: settings checked against what the system asks for, secrets sealed, the tenant pinned."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from tieline.contract import Identity, Misconfigured, Setting, System
from tieline.host.secrecy import Redactor
from tieline.host.settings import COMMON, LONGEST_PACE, ORG_SETTINGS, ORG_WORD, PACES, SALESFORCE, SWITCHES
from tieline.host.validation.findings import did_you_mean
from tieline.host.vault import Vault
from tieline.store.nouns import Connection
from tieline.store.protocol import Store

_FORMER = "former connections"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What one kind of connection may and must be told; `word` is what people type for it."""

    word: str
    system: str
    label: str
    settings: Mapping[str, Setting]

    @classmethod
    def by(cls, system: System) -> Asked:
        return cls(system.name, system.name, system.label, {s.name: s for s in system.settings} | COMMON | PACES)

    @classmethod
    def by_org(cls) -> Asked:
        return cls(ORG_WORD, SALESFORCE, "Salesforce", {s.name: s for s in ORG_SETTINGS} | COMMON)

    @property
    def secrets(self) -> tuple[str, ...]:
        return tuple(setting.name for setting in self.settings.values() if setting.secret)

    def check_known(self, names: Iterable[str]) -> None:
        """Raises Misconfigured for the first setting nobody asked for."""
        for name in names:
            if name not in self.settings:
                mend = did_you_mean(name, self.settings) or f"It takes: {', '.join(self.settings)}."
                raise Misconfigured(f"{self.label} has no setting {name!r}", where=self.word, mend=mend)

    def check_switches(self, values: Mapping[str, str]) -> None:
        """Raises Misconfigured for a switch that is neither on nor off: a typing error must not pass as off."""
        for name in SWITCHES:
            if values.get(name, "no") not in {"yes", "no", ""}:
                raise Misconfigured(f"{name} is yes or no, not {values[name]!r}", where=self.word, mend="Correct it.")

    def check_paces(self, values: Mapping[str, str]) -> None:
        """Raises Misconfigured for a pace that is no time."""
        for name in PACES:
            text = values.get(name, "")
            if text and not (text.isascii() and text.isdigit() and int(text) <= LONGEST_PACE):
                mend = f"Give whole seconds from 0 to {LONGEST_PACE}."
                raise Misconfigured(f"{name} is a number of seconds, not {text!r}", where=self.word, mend=mend)

    def check_complete(self, values: Mapping[str, str]) -> None:
        """Raises Misconfigured for the first setting that is missing."""
        for name in self._required(values):
            if not values.get(name) and not self.settings[name].default:
                raise self._missing(self.settings[name])

    def _required(self, values: Mapping[str, str]) -> Sequence[str]:
        if self.system != SALESFORCE:
            return [setting.name for setting in self.settings.values() if setting.required]
        return ["login_url", "client_id", *_sign_in(values.get("auth") or "client_credentials")]

    def _missing(self, setting: Setting) -> Misconfigured:
        kind, option = ("secret", "--secret-file") if setting.secret else ("setting", "--set")
        value = "FILE" if setting.secret else "VALUE"
        mend = f"Give it with `{option} {setting.name}={value}` ({setting.help.rstrip('.')})."
        return Misconfigured(f"the {kind} {setting.name} is missing", where=self.word, mend=mend)

    def with_defaults(self, values: Mapping[str, str]) -> dict[str, str]:
        return {name: setting.default for name, setting in self.settings.items() if setting.default} | dict(values)


def _sign_in(auth: str) -> Sequence[str]:
    if auth == "client_credentials":
        return ["client_secret"]
    if auth == "jwt":
        return ["username", "private_key"]
    raise Misconfigured(f"there is no sign-in {auth!r}", where="auth", mend="Use client_credentials or jwt.")


class Connections:
    """`vault` is called when a secret is sealed or opened, so that other commands need no key."""

    def __init__(self, store: Store, vault: Callable[[], Vault], redactor: Redactor) -> None:
        self._store, self._vault, self._redactor = store, vault, redactor

    def all(self) -> list[Connection]:
        """In order of the name."""
        with self._store.reading() as transaction:
            return sorted(transaction.connections(), key=lambda connection: connection.name)

    def find(self, name: str) -> Connection | None:
        with self._store.reading() as transaction:
            return transaction.connection(name)

    def one(self, name: str, of: Callable[[Connection], bool] = lambda _: True, kind: str = "connection") -> Connection:
        """By name; without one the only connection that qualifies. Raises Misconfigured."""
        candidates = [connection for connection in self.all() if of(connection)]
        if not name and len(candidates) == 1:
            return candidates[0]
        for candidate in candidates:
            if candidate.name == name:
                return candidate
        raise _not_found(name, kind, [candidate.name for candidate in candidates])

    def clear(self, connection: Connection) -> dict[str, str]:
        """Settings with the secrets in clear; never to be logged or shown."""
        opened = self._vault().open(connection.name, connection.secrets) if connection.secrets else {}
        self._redactor.add(opened.values())
        return {**connection.settings, **opened}

    def save(self, connection: Connection, secrets: Mapping[str, str]) -> Connection:
        """`secrets` are in clear and replace those saved before."""
        self._redactor.add(secrets.values())
        sealed = replace(connection, secrets=self._vault().seal(connection.name, secrets) if secrets else {})
        with self._store.transaction() as transaction:
            transaction.save_connection(sealed)
        return sealed

    def pin(self, connection: Connection, identity: Identity) -> Connection:
        """Remember who answered the first time; refuse anybody else ever after (a refreshed sandbox, a copied org)."""
        pinned = pinned_to(connection, identity)
        if pinned != connection:
            self.check_alone(pinned)
            with self._store.transaction() as transaction:
                transaction.save_connection(pinned)
        return pinned

    def reseal(self, former: Vault, new: Vault) -> int:
        """Seal every data key with the new key; returns how many connections have secrets."""
        with self._store.transaction() as transaction:
            found = [connection for connection in transaction.connections() if connection.secrets]
            for each in found:
                resealed = former.resealed(each.name, each.secrets, new)
                transaction.save_connection(replace(each, secrets=resealed))
        return len(found)

    def remove(self, name: str) -> Connection:
        connection = self.one(name) if name else self.one("")
        with self._store.transaction() as transaction:
            transaction.delete_connection(connection.name)
            told = {"system": connection.system, "label": connection.label, "tenant": connection.tenant}
            transaction.save_fact(_FORMER, connection.name, told)
        return connection

    def check_alone(self, connection: Connection) -> None:
        """Raises Misconfigured when its company is, or was, connected under another name: that one's links wait there,
        and all its records would be made a second time."""
        if connection.system == SALESFORCE or not connection.tenant:
            return
        for name, tenant, now in self._companies(connection.system):
            if tenant == connection.tenant and name != connection.name:
                raise _same_company(connection, name, now=now)

    def _companies(self, system: str) -> list[tuple[str, str, bool]]:
        """Name, tenant and whether it is connected now, of all that are or were."""
        with self._store.reading() as transaction:
            present = [(one.name, one.tenant, True) for one in transaction.connections() if one.system == system]
            former = transaction.facts(_FORMER).items()
        return present + [(name, told.get("tenant", ""), False) for name, told in former if told["system"] == system]

    def former(self) -> frozenset[str]:
        """Names that were connected once: links and settings wait for them under these."""
        with self._store.reading() as transaction:
            return frozenset(transaction.facts(_FORMER))


def pinned_to(connection: Connection, identity: Identity) -> Connection:
    """The connection with its tenant; raises Misconfigured when another tenant answers than before."""
    if connection.tenant and connection.tenant != identity.tenant:
        raise Misconfigured(
            f"{identity.label} ({identity.tenant}) answered, but this connection belongs to"
            f" {connection.label or connection.tenant} ({connection.tenant})",
            where=connection.name,
            mend="Save it under another name, or remove this connection first.",
        )
    return replace(connection, tenant=identity.tenant, label=identity.label)


def _same_company(connection: Connection, name: str, *, now: bool) -> Misconfigured:
    company, mend = connection.label or connection.tenant, f"Use the name {name}: its links and settings wait there."
    if now:
        return Misconfigured(f"{company} is connected as {name}", where=connection.name, mend=mend, code="same_company")
    return Misconfigured(f"{company} was connected as {name}", where=connection.name, mend=mend, code="same_company")


def check_connection_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise Misconfigured(
            f"{name!r} is not a connection name",
            mend="Use letters, digits, - and _, at most 40, a letter or digit first.",
        )


def _not_found(name: str, kind: str, known: Sequence[str]) -> Misconfigured:
    if not known:
        word = ORG_WORD if kind == ORG_WORD else "SYSTEM"
        return Misconfigured(f"no {kind} is connected yet", where=name, mend=f"Run `tieline connect {word} NAME`.")
    if not name:
        option = f"--{kind.replace(' ', '-')}"
        return Misconfigured(f"there are several: {', '.join(known)}", where=kind, mend=f"Say which one with {option}.")
    mend = did_you_mean(name, known) or f"There are: {', '.join(known)}."
    return Misconfigured(f"no {kind} is called {name!r}", mend=mend)
