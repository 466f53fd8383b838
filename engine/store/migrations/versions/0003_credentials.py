"""Credentials of model providers; feature flags."""

import sqlalchemy as sa
from alembic import op

from engine.store.schema import Json, Moment

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "credentials",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("provider", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("sealed_key", sa.Text(), nullable=True),
        sa.Column("key_hint", sa.String(length=4), nullable=False),
        sa.Column("base_url", sa.String(length=500), nullable=False),
        sa.Column("sealed_headers", sa.Text(), nullable=True),
        sa.Column("model", sa.String(length=100), nullable=True),
        sa.Column("temperature", sa.Float(), nullable=True),
        sa.Column("max_tokens", sa.Integer(), nullable=True),
        sa.Column("system_prompt", sa.Text(), nullable=True),
        sa.Column("options", Json, nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("state_reason", sa.Text(), nullable=True),
        sa.Column("tested_at", Moment(), nullable=True),
        sa.Column("tests", Json, nullable=False),
        sa.Column("last_used_at", Moment(), nullable=True),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_credentials"),
        sa.UniqueConstraint("workspace", "name", name="uq_credentials_workspace_name"),
    )
    op.create_index(
        "ix_credentials_default",
        "credentials",
        ["workspace", "provider"],
        unique=True,
        sqlite_where=sa.text("is_default"),
        postgresql_where=sa.text("is_default"),
    )
    op.create_table(
        "flags",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("scope", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Boolean(), nullable=False),
        sa.Column("changed_by", sa.String(length=32), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "scope", "name", name="pk_flags"),
    )


def downgrade() -> None:
    """The keys would be lost."""
    raise NotImplementedError("a downgrade would lose what was recorded; restore a backup instead")
