"""What was asked of models, how far limits are used up, and how providers are."""

import sqlalchemy as sa
from alembic import op

from engine.store.schema import Json, Moment

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "executions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("task", sa.String(length=32), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("model", sa.String(length=120), nullable=False),
        sa.Column("credential", sa.String(length=64), nullable=False),
        sa.Column("variant", sa.String(length=64), nullable=True),
        sa.Column("cache", sa.String(length=16), nullable=False),
        sa.Column("tokens_in", sa.Integer(), nullable=True),
        sa.Column("tokens_out", sa.Integer(), nullable=True),
        sa.Column("embeddings", sa.Integer(), nullable=False),
        sa.Column("nanos", sa.BigInteger(), nullable=True),
        sa.Column("estimated", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=True),
        sa.Column("finish", sa.String(length=32), nullable=True),
        sa.Column("path", Json, nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("prompt", sa.Text(), nullable=True),
        sa.Column("held", Json, nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_executions"),
    )
    op.create_index("ix_executions_when", "executions", ["workspace", "started_at"], unique=False)
    op.create_index("ix_executions_leaks", "executions", ["status", "expires_at"], unique=False)
    amounts = [
        sa.Column(name, sa.BigInteger(), nullable=False)
        for held in ("", "held_")
        for name in (f"{held}calls", f"{held}tokens", f"{held}embeddings", f"{held}nanos")
    ]
    op.create_table(
        "meters",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("window", sa.String(length=16), nullable=False),
        sa.Column("start", sa.String(length=32), nullable=False),
        *amounts,
        sa.PrimaryKeyConstraint("workspace", "person", "window", "start", name="pk_meters"),
    )
    op.create_table(
        "breakers",
        sa.Column("provider", sa.String(length=200), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=True),
        sa.Column("probe_until", Moment(), nullable=True),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("provider", name="pk_breakers"),
    )


def downgrade() -> None:
    """What was recorded would be lost."""
    raise NotImplementedError("a downgrade would lose what was recorded; restore a backup instead")
