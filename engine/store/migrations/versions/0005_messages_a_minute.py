"""An index by which a person's messages of the last minute are counted."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the index."""
    op.create_index("ix_inbox_person", "inbox", ["workspace", "person", "received_at"], unique=False)


def downgrade() -> None:
    """Drop the index."""
    op.drop_index("ix_inbox_person", "inbox")
