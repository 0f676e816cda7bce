"""Making the local Unleashed: its state, its credentials, what it holds at first."""

from __future__ import annotations

import string
from pathlib import Path
from uuid import UUID

from tieline_sandbox.effects import Clock, Randomness
from tieline_sandbox.state import State
from tieline_unleashed.sandbox import seed, seed_orders, starter
from tieline_unleashed.sandbox.application import CREDENTIALS_SETTING, Unleashed
from tieline_unleashed.sandbox.lookup import Lookup
from tieline_unleashed.sandbox.profile import Profile
from tieline_unleashed.sandbox.registry import indexes
from tieline_unleashed.sandbox.saving import Context, guid_source

SEED_ACTOR = "seed"
STATE_FILE = f"{Unleashed.name}.db"
_KEY_LENGTH = 64


def build(
    folder: Path | None, clock: Clock, randomness: Randomness, data: Path | None, profile: Profile | None = None
) -> Unleashed:
    """Open the organisation kept in `folder`, or make a new one; `data` is read only then. Raises SeedRefused."""
    path = folder / STATE_FILE if folder else None
    new = path is None or not path.exists()
    tables = seed.read_tables(data) if data and new else None
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    state = State(path, clock, indexes())
    try:
        _begin(state, randomness, data, tables)
    except BaseException:
        state.close()
        if path and new:
            path.unlink()
        raise
    return Unleashed(state, clock, randomness, profile)


def _begin(state: State, randomness: Randomness, data: Path | None, tables: seed.Tables | None) -> None:
    """Everything a new organisation needs, in one transaction; nothing when it stands already."""
    with state.transaction(actor=SEED_ACTOR, operation="seed") as tx:
        if tx.setting(CREDENTIALS_SETTING):
            return
        tables = tables or (seed.read_tables(data) if data else None)
        context = Context(tx, Lookup(tx), Profile(), SEED_ACTOR, guid_source(randomness), by_person=True)
        starter.fill(context)
        if tables:
            seed.fill(context, tables)
            seed_orders.fill(context, tables)
        tx.set_setting(CREDENTIALS_SETTING, _credentials(randomness))


def _credentials(randomness: Randomness) -> dict[str, str]:
    return {
        "api_id": str(UUID(int=randomness.bits(128), version=4)),
        "api_key": randomness.text(_KEY_LENGTH, string.ascii_letters + string.digits),
    }
