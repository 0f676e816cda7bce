"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_MOMENT = sa.String(length=40)
_HASH = sa.String(length=64)


def _keys(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, _KEY, nullable=False) for name in names]


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _primary(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def upgrade() -> None:
    _links()
    _journal()
    _audit()
    _settings()


def _links() -> None:
    op.create_table(
        "link",
        *_keys("id", "back_office", "entity", "mapping", "crm_key", "erp_key", "parent", "status"),
        sa.Column("dirty", sa.Boolean(), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("not_before", _MOMENT),
        *_keys("tombstone"),
        sa.Column("revision", sa.Integer(), nullable=False),
        _text("body"),
        _primary("link", "id"),
    )
    for side in ("crm", "erp"):
        keys = ["back_office", "entity", "mapping", f"{side}_key"]
        _partial(f"uq_link_{side}", keys, f"{side}_key <> '' and tombstone = ''", unique=True)
        _partial(f"ix_link_buried_{side}", keys, f"{side}_key <> '' and tombstone <> ''")
    _partial("ix_link_parent", ["parent", "id"], "parent <> ''")
    _partial("ix_link_dirty", ["back_office", "mapping", "id"], "dirty is true")
    _partial("ix_link_stale", ["back_office", "id"], "stale is true")
    op.create_index("ix_link_status", "link", ["back_office", "mapping", "status", "tombstone"])


def _partial(name: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    spelled = sa.text(where.replace("is true", "= 1"))
    op.create_index(name, "link", columns, unique=unique, sqlite_where=spelled, postgresql_where=sa.text(where))


def _journal() -> None:
    op.create_table(
        "call",
        *_keys("id", "back_office"),
        sa.Column("made_at", _MOMENT, nullable=False),
        _text("body"),
        _primary("call", "id"),
    )
    op.create_index(op.f("ix_call_back_office"), "call", ["back_office"])
    op.create_table(
        "cursor",
        *_keys("back_office", "entity", "side", "object"),
        sa.Column("stamp", _MOMENT, nullable=False),
        *_keys("key"),
        sa.Column("deletes_since", _MOMENT),
        _primary("cursor", "back_office", "entity", "side", "object"),
    )
    op.create_table(
        "conflict",
        *_keys("id", "back_office", "link"),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("resolved_at", _MOMENT),
        _text("body"),
        _primary("conflict", "id"),
    )
    op.create_index(op.f("ix_conflict_back_office"), "conflict", ["back_office"])
    op.create_index(op.f("ix_conflict_link"), "conflict", ["link"])


def _audit() -> None:
    op.create_table(
        "audit",
        *_keys("back_office"),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        *_keys("link"),
        _text("body"),
        sa.Column("hash", _HASH, nullable=False),
        _primary("audit", "back_office", "seq"),
    )
    op.create_index("ix_audit_link", "audit", ["link", "seq"])
    op.create_table(
        "audit_head",
        *_keys("back_office"),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", _HASH, nullable=False),
        _primary("audit_head", "back_office"),
    )
    for statement in _REFUSALS[op.get_bind().dialect.name]:
        op.execute(statement)


# What was audited stays: rows may be added, never changed or removed.
_SQLITE = "create trigger audit_no_{0} before {0} on audit begin select raise(abort, 'the audit is append-only'); end"
_POSTGRESQL_FUNCTION = """
    create function audit_is_append_only() returns trigger language plpgsql as
    $$ begin raise exception 'the audit is append-only'; end $$
"""
_POSTGRESQL_TRIGGER = """
    create trigger audit_no_change before update or delete on audit
    for each row execute function audit_is_append_only()
"""
_REFUSALS = {
    "sqlite": (_SQLITE.format("update"), _SQLITE.format("delete")),
    "postgresql": (_POSTGRESQL_FUNCTION, _POSTGRESQL_TRIGGER),
}


def _settings() -> None:
    op.create_table(
        "list_row",
        *_keys("back_office", "entity", "list", "key"),
        _text("body"),
        _primary("list_row", "back_office", "entity", "list", "key"),
    )
    op.create_table("connection", *_keys("name"), _text("body"), _primary("connection", "name"))
    op.create_table("fact", *_keys("scope", "name"), _text("value"), _primary("fact", "scope", "name"))
    op.create_table(
        "lease",
        *_keys("name", "owner"),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        _primary("lease", "name"),
    )


def downgrade() -> None:
    settings, journal = ("lease", "fact", "connection", "list_row"), ("conflict", "cursor", "call")
    for table in (*settings, "audit_head", "audit", *journal, "link"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("drop function audit_is_append_only()")
