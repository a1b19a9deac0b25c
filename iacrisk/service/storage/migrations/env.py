"""How Alembic runs the migrations: on the connection that the store gives it."""

from __future__ import annotations

from alembic import context

from iacrisk.service.storage.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    version_table="iacrisk_migrations",
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
