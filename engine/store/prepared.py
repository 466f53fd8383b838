"""Statements that are compiled once, for the few that run with every call to a model.

On SQLite a statement takes less time than what SQLAlchemy does around it, so the driver itself gets these, row by row. A server is
farther away than that: it gets all rows at once, by SQLAlchemy.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Insert
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError


class Prepared:
    """An insert of a whole row, with whatever follows on a conflict and is returned."""

    def __init__(self, statement: Insert) -> None:
        self._statement = statement
        self._compiled: _Compiled | None = None

    def each(self, tx: Connection, rows: Sequence[dict[str, Any]]) -> Sequence[Any]:
        """Execute it with each row and return all that it returns, in any order, as the driver has it. Raises SQLAlchemyError."""
        if tx.dialect.name != "sqlite":
            result = tx.execute(self._statement, rows)
            return result.all() if result.returns_rows else ()
        if self._compiled is None:
            self._compiled = _Compiled(self._statement, tx.dialect)
        return self._compiled.each(tx, rows)


class _Compiled:
    """The text of a statement, and how its values are put in order."""

    def __init__(self, statement: Insert, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        assert compiled.positiontup is not None
        self._text = compiled.string
        self._constants = {name: value for name, value in compiled.params.items() if value is not None}
        self._places = [
            (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in compiled.positiontup
        ]

    def each(self, tx: Connection, rows: Sequence[dict[str, Any]]) -> list[Any]:
        cursor = tx.connection.cursor()
        found: list[Any] = []
        try:
            for row in rows:
                cursor.execute(self._text, self._values(row))
                found += cursor.fetchall()
        except tx.dialect.loaded_dbapi.Error as error:
            # Values are what people wrote and stay out of errors, which may be logged.
            raise DBAPIError(self._text, None, error, hide_parameters=True) from error
        finally:
            cursor.close()
        return found

    def _values(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        whole = {**self._constants, **row}
        return tuple(whole[name] if change is None else change(whole[name]) for name, change in self._places)
