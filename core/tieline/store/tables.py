"""The tables. One row a link and one row a call; what is looked up by has a column, the rest is one JSON body."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, MetaData, String, Table, Text, text

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _key(name: str, *, primary: bool = False) -> Column[str]:
    return Column(name, String(512), primary_key=primary, nullable=False)


LINK = Table(
    "link",
    METADATA,
    _key("id", primary=True),
    _key("back_office"),
    _key("entity"),
    _key("mapping"),
    _key("crm_key"),
    _key("erp_key"),
    _key("parent"),
    Column("status", String(40), nullable=False),
    Column("dirty", Boolean, nullable=False),
    Column("stale", Boolean, nullable=False),
    Column("not_before", String(40)),
    _key("tombstone"),
    Column("revision", Integer, nullable=False),
    Column("body", Text, nullable=False),
)

# At most one live link for a record of one side in one back office and entity; a link without a key on a side, or
# buried, does not count.
Index(
    "uq_link_crm", LINK.c.back_office, LINK.c.entity, LINK.c.mapping, LINK.c.crm_key, unique=True,
    sqlite_where=text("crm_key <> '' and tombstone = ''"), postgresql_where=text("crm_key <> '' and tombstone = ''"),
)  # fmt: skip
Index(
    "uq_link_erp", LINK.c.back_office, LINK.c.entity, LINK.c.mapping, LINK.c.erp_key, unique=True,
    sqlite_where=text("erp_key <> '' and tombstone = ''"), postgresql_where=text("erp_key <> '' and tombstone = ''"),
)  # fmt: skip
Index("ix_link_crm_key", LINK.c.crm_key)
Index("ix_link_erp_key", LINK.c.erp_key)
Index(
    "ix_link_parent", LINK.c.parent,
    sqlite_where=text("parent <> ''"), postgresql_where=text("parent <> ''"),
)  # fmt: skip
Index(
    "ix_link_dirty", LINK.c.back_office, LINK.c.mapping, LINK.c.id,
    sqlite_where=text("dirty = 1"), postgresql_where=text("dirty"),
)  # fmt: skip
Index(
    "ix_link_stale", LINK.c.back_office, LINK.c.id,
    sqlite_where=text("stale = 1"), postgresql_where=text("stale"),
)  # fmt: skip

CALL = Table(
    "call",
    METADATA,
    _key("id", primary=True),
    Column("back_office", String(512), nullable=False, index=True),
    Column("made_at", String(40), nullable=False),
    Column("body", Text, nullable=False),
)

CURSOR = Table(
    "cursor",
    METADATA,
    _key("back_office", primary=True),
    _key("entity", primary=True),
    _key("side", primary=True),
    _key("object", primary=True),
    Column("stamp", String(40), nullable=False),
    _key("key"),
)

AUDIT = Table(
    "audit",
    METADATA,
    _key("back_office", primary=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    _key("link"),
    Column("body", Text, nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_audit_link", "link", "seq"),
)

CONFLICT = Table(
    "conflict",
    METADATA,
    _key("id", primary=True),
    Column("back_office", String(512), nullable=False, index=True),
    Column("link", String(512), nullable=False, index=True),
    Column("at", String(40), nullable=False),
    Column("resolved_at", String(40)),
    Column("body", Text, nullable=False),
)

LIST_ROW = Table(
    "list_row",
    METADATA,
    _key("back_office", primary=True),
    _key("entity", primary=True),
    _key("list", primary=True),
    _key("key", primary=True),
    Column("body", Text, nullable=False),
)

CONNECTION = Table("connection", METADATA, _key("name", primary=True), Column("body", Text, nullable=False))

FACT = Table(
    "fact", METADATA, _key("scope", primary=True), _key("name", primary=True), Column("value", Text, nullable=False)
)

LEASE = Table(
    "lease",
    METADATA,
    _key("name", primary=True),
    _key("owner"),
    Column("token", Integer, nullable=False),
    Column("until", String(40), nullable=False),
)
