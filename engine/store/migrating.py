"""Bring a database to the schema of this version, once, whoever else starts at the same moment."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.engine import URL

MIGRATIONS = Path(__file__).parent / "migrations"
TURN = 0x75706472
"""The advisory lock that processes take to migrate one after the other on PostgreSQL: "updr"."""
PATIENCE = "60s"
"""How long one waits for another that migrates, or for a table that somebody holds."""


class StoreError(Exception):
    """The database cannot be opened or migrated; ``str(error)`` says what to do."""


def migrate(url: URL, arguments: dict[str, Any]) -> None:
    """Upgrade the schema in one transaction; ``arguments`` are the driver's.

    Raises StoreError when a newer version wrote the database, SQLAlchemy's errors when it cannot be used.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    script = ScriptDirectory.from_config(config)
    # Foreign keys are off on SQLite unless asked for, as batch alters of a parent table need.
    engine = create_engine(url, poolclass=NullPool, connect_args=arguments, hide_parameters=True)
    try:
        with engine.begin() as connection:
            _take_turn(connection)
            current = MigrationContext.configure(connection).get_current_revision()
            if current is not None and current not in {one.revision for one in script.walk_revisions()}:
                raise StoreError(
                    f"The database {url.database} was written by a newer Updraft (revision {current}). "
                    "Run that version, or restore the backup made before the upgrade."
                )
            if current != script.get_current_head():
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
    finally:
        engine.dispose()


def _take_turn(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": TURN})
