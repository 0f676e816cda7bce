"""Opening the store of a state directory: migrated to this version, or refused with a sentence."""

from __future__ import annotations

import sqlite3
from importlib import resources
from pathlib import Path

from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import DatabaseError, OperationalError

from tieline.contract import Misconfigured
from tieline.store.dialect import prepare_sqlite
from tieline.store.sql import SqlStore

FILE = "tieline.db"
HEAD = "0001"
"""The newest migration this version knows."""


def open_store(state_dir: Path) -> SqlStore:
    """The store in `DIR/tieline.db`, made when it is not there. Raises Misconfigured."""
    path = state_dir / FILE
    engine = create_engine(f"sqlite:///{path}")
    prepare_sqlite(engine)
    try:
        bring_up_to_date(engine)
    except Misconfigured:
        engine.dispose()
        raise
    except (DatabaseError, sqlite3.DatabaseError) as error:
        engine.dispose()
        raise _unusable(path, error) from error
    return SqlStore(engine)


def bring_up_to_date(engine: Engine) -> None:
    """Run the migrations that are missing; a database of a newer version is left alone."""
    version = current_version(engine)
    if version == HEAD:
        return
    if version is not None and version not in known_versions():
        raise Misconfigured(
            f"the database is of a newer version ({version})", where=str(engine.url.database), mend="Update tieline."
        )
    migrate(engine, HEAD)


def current_version(engine: Engine) -> str | None:
    with engine.connect() as database:
        if not inspect(database).has_table("alembic_version"):
            return None
        found = database.execute(text("select version_num from alembic_version")).scalar()
        return str(found) if found else None


def known_versions() -> set[str]:
    folder = resources.files("tieline.store").joinpath("migrations", "versions")
    return {entry.name[:4] for entry in folder.iterdir() if entry.name[:4].isdigit()}


def migrate(engine: Engine, revision: str, *, down: bool = False) -> None:
    """Up or down to a revision, driven from here: nobody needs an ini file."""
    from alembic import command  # costs most of a second and is needed once a version
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(resources.files("tieline.store").joinpath("migrations")))
    with engine.connect().execution_options(write=True) as database, database.begin():
        config.attributes["connection"] = database
        (command.downgrade if down else command.upgrade)(config, revision)


def _unusable(path: Path, error: Exception) -> Misconfigured:
    reason = str(getattr(error, "orig", error))
    if isinstance(error, OperationalError) and "unable to open" in reason:
        return Misconfigured("the database cannot be opened", where=str(path), mend="Check the folder's permissions.")
    return Misconfigured(
        f"the database cannot be read ({reason})", where=str(path), mend="Restore it from a backup, or move it away."
    )
