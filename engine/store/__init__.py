"""Open the database, hand out transactions, migrate.

``async with store.write() as tx`` is one transaction: alone among writers on SQLite, READ COMMITTED on PostgreSQL, so what may race is
a conditional update. ``store.read()`` sees a consistent snapshot. What hangs on a commit (waking a job runner) asks :meth:`Store.after_commit`.
"""

from engine.store.database import AWAY, Clock, Store, Transaction, utcnow
from engine.store.lately import Lately
from engine.store.migrating import StoreError
from engine.store.prepared import Prepared
from engine.store.schema import Json, Moment, metadata
from engine.store.together import Together

__all__ = [
    "AWAY",
    "Clock",
    "Json",
    "Lately",
    "Moment",
    "Prepared",
    "Store",
    "StoreError",
    "Together",
    "Transaction",
    "metadata",
    "utcnow",
]
