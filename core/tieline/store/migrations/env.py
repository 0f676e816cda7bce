"""Run by Alembic with the connection that `opening.migrate` put into the configuration."""

from __future__ import annotations

from alembic import context

from tieline.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True
)  # fmt: skip
with context.begin_transaction():
    context.run_migrations()
