"""How each dependency was when it was last looked at; how often an alert was repeated; a job's waits and when it was cut off."""

import sqlalchemy as sa
from alembic import op

from engine.store.schema import Moment

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table and the columns."""
    op.create_table(
        "conditions",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("well", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_conditions"),
    )
    op.add_column("jobs", sa.Column("postponed", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("jobs", sa.Column("cut_off_at", Moment(), nullable=True))
    op.add_column("alerts", sa.Column("times", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Drop what the next looks fill again."""
    op.drop_column("alerts", "times")
    op.drop_column("jobs", "cut_off_at")
    op.drop_column("jobs", "postponed")
    op.drop_table("conditions")
