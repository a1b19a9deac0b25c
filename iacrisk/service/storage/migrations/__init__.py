"""Alembic's migrations, in order of their numbers."""
