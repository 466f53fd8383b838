"""Durable work: enqueued in the caller's transaction, run at once, retried with patience, never forgotten.

``await jobs.enqueue(tx, "post_draft", {"draft": id}, lock=id)`` commits or vanishes with the caller's decision. A handler is
an async function of one :class:`Job`; when it raises, :func:`next_try` decides. Jobs that are given up stay as dead letters.
"""

from engine.jobs.queue import DeadLetter, Handler, Job, Jobs, Priority, jobs_table
from engine.jobs.retry import RetryPolicy, next_try

__all__ = [
    "DeadLetter",
    "Handler",
    "Job",
    "Jobs",
    "Postpone",
    "Priority",
    "RetryPolicy",
    "jobs_table",
    "next_try",
]
