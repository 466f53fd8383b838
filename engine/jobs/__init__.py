"""Durable work: enqueued in the caller's transaction, run at once, retried with patience, never forgotten.

``await jobs.enqueue(tx, "post_draft", {"draft": id}, lock=id)`` commits or vanishes with the caller's decision. A handler is
an async function of one :class:`Job`; when it raises, :func:`next_try` decides. Jobs that are given up stay as dead letters.
"""

from engine.jobs.listing import JobRow, KindStats, listed, stats
from engine.jobs.local import LocalJobs
from engine.jobs.queue import DeadLetter, Handler, Job, Jobs, Priority, TakenOver, jobs_table
from engine.jobs.retry import RetryPolicy, next_try
from engine.jobs.shared import SharedJobs, workers_table
from engine.notices import Notify, nobody
from engine.store import Clock, Store, utcnow


def jobs_on(
    store: Store,
    *,
    policy: RetryPolicy | None = None,
    at_once: int = 16,
    clock: Clock = utcnow,
    notify: Notify = nobody,
) -> Jobs:
    """Return the queue that fits the database; ``at_once`` jobs run side by side."""
    kind = SharedJobs if store.shared else LocalJobs
    return kind(store, policy=policy, at_once=at_once, clock=clock, notify=notify)


__all__ = [
    "DeadLetter",
    "Handler",
    "Job",
    "JobRow",
    "Jobs",
    "KindStats",
    "LocalJobs",
    "Priority",
    "RetryPolicy",
    "SharedJobs",
    "TakenOver",
    "jobs_on",
    "jobs_table",
    "listed",
    "next_try",
    "stats",
    "workers_table",
]
