"""The two tables of the ledger: what was asked of models, and how far each limit is used up."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from engine.store import Json, Moment, metadata

executions = Table(
    "executions",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("workspace", String(32), nullable=False),
    Column("person", String(32), nullable=False),
    Column("task", String(32), nullable=False),
    Column("version", String(32), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("status", String(16), nullable=False),  # running, answered, failed, refused, leaked
    Column("provider", String(32), nullable=False),
    Column("model", String(120), nullable=False),
    Column("credential", String(64), nullable=False),
    Column("variant", String(64)),
    Column("cache", String(16), nullable=False),  # "", exact, nearby, stale
    Column("tokens_in", Integer),
    Column("tokens_out", Integer),
    Column("embeddings", Integer, nullable=False),
    Column("nanos", BigInteger),  # None: the price is unknown
    Column("estimated", Integer, nullable=False),  # 1: a provider did not count, the estimate stands
    Column("milliseconds", Integer),
    Column("finish", String(32)),
    Column("path", Json, nullable=False),
    Column("error", Text),
    Column("prompt", Text),  # sealed, where the setting keeps prompts
    Column("held", Json, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),  # at its start, where nothing is held (any more)
    Column("finished_at", Moment),
    Index("ix_executions_when", "workspace", "started_at"),
    Index("ix_executions_leaks", "status", "expires_at"),
)

meters = Table(
    "meters",
    metadata,
    Column("workspace", String(32), primary_key=True),
    Column("person", String(32), primary_key=True),
    Column("window", String(16), primary_key=True),
    Column("start", String(32), primary_key=True),
    Column("calls", BigInteger, nullable=False),
    Column("tokens", BigInteger, nullable=False),
    Column("embeddings", BigInteger, nullable=False),
    Column("nanos", BigInteger, nullable=False),
    Column("held_calls", BigInteger, nullable=False),
    Column("held_tokens", BigInteger, nullable=False),
    Column("held_embeddings", BigInteger, nullable=False),
    Column("held_nanos", BigInteger, nullable=False),
)
