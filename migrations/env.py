"""Runs the migrations on the connection that ``app.schema`` hands over."""

from __future__ import annotations

from alembic import context

from app.models import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    # SQLite rolls tables back as well as rows, once the driver leaves transactions to us.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
