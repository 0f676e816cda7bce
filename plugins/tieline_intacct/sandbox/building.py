"""Making the local Intacct: its state, its credentials, what it holds at first."""

from __future__ import annotations

import string
from pathlib import Path

from tieline_intacct.sandbox import seed, seed_orders, starter
from tieline_intacct.sandbox.application import Intacct
from tieline_intacct.sandbox.catalogue import standard
from tieline_intacct.sandbox.catalogue.loading import indexes
from tieline_intacct.sandbox.profile import Profile
from tieline_intacct.sandbox.scope import CREDENTIALS_SETTING, SEED_ACTOR, Scope, Who
from tieline_sandbox.effects import Clock, Randomness
from tieline_sandbox.state import State

STATE_FILE = f"{Intacct.name}.db"
_SECRET_LENGTH = 24


def build(
    folder: Path | None, clock: Clock, randomness: Randomness, data: Path | None, profile: Profile | None = None
) -> Intacct:
    """Open the company kept in `folder`, or make a new one; `data` is read only then. Raises SeedRefused."""
    path = folder / STATE_FILE if folder else None
    new = path is None or not path.exists()
    tables = seed.read_tables(data) if data and new else None
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    state = State(path, clock, indexes())
    try:
        _begin(state, clock, randomness, data, tables)
    except BaseException:
        state.close()
        if path and new:
            path.unlink()
        raise
    return Intacct(state, clock, randomness, profile)


def _begin(state: State, clock: Clock, randomness: Randomness, data: Path | None, tables: seed.Tables | None) -> None:
    """Everything a new company needs, in one transaction; nothing when it stands already."""
    with state.transaction(actor=SEED_ACTOR, operation="seed") as tx:
        if tx.setting(CREDENTIALS_SETTING):
            return
        scope = Scope(tx, standard(), Profile(), Who(SEED_ACTOR), clock.now(), by_person=True)
        tables = tables or (seed.read_tables(data) if data else None)
        starter.fill(scope)
        if tables:
            seed.fill(scope, tables)
            seed_orders.fill(scope, tables)
        tx.set_setting(CREDENTIALS_SETTING, _credentials(randomness))


def _credentials(randomness: Randomness) -> dict[str, str]:
    """None holds a character that XML escapes."""
    alphabet = string.ascii_letters + string.digits
    return {
        "sender_id": "tieline_sender",
        "sender_password": randomness.text(_SECRET_LENGTH, alphabet),
        "company_id": f"SANDBOX-{randomness.text(6, string.ascii_uppercase)}",
        "user_id": "sync",
        "user_password": randomness.text(_SECRET_LENGTH, alphabet),
    }
