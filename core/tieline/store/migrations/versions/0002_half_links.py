"""An index over the links that have a record on one side only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_HALF = "tombstone = '' and (crm_key = '' or erp_key = '')"


def upgrade() -> None:
    columns = ["back_office", "entity", "mapping", "id"]
    where = sa.text(_HALF)
    op.create_index("ix_link_half", "link", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_link_half", "link")
