"""Which run used an approval."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; what was decided so far is unused."""
    op.add_column("decisions", sa.Column("used_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "decisions", sa.Column("used_by", sa.Text(), server_default=sa.text("''"), nullable=False)
    )
