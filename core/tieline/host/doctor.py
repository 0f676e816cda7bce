"""Checks of the whole installation, each with its mend. A check that fails stops no other."""

from __future__ import annotations

import platform
import stat
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from tieline.contract import TielineError
from tieline.host import key
from tieline.host.billing import bill_of
from tieline.host.inventory import inventory
from tieline.host.runtime import BackOffice, Runtime
from tieline.store.nouns import Connection


class Verdict(StrEnum):
    """Only WRONG makes the doctor fail."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    verdict: Verdict
    text: str
    mend: str = ""
    details: tuple[str, ...] = ()

    def as_document(self) -> dict[str, Any]:
        return asdict(self)


def examine(
    runtime: Runtime, environment: Mapping[str, str], taken: Container[str], offline: bool = False
) -> Iterator[Check]:
    """`taken` are the names of built-in commands; `offline` calls nobody."""
    yield Check("python", Verdict.OK, platform.python_version())
    yield _guarded("state directory", lambda: _state(runtime))
    yield _guarded("key", lambda: _key(runtime, environment))
    yield from _plugins(runtime, taken)
    database = _guarded("database", lambda: _database(runtime))
    yield database
    if database.verdict is Verdict.OK:
        yield from _connections(runtime, offline)
        yield from _billed(runtime)


def _guarded(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except TielineError as error:
        where = "" if name.endswith(error.where) else f"{error.where}: "
        return Check(name, Verdict.WRONG, f"{where}{error.what}", error.mend)
    except Exception as error:  # noqa: BLE001 - a check that breaks is a finding too
        return Check(name, Verdict.WRONG, f"the check broke ({type(error).__name__}: {error})", "Report it.")


def _state(runtime: Runtime) -> Check:
    path = runtime.folder.path
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        mend = f"Run `chmod 700 {path}`."
        return Check("state directory", Verdict.NOTE, f"{path} is open to others (mode {mode:o})", mend)
    return Check("state directory", Verdict.OK, str(path))


def _key(runtime: Runtime, environment: Mapping[str, str]) -> Check:
    found = key.existing(runtime.folder, environment)
    if found is None:
        return Check("key", Verdict.OK, "none yet; one is made with the first secret")
    return Check("key", Verdict.OK, f"{found.id} from {found.source}")


def _plugins(runtime: Runtime, taken: Container[str]) -> Iterator[Check]:
    try:
        rows = inventory(runtime.host, taken)
    except TielineError as error:
        yield Check("plugins", Verdict.WRONG, f"{error.where}: {error.what}", error.mend)
        return
    verdicts = {"running": Verdict.OK, "not allowed": Verdict.NOTE}
    for row in rows:
        text = f"{row.state} ({row.distribution} {row.version})" + (f": {row.reason}" if row.reason else "")
        yield Check(f"plugin {row.name}", verdicts.get(row.state, Verdict.WRONG), text, row.mend, row.details)


def _database(runtime: Runtime) -> Check:
    count = len(runtime.connections.all())
    return Check("database", Verdict.OK, f"{runtime.folder.database}, {count} connections")


def _connections(runtime: Runtime, offline: bool) -> Sequence[Check]:
    check = _secrets if offline else _reachable
    return [
        _guarded(f"connection {each.name}", lambda each=each: check(runtime, each))  # type: ignore[misc]
        for each in runtime.connections.all()
    ]


def _billed(runtime: Runtime) -> Iterator[Check]:
    """For back offices whose calls cost money."""
    for office in runtime.back_offices():
        if office.system.monthly_limit:
            yield _guarded(f"billed calls {office.name}", lambda office=office: _bill(runtime, office))  # type: ignore[misc]


def _bill(runtime: Runtime, office: BackOffice) -> Check:
    name, bill = f"billed calls {office.name}", bill_of(runtime, office)
    assert bill is not None
    if not bill.is_high:
        return Check(name, Verdict.OK, bill.sentence())
    mend = f"Raise {office.system.monthly_limit}, or ask less often: settings changes_every and lists_every."
    return Check(name, Verdict.NOTE, bill.sentence(), mend)


def _secrets(runtime: Runtime, connection: Connection) -> Check:
    runtime.connections.clear(connection)
    return Check(f"connection {connection.name}", Verdict.OK, "not called (offline); its secrets open")


def _reachable(runtime: Runtime, connection: Connection) -> Check:
    identity = runtime.check(connection, one_try=True)
    return Check(f"connection {connection.name}", Verdict.OK, f"{identity.label} ({identity.tenant})")
