"""Open the database, hand out transactions, migrate.

``async with store.write() as tx`` is one transaction that is alone among writers on SQLite; ``store.read()`` sees a
consistent snapshot. What hangs on a commit (waking a job runner) asks :meth:`Store.after_commit`.
"""

from engine.store.database import Clock, Store, StoreError, Transaction, utcnow
from engine.store.schema import Json, Moment, metadata
from engine.store.together import Together

__all__ = ["Clock", "Json", "Moment", "Store", "StoreError", "Together", "Transaction", "metadata", "utcnow"]
