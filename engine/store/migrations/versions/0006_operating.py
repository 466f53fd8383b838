"""What is needed to operate it: troubles lately, alerts told, when jobs started, and indexes for figures."""

import sqlalchemy as sa
from alembic import op

from engine.store.schema import Moment

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the tables, the column and the indexes."""
    op.create_table(
        "troubles",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("component", sa.String(length=16), nullable=False),
        sa.Column("said", sa.String(length=300), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_troubles"),
    )
    op.create_index("ix_troubles_component", "troubles", ["component", "at"], unique=False)
    op.create_table(
        "alerts",
        sa.Column("component", sa.String(length=16), nullable=False),
        sa.Column("told_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("component", name="pk_alerts"),
    )
    op.add_column("jobs", sa.Column("started_at", Moment(), nullable=True))
    op.create_index("ix_jobs_finished", "jobs", ["status", "finished_at"], unique=False)
    op.create_index("ix_drafts_created", "drafts", ["created_at"], unique=False)


def downgrade() -> None:
    """There is no way back but a backup."""
    raise NotImplementedError("a downgrade would lose what was recorded; restore a backup instead")
