"""An index by which the drafts whose time is over are found without reading all there ever were."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the index."""
    op.create_index("ix_drafts_expires", "drafts", ["status", "expires_at"], unique=False)


def downgrade() -> None:
    """Drop the index."""
    op.drop_index("ix_drafts_expires", "drafts")
