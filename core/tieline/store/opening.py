"""Opening the store of a state directory: migrated to this version, or refused with a sentence."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from sqlalchemy import Engine, create_engine, inspect, text

from tieline.contract.errors import Misconfigured
from tieline.store import dialect
from tieline.store.sql import SqlStore

FILE = "tieline.db"
HEAD = "0002"
"""The newest migration this version knows."""


def open_store(state_dir: Path, *, patience: float = 10.0) -> SqlStore:
    """The store in `DIR/tieline.db`, made when it is not there. Writers wait `patience` seconds for other programs'
    writes. Raises Misconfigured."""
    path = state_dir / FILE
    _make_private(path)
    engine = create_engine(f"sqlite:///{path}")
    dialect.prepare(engine, patience)
    with _disposed_on_failure(engine), dialect.spoken(engine):
        bring_up_to_date(engine)
    return SqlStore(engine, HEAD)


def _make_private(path: Path) -> None:
    """The file holds customers' data: nobody but its owner reads it. SQLite gives its other files the same mode."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise Misconfigured(
            f"the database cannot be opened for writing ({error.strerror})",
            where=str(path),
            mend="Choose another state directory, or give this user the right to write there.",
        ) from error


@contextmanager
def _disposed_on_failure(engine: Engine) -> Iterator[None]:
    try:
        yield
    except BaseException:
        engine.dispose()
        raise


def bring_up_to_date(engine: Engine) -> None:
    """Run the migrations that are missing; a database of a newer version is left alone."""
    version = current_version(engine)
    if version == HEAD:
        return
    if version is None and _has_tables(engine):
        raise Misconfigured(
            "this database belongs to another program",
            where=str(engine.url.database),
            mend="Choose another state directory.",
        )
    if version is not None and version not in known_versions():
        raise Misconfigured(
            f"the database was written by a newer version (its tables are at {version}, ours at {HEAD})",
            where=str(engine.url.database),
            mend="Update Tieline, or choose another state directory.",
        )
    migrate(engine, HEAD)


def current_version(engine: Engine) -> str | None:
    """The migration the database is at; None for an empty one."""
    with engine.connect() as database:
        if not inspect(database).has_table("alembic_version"):
            return None
        found = database.execute(text("select version_num from alembic_version")).scalar()
        return str(found) if found else None


def _has_tables(engine: Engine) -> bool:
    with engine.connect() as database:
        return bool(inspect(database).get_table_names())


def known_versions() -> set[str]:
    folder = resources.files("tieline.store").joinpath("migrations", "versions")
    return {entry.name[:4] for entry in folder.iterdir() if entry.name[:4].isdigit()}


def migrate(engine: Engine, revision: str, *, down: bool = False) -> None:
    """Up or down to a revision, driven from here: nobody needs an ini file. Two programs that open at once take turns;
    the second one finds nothing left to do."""
    from alembic import command  # costs most of a second and is needed once a version
    from alembic.config import Config

    config = Config()
    folder = str(resources.files("tieline.store").joinpath("migrations"))
    config.set_main_option("script_location", folder.replace("%", "%%"))
    with dialect.writing(engine) as database:
        config.attributes["connection"] = database
        (command.downgrade if down else command.upgrade)(config, revision)
