"""Run by Alembic: the revisions work on the connection that `upgrade` was given, in its transaction."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
