"""Sessions: bound to a user, a level and an endpoint; every call pushes the end out [D]."""

from __future__ import annotations

import string
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from tieline_intacct.sandbox.scope import Who
from tieline_sandbox.effects import Randomness
from tieline_sandbox.state import State, Transaction

_ALPHABET = string.ascii_letters + string.digits + "-_"
_LENGTH = 44
_INDEX = "sessions"


@dataclass(frozen=True, slots=True)
class Session:
    """`host` is the endpoint it was given for; times are ISO 8601."""

    id: str
    user: str
    location: str
    host: str
    begun: str
    ends: str

    @property
    def who(self) -> Who:
        return Who(self.user, self.location)


class Sessions:
    """Kept in the state's settings: no business data, so not in the ground truth."""

    def __init__(self, state: State, randomness: Randomness) -> None:
        self._state, self._randomness = state, randomness

    def passing(self, who: Who, host: str, minutes: int, ident: str = "") -> Session:
        """What a login is for one request: shown in the reply, not kept."""
        now = self._state.clock.now()
        return Session(ident, who.user, who.location, host, _iso(now), _iso(now + timedelta(minutes=minutes)))

    def open(self, who: Who, host: str, minutes: int) -> Session:
        """A new session; those that have ended are forgotten."""
        now = self._state.clock.now()
        ident = self._randomness.text(_LENGTH, _ALPHABET) + ".."
        session = self.passing(who, host, minutes, ident)
        with self._state.transaction(actor="intacct", operation="session") as tx:
            self._forget(tx, now)
            tx.set_setting(_INDEX, [*tx.setting(_INDEX, []), ident])
            tx.set_setting(f"session/{ident}", asdict(session))
        return session

    def use(self, ident: str, minutes: int) -> Session | None:
        """The session with its end pushed out; None when it is not known or over."""
        now = self._state.clock.now()
        with self._state.transaction(actor="intacct", operation="session") as tx:
            kept = tx.setting(f"session/{ident}")
            if kept is None or datetime.fromisoformat(kept["ends"]) <= now:
                return None
            session = replace(Session(**kept), ends=_iso(now + timedelta(minutes=minutes)))
            tx.set_setting(f"session/{ident}", asdict(session))
        return session

    def _forget(self, tx: Transaction, now: datetime) -> None:
        alive = []
        for ident in tx.setting(_INDEX, []):
            kept = tx.setting(f"session/{ident}")
            if kept and datetime.fromisoformat(kept["ends"]) > now:
                alive.append(ident)
            else:
                tx.drop_setting(f"session/{ident}")
        tx.set_setting(_INDEX, alive)


def end_all(tx: Transaction) -> None:
    """Every session is over at once."""
    for ident in tx.setting(_INDEX, []):
        tx.drop_setting(f"session/{ident}")
    tx.set_setting(_INDEX, [])


def _iso(at: datetime) -> str:
    return at.replace(microsecond=0).isoformat()
