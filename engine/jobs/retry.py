"""When a failed job runs again: a pure decision."""

from dataclasses import dataclass
from datetime import timedelta

from engine.errors import Postpone, UpdraftError
from engine.store import AWAY


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Up to ``retries`` retries, ``base`` seconds doubling up to ``cap``, times a jitter of 0.5-1.5.

    A job that has to wait for something that is down goes on at the same pace for ``patience``.
    """

    retries: int = 5
    base: float = 5.0
    cap: float = 300.0
    patience: timedelta = timedelta(hours=24)


def postpones(error: BaseException) -> bool:
    """Tell whether an error only means that something is down, so that the job is to wait for it: the database, too."""
    return isinstance(error, (Postpone, *AWAY))


def next_try(
    policy: RetryPolicy, error: BaseException, tries: int, age: timedelta, jitter: float, postponed: int = 0
) -> float | None:
    """Return the seconds to wait before the next try, or None to give up.

    ``tries`` counts the tries so far including this one, ``postponed`` how many of them only had to wait: an outage uses no retries up.
    ``age`` is the time since the job was enqueued; ``jitter`` is drawn from 0.5-1.5.
    """
    if postpones(error):
        if age > policy.patience:
            return None
    elif tries - postponed > policy.retries or (isinstance(error, UpdraftError) and error.permanent):
        return None
    wait = min(policy.cap, policy.base * 2 ** min(tries - 1, 30)) * jitter
    asked: float | None = error.retry_after if isinstance(error, Postpone) else None
    return float(max(wait, min(asked or 0.0, policy.cap)))
