"""Making a connection: gather what was said, check it is complete, log in, save."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tieline.contract import Identity, Misconfigured
from tieline.host import documents
from tieline.host.connections import Asked, check_connection_name, pinned_to
from tieline.host.runtime import Runtime
from tieline.host.settings import SALESFORCE
from tieline.host.vault import DATA_KEY
from tieline.store.nouns import Connection

_LARGEST_SECRET = 64 * 1024
STDIN = "-"


@dataclass(frozen=True, slots=True)
class Said:
    """What a person gave: a sandbox's document, settings (secrets among them only by file)."""

    document: Path | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Connected:
    """`identity` is None when the connection was saved without a check."""

    connection: Connection
    identity: Identity | None


def connect(runtime: Runtime, word: str, name: str, said: Said, check: bool = True) -> Connected:
    """Save a connection under a name; nothing is saved unless all of it holds. A name already used for the same
    system keeps what is not said anew, and its tenant. Raises Misconfigured."""
    check_connection_name(name)
    asked = runtime.asked(word)
    former = runtime.connections.find(name)
    _check_same_system(asked, former)
    values = _values(runtime, asked, former, said)
    secrets = {setting: values.pop(setting) for setting in asked.secrets if setting in values}
    tenant, label = (former.tenant, former.label) if former else ("", "")
    connection = Connection(name, asked.system, values, {}, tenant, label)
    identity = None
    if check:
        identity = runtime.identity(name, asked.system, values | secrets)
        connection = pinned_to(connection, identity)
        runtime.connections.check_alone(connection)
    return Connected(runtime.connections.save(connection, secrets), identity)


def _values(runtime: Runtime, asked: Asked, former: Connection | None, said: Said) -> dict[str, str]:
    values = _kept(runtime, former, said) if said.document is None else _document(runtime, asked, said.document)
    asked.check_known({**said.settings, **said.secrets})
    _check_not_open(asked, said.settings)
    values |= {**said.settings, **said.secrets}
    asked.check_switches(values)
    asked.check_paces(values)
    asked.check_complete(values)
    return {name: value for name, value in values.items() if value}


def _kept(runtime: Runtime, former: Connection | None, said: Said) -> dict[str, str]:
    """What was saved before. Secrets that are all said anew need not open: their key may be lost."""
    if former is None:
        return {}
    needed = set(former.secrets) - {DATA_KEY} - set(said.secrets)
    return runtime.connections.clear(former) if needed else dict(former.settings)


def _document(runtime: Runtime, asked: Asked, path: Path) -> dict[str, str]:
    if asked.system == SALESFORCE:
        found = documents.org_settings(path)
    else:
        found = documents.system_settings(runtime.system(asked.system), path)
    asked.check_known(found)
    return found


def _check_same_system(asked: Asked, former: Connection | None) -> None:
    if former and former.system != asked.system:
        raise Misconfigured(
            f"this name is taken by a connection to {former.system}", where=former.name, mend="Choose another name."
        )


def _check_not_open(asked: Asked, settings: Mapping[str, str]) -> None:
    """A secret on the command line would stand in the shell's history and in the list of processes."""
    for name in asked.secrets:
        if name in settings:
            mend = f"Put it into a file and give `--secret-file {name}=FILE` (- reads standard input)."
            raise Misconfigured(f"{name} is a secret and may not be given with --set", where=asked.word, mend=mend)


def parse_settings(given: Iterable[str]) -> dict[str, str]:
    """`--set name=value`; raises Misconfigured."""
    found = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise Misconfigured(f"{name!r} gives a setting no value", where="--set", mend="Write --set name=value.")
        found[name.strip()] = value
    return found


def read_secrets(asked: Asked, given: Iterable[str], stdin: IO[str]) -> dict[str, str]:
    """`--secret-file name=path`, or `path` alone for a system with one secret; `-` is standard input."""
    found = {}
    for text in given:
        name, sign, path = text.partition("=")
        if not sign or name not in asked.secrets:
            name, path = _only_secret(asked, text), text
        found[name] = _read_secret(path, stdin)
    return found


def _only_secret(asked: Asked, text: str) -> str:
    """For an org without a name given: the client secret, the usual one."""
    if asked.system == SALESFORCE:
        return "client_secret"
    if len(asked.secrets) != 1:
        names = ", ".join(asked.secrets) or "none"
        mend = f"Write --secret-file NAME=FILE; its secrets are: {names}."
        raise Misconfigured(f"{text!r} does not say which secret it holds", where="--secret-file", mend=mend)
    return asked.secrets[0]


def _read_secret(path: str, stdin: IO[str]) -> str:
    try:
        text = stdin.read(_LARGEST_SECRET + 1) if path == STDIN else _file_text(Path(path).expanduser())
    except OSError as error:
        raise _unreadable(path, error.strerror or "it cannot be read") from None
    except UnicodeDecodeError:
        raise _unreadable(path, "it is no text") from None
    text = text.strip()
    if not text or len(text) > _LARGEST_SECRET:
        raise _unreadable(path, "it is empty" if not text else "it is too large")
    return text


def _file_text(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return file.read(_LARGEST_SECRET + 1)


def _unreadable(path: str, reason: str) -> Misconfigured:
    return Misconfigured(
        f"the secret cannot be taken from it ({reason})", where=path, mend="Give a file with the secret."
    )
