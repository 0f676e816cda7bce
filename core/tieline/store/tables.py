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

# Keys compare and sort byte by byte: SQLite does so by itself, PostgreSQL only when it is told.
KEY = String().with_variant(String(collation="C"), "postgresql")
MOMENT = String(40)


def _key(name: str, *, primary: bool = False) -> Column[str]:
    return Column(name, KEY, primary_key=primary, nullable=False)


def _body(name: str = "body") -> Column[str]:
    return Column(name, Text, nullable=False)


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
    _key("status"),
    Column("dirty", Boolean, nullable=False),
    Column("stale", Boolean, nullable=False),
    Column("not_before", MOMENT),
    _key("tombstone"),
    Column("revision", Integer, nullable=False),
    _body(),
)


def _partial(name: str, columns: str, where: str, *, unique: bool = False) -> Index:
    """An index over some rows only. SQLite spells a true column `= 1`."""
    chosen = [LINK.c[column] for column in columns.split()]
    spelled = text(where.replace("is true", "= 1"))
    return Index(name, *chosen, unique=unique, sqlite_where=spelled, postgresql_where=text(where))


# At most one live link for a record of one side in one back office and entity. Buried links are found by the other two.
_partial("uq_link_crm", "back_office entity mapping crm_key", "crm_key <> '' and tombstone = ''", unique=True)
_partial("uq_link_erp", "back_office entity mapping erp_key", "erp_key <> '' and tombstone = ''", unique=True)
_partial("ix_link_buried_crm", "back_office entity mapping crm_key", "crm_key <> '' and tombstone <> ''")
_partial("ix_link_buried_erp", "back_office entity mapping erp_key", "erp_key <> '' and tombstone <> ''")
_partial("ix_link_parent", "parent id", "parent <> ''")
_partial("ix_link_dirty", "back_office mapping id", "dirty is true")
_partial("ix_link_stale", "back_office id", "stale is true")
_partial("ix_link_half", "back_office entity mapping id", "tombstone = '' and (crm_key = '' or erp_key = '')")
Index("ix_link_status", LINK.c.back_office, LINK.c.mapping, LINK.c.status, LINK.c.tombstone)

CALL = Table(
    "call",
    METADATA,
    _key("id", primary=True),
    Column("back_office", KEY, nullable=False, index=True),
    Column("made_at", MOMENT, nullable=False),
    _body(),
)

CURSOR = Table(
    "cursor",
    METADATA,
    _key("back_office", primary=True),
    _key("entity", primary=True),
    _key("side", primary=True),
    _key("object", primary=True),
    Column("stamp", MOMENT, nullable=False),
    _key("key"),
    Column("deletes_since", MOMENT),
)

AUDIT = Table(
    "audit",
    METADATA,
    _key("back_office", primary=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    _key("link"),
    _body(),
    Column("hash", String(64), nullable=False),
    Index("ix_audit_link", "link", "seq"),
)

# The last entry of each chain: entries cut off at the end are missed.
AUDIT_HEAD = Table(
    "audit_head",
    METADATA,
    _key("back_office", primary=True),
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)

CONFLICT = Table(
    "conflict",
    METADATA,
    _key("id", primary=True),
    Column("back_office", KEY, nullable=False, index=True),
    Column("link", KEY, nullable=False, index=True),
    Column("at", MOMENT, nullable=False),
    Column("resolved_at", MOMENT),
    _body(),
)

LIST_ROW = Table(
    "list_row",
    METADATA,
    _key("back_office", primary=True),
    _key("entity", primary=True),
    _key("list", primary=True),
    _key("key", primary=True),
    _body(),
)

CONNECTION = Table("connection", METADATA, _key("name", primary=True), _body())

FACT = Table("fact", METADATA, _key("scope", primary=True), _key("name", primary=True), _body("value"))

LEASE = Table(
    "lease",
    METADATA,
    _key("name", primary=True),
    _key("owner"),
    Column("token", Integer, nullable=False),
    Column("until", MOMENT, nullable=False),
)
