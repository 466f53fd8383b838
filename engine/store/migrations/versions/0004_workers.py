"""Jobs that many processes share: who has one, who is alive; a lock is held once."""

import sqlalchemy as sa
from alembic import op

from engine.store.schema import Moment

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the workers, the jobs' worker, and the index that keeps locks."""
    op.create_table(
        "workers",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workers"),
    )
    op.add_column("jobs", sa.Column("worker", sa.String(length=32), nullable=True))
    # What was cut off is ready again at start anyhow; two of one lock could not be indexed.
    op.execute("UPDATE jobs SET status = 'pending' WHERE status = 'processing'")
    held = sa.text("status = 'processing'")
    op.create_index("uq_jobs_lock", "jobs", ["lock"], unique=True, sqlite_where=held, postgresql_where=held)


def downgrade() -> None:
    """There is no way back but a backup."""
    raise NotImplementedError("a downgrade would lose what was recorded; restore a backup instead")
