"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("back_office", sa.String(length=512), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("link", sa.String(length=512), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("back_office", "seq", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_link", "audit", ["link", "seq"], unique=False)
    op.create_table(
        "call",
        sa.Column("id", sa.String(length=512), nullable=False),
        sa.Column("back_office", sa.String(length=512), nullable=False),
        sa.Column("made_at", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
    )
    op.create_index(op.f("ix_call_back_office"), "call", ["back_office"], unique=False)
    op.create_table(
        "conflict",
        sa.Column("id", sa.String(length=512), nullable=False),
        sa.Column("back_office", sa.String(length=512), nullable=False),
        sa.Column("link", sa.String(length=512), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("resolved_at", sa.String(length=40), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict")),
    )
    op.create_index(op.f("ix_conflict_back_office"), "conflict", ["back_office"], unique=False)
    op.create_index(op.f("ix_conflict_link"), "conflict", ["link"], unique=False)
    op.create_table(
        "connection",
        sa.Column("name", sa.String(length=512), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_connection")),
    )
    op.create_table(
        "cursor",
        sa.Column("back_office", sa.String(length=512), nullable=False),
        sa.Column("entity", sa.String(length=512), nullable=False),
        sa.Column("side", sa.String(length=512), nullable=False),
        sa.Column("object", sa.String(length=512), nullable=False),
        sa.Column("stamp", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=512), nullable=False),
        sa.PrimaryKeyConstraint("back_office", "entity", "side", "object", name=op.f("pk_cursor")),
    )
    op.create_table(
        "fact",
        sa.Column("scope", sa.String(length=512), nullable=False),
        sa.Column("name", sa.String(length=512), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "name", name=op.f("pk_fact")),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=512), nullable=False),
        sa.Column("owner", sa.String(length=512), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("until", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "link",
        sa.Column("id", sa.String(length=512), nullable=False),
        sa.Column("back_office", sa.String(length=512), nullable=False),
        sa.Column("entity", sa.String(length=512), nullable=False),
        sa.Column("mapping", sa.String(length=512), nullable=False),
        sa.Column("crm_key", sa.String(length=512), nullable=False),
        sa.Column("erp_key", sa.String(length=512), nullable=False),
        sa.Column("parent", sa.String(length=512), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("dirty", sa.Boolean(), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("not_before", sa.String(length=40), nullable=True),
        sa.Column("tombstone", sa.String(length=512), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
    )
    op.create_index("ix_link_crm_key", "link", ["crm_key"], unique=False)
    op.create_index(
        "ix_link_dirty",
        "link",
        ["back_office", "mapping", "id"],
        unique=False,
        sqlite_where=sa.text("dirty = 1"),
        postgresql_where=sa.text("dirty"),
    )
    op.create_index("ix_link_erp_key", "link", ["erp_key"], unique=False)
    op.create_index(
        "ix_link_parent",
        "link",
        ["parent"],
        unique=False,
        sqlite_where=sa.text("parent <> ''"),
        postgresql_where=sa.text("parent <> ''"),
    )
    op.create_index(
        "ix_link_stale",
        "link",
        ["back_office", "id"],
        unique=False,
        sqlite_where=sa.text("stale = 1"),
        postgresql_where=sa.text("stale"),
    )
    op.create_index(
        "uq_link_crm",
        "link",
        ["back_office", "entity", "mapping", "crm_key"],
        unique=True,
        sqlite_where=sa.text("crm_key <> '' and tombstone = ''"),
        postgresql_where=sa.text("crm_key <> '' and tombstone = ''"),
    )
    op.create_index(
        "uq_link_erp",
        "link",
        ["back_office", "entity", "mapping", "erp_key"],
        unique=True,
        sqlite_where=sa.text("erp_key <> '' and tombstone = ''"),
        postgresql_where=sa.text("erp_key <> '' and tombstone = ''"),
    )
    op.create_table(
        "list_row",
        sa.Column("back_office", sa.String(length=512), nullable=False),
        sa.Column("entity", sa.String(length=512), nullable=False),
        sa.Column("list", sa.String(length=512), nullable=False),
        sa.Column("key", sa.String(length=512), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("back_office", "entity", "list", "key", name=op.f("pk_list_row")),
    )
    # What was audited stays: rows may be added, never changed or removed.
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(
                f"create trigger audit_no_{verb} before {verb} on audit"
                " begin select raise(abort, 'the audit is append-only'); end"
            )


def downgrade() -> None:
    op.drop_table("list_row")
    op.drop_index(
        "uq_link_erp",
        table_name="link",
        sqlite_where=sa.text("erp_key <> '' and tombstone = ''"),
        postgresql_where=sa.text("erp_key <> '' and tombstone = ''"),
    )
    op.drop_index(
        "uq_link_crm",
        table_name="link",
        sqlite_where=sa.text("crm_key <> '' and tombstone = ''"),
        postgresql_where=sa.text("crm_key <> '' and tombstone = ''"),
    )
    op.drop_index(
        "ix_link_stale", table_name="link", sqlite_where=sa.text("stale = 1"), postgresql_where=sa.text("stale")
    )
    op.drop_index(
        "ix_link_parent",
        table_name="link",
        sqlite_where=sa.text("parent <> ''"),
        postgresql_where=sa.text("parent <> ''"),
    )
    op.drop_index("ix_link_erp_key", table_name="link")
    op.drop_index(
        "ix_link_dirty", table_name="link", sqlite_where=sa.text("dirty = 1"), postgresql_where=sa.text("dirty")
    )
    op.drop_index("ix_link_crm_key", table_name="link")
    op.drop_table("link")
    op.drop_table("lease")
    op.drop_table("fact")
    op.drop_table("cursor")
    op.drop_table("connection")
    op.drop_index(op.f("ix_conflict_link"), table_name="conflict")
    op.drop_index(op.f("ix_conflict_back_office"), table_name="conflict")
    op.drop_table("conflict")
    op.drop_index(op.f("ix_call_back_office"), table_name="call")
    op.drop_table("call")
    op.drop_index("ix_audit_link", table_name="audit")
    op.drop_table("audit")
