"""When a failed job runs again: a pure decision."""

from dataclasses import dataclass
from datetime import timedelta

from engine.errors import Postpone, UpdraftError


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Up to ``retries`` retries, ``base`` seconds doubling up to ``cap``, times a jitter of 0.5-1.5 (spec H).

    A postponed job goes on at the same pace for ``patience``.
    """

    retries: int = 5
    base: float = 5.0
    cap: float = 300.0
    patience: timedelta = timedelta(hours=24)


def next_try(
    policy: RetryPolicy, error: BaseException, tries: int, age: timedelta, jitter: float
) -> float | None:
    """Return the seconds to wait before the next try, or None to give up.

    ``tries`` counts the failures so far including this one; ``age`` is the time since the job was enqueued; ``jitter`` is
    drawn from 0.5-1.5.
    """
    if isinstance(error, Postpone):
        if age > policy.patience:
            return None
    elif tries > policy.retries or (isinstance(error, UpdraftError) and error.permanent):
        return None
    wait = min(policy.cap, policy.base * 2 ** min(tries - 1, 30)) * jitter
    asked: float | None = error.retry_after if isinstance(error, Postpone) else None
    return float(max(wait, min(asked or 0.0, policy.cap)))
