"""Migrations lead to the declared tables, down again, and up again; the queries find their indexes."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from tieline.contract import Misconfigured
from tieline.store import dialect, opening
from tieline.store.tables import LINK, METADATA


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = create_engine(f"sqlite:///{tmp_path / 'x.db'}")
    dialect.prepare(made, 1)
    yield made
    made.dispose()


def schema(database: Connection) -> list[tuple[str, str]]:
    """Tables, indexes and triggers, word by word."""
    wanted = "select name, sql from sqlite_master where sql is not null and name <> 'alembic_version' order by name"
    return [(row[0], row[1]) for row in database.execute(text(wanted))]


def test_the_newest_migration_is_the_one_we_open_to() -> None:
    folder = resources.files("tieline.store").joinpath("migrations")
    script = ScriptDirectory(str(folder))
    assert script.get_heads() == [opening.HEAD]
    assert {one.revision for one in script.walk_revisions()} == opening.known_versions()


def test_migrated_tables_are_the_declared_ones(engine: Engine) -> None:
    opening.bring_up_to_date(engine)
    assert opening.current_version(engine) == opening.HEAD
    with engine.connect() as database:
        context = MigrationContext.configure(database, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []


def test_partial_indexes_are_the_declared_ones(engine: Engine) -> None:
    """Alembic does not compare the conditions of partial indexes."""
    opening.bring_up_to_date(engine)
    with engine.connect() as database:
        migrated = dict(schema(database))
    for index in LINK.indexes:
        declared = str(CreateIndex(index).compile(engine))
        assert migrated[str(index.name)] == declared


def test_up_down_up(engine: Engine) -> None:
    opening.migrate(engine, "head")
    with engine.connect() as database:
        first = schema(database)
    opening.migrate(engine, "base", down=True)
    with engine.connect() as database:
        assert schema(database) == []
    opening.migrate(engine, "head")
    with engine.connect() as database:
        assert schema(database) == first


def test_an_older_database_is_brought_up_to_date_with_its_links(engine: Engine) -> None:
    opening.migrate(engine, "0001")
    row = ("x", "b", "", "m", "c", "", "", "In Sync", 0, 0, None, "", 1, "{}")
    with engine.begin() as database:
        database.exec_driver_sql(f"insert into link values ({', '.join('?' * len(row))})", row)
    opening.bring_up_to_date(engine)
    assert opening.current_version(engine) == opening.HEAD
    with engine.connect() as database:
        assert database.exec_driver_sql("select id from link").scalars().all() == ["x"]


def test_a_failed_migration_leaves_nothing(engine: Engine) -> None:
    with engine.begin() as database:
        database.exec_driver_sql("create table lease (name text)")
    with pytest.raises(Exception, match="already exists"):
        opening.migrate(engine, opening.HEAD)
    with engine.connect() as database:
        assert inspect(database).get_table_names() == ["lease"]


def test_a_database_of_another_program_is_left_alone(engine: Engine) -> None:
    with engine.begin() as database:
        database.exec_driver_sql("create table bookmarks (name text)")
    with pytest.raises(Misconfigured, match="belongs to another program"):
        opening.bring_up_to_date(engine)
    with engine.connect() as database:
        assert inspect(database).get_table_names() == ["bookmarks"]


_HERE = "back_office = ? and entity = ? and mapping = ?"
QUERIES = {
    "uq_link_crm": f"{_HERE} and crm_key <> '' and tombstone = '' and crm_key in (?, ?)",
    "ix_link_buried_erp": f"{_HERE} and erp_key <> '' and tombstone <> '' and erp_key in (?)",
    "ix_link_half": f"{_HERE} and tombstone = '' and (crm_key = '' or erp_key = '') and id > ? order by id limit 5",
    "ix_link_parent": "parent = ? and parent <> ''",
    "ix_link_dirty": "dirty = 1 and back_office = ? and mapping = ? and id > ? order by id limit 5",
    "ix_link_stale": "stale = 1 and back_office = ? and id > ? order by id limit 5",
}  # fmt: skip


@pytest.mark.parametrize("index", QUERIES)
def test_look_ups_find_their_index(engine: Engine, index: str) -> None:
    opening.bring_up_to_date(engine)
    asked = QUERIES[index]
    with engine.connect() as database:
        plan = database.exec_driver_sql(
            f"explain query plan select body from link where {asked}", ("x",) * asked.count("?")
        )
        steps = [row[3] for row in plan]
    assert any(index in step for step in steps)
    assert not any("TEMP B-TREE" in step for step in steps)


def test_the_tables_can_be_spelled_for_postgresql() -> None:
    """Keys sort byte by byte there too, and partial indexes keep their conditions."""
    other = postgresql.dialect()  # type: ignore[no-untyped-call]
    said = [str(CreateTable(table).compile(dialect=other)) for table in METADATA.sorted_tables]
    said += [str(CreateIndex(index).compile(dialect=other)) for index in LINK.indexes]
    whole = "\n".join(said)
    assert 'crm_key VARCHAR COLLATE "C" NOT NULL' in whole
    assert "WHERE dirty is true" in whole
    assert "WHERE crm_key <> '' and tombstone = ''" in whole
