"""What Prometheus reads at ``/metrics``: the one home of its library.

Two kinds of figures. What this process did is counted as it happens (:meth:`Metrics.hear`); Prometheus adds the processes up. What lives in
tables (jobs, drafts, limits, breakers) is read when somebody looks, at most every half minute, and is the same whoever is asked.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Protocol, assert_never

from prometheus_client import (
    CONTENT_TYPE_PLAIN_0_0_4,
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from engine import (
    Answered,
    Asked,
    Census,
    Component,
    Decided,
    DraftCount,
    Failed,
    LimitHit,
    Notice,
    Routed,
    StoreError,
    Taken,
    Unit,
    Worked,
)

FRESH = 30.0
"""Seconds that a look at the tables is good for: with 20,000 drafts in the span it takes 0.2 s (SQLite) to 0.6 s (PostgreSQL)."""
PATIENCE = 5.0
"""Seconds that the tables have to answer; without them the process still tells of itself."""
SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 13, 21, 34, 60, 300, 3600)
"""From an answer by rules to one that waited for Jira."""
DECISIONS = ("approved", "edited", "regenerated", "rejected", "expired", "posted")
STATES = ("closed", "open", "half-open")
NANO = 10**9

Source = Callable[[], Awaitable[Census]]


class Kept(Protocol):
    """A cache that counts what it does."""

    hits: int
    misses: int

    @property
    def evictions(self) -> int:
        """How many values went because there were too many."""

    def __len__(self) -> int: ...


class Metrics:
    """The figures of one process and, where :meth:`look_at` named them, of the tables."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._tables: Source | None = None
        self._seen: Census | None = None
        self._seen_at = float("-inf")
        self._looking = asyncio.Lock()
        self._caches: Mapping[str, Kept] = {}
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        self._count_messages()
        self._count_models()
        self._count_work()
        built = Gauge("updraft_info", "The version that runs.", ["version"], registry=self.registry)
        built.labels(version("updraft")).set(1)
        self.registry.register(self)

    def look_at(self, tables: Source, caches: Mapping[str, Kept]) -> None:
        """Tell also of tables and of this process's caches."""
        self._tables, self._caches = tables, caches

    async def page(self) -> tuple[bytes, str]:
        """Return all figures as text and its content type."""
        async with self._looking:
            if self._tables is not None and time.monotonic() - self._seen_at > FRESH:
                self._seen = await self._read(self._tables)
                self._seen_at = time.monotonic()
        return generate_latest(self.registry), CONTENT_TYPE_PLAIN_0_0_4

    async def _read(self, tables: Source) -> Census | None:
        try:
            async with asyncio.timeout(PATIENCE):
                return await tables()
        except (StoreError, TimeoutError):
            return None

    # -- what happens in this process

    def hear(self, notice: Notice) -> None:
        """Count what happened."""
        match notice:
            case Taken(kind):
                self.messages.labels(kind).inc()
            case Routed(route, rule, confidence):
                self.requests.labels(route, rule).inc()
                self.confidence.labels(route).observe(confidence)
            case Answered(route, seconds):
                self.answers.labels(route).inc()
                if seconds is not None:
                    self.answer_seconds.labels(route).observe(seconds)
            case Asked():
                self._asked(notice)
            case LimitHit(unit, window, person):
                self.refused.labels(unit_name(unit), window, _whose(person)).inc()
            case Decided(decision):
                self.drafts.labels(decision).inc()
            case Worked(kind, outcome, waited, took):
                self.jobs.labels(kind, outcome).inc()
                self.job_wait.labels(kind).observe(waited)
                self.job_seconds.labels(kind).observe(took)
            case Failed(component):
                self.errors.labels(component.value).inc()
            case _:
                assert_never(notice)

    def _asked(self, asked: Asked) -> None:
        names = (asked.provider or "none", asked.model or "none")
        self.calls.labels(*names, asked.outcome).inc()
        self.tokens.labels(*names, "in").inc(asked.tokens_in)
        self.tokens.labels(*names, "out").inc(asked.tokens_out)
        if asked.nanos is None:
            self.unpriced.labels(*names).inc()
        else:
            self.cost.labels(*names).inc(asked.nanos / NANO)
        if asked.outcome in ("answered", "failed"):
            self.call_seconds.labels(*names).observe(asked.seconds)
        for step in asked.tries:
            provider, _, model = str(step["model"]).partition(":")
            self.tries.labels(provider, model, _result(str(step["outcome"]))).inc()

    def _counter(self, name: str, words: str, *labels: str) -> Counter:
        return Counter(f"updraft_{name}", words, labels, registry=self.registry)

    def _histogram(self, name: str, words: str, *labels: str, buckets: tuple[float, ...] = SECONDS) -> Histogram:  # fmt: skip
        return Histogram(f"updraft_{name}", words, labels, registry=self.registry, buckets=buckets)

    def _count_messages(self) -> None:
        counter, histogram = self._counter, self._histogram
        self.messages = counter("messages_total", "Messages taken, by how they came.", "kind")
        self.requests = counter("requests_total", "Messages routed, where to and by which rule; “chosen” is a person's answer to a question.", "route", "rule")  # fmt: skip
        self.confidence = histogram("routing_confidence", "How certain the rules were.", "route", buckets=SHARES)  # fmt: skip
        self.answers = counter("answers_total", "Answers that stand in Slack.", "route")
        self.answer_seconds = histogram("answer_seconds", "Time from a message to its answer.", "route")
        self.drafts = counter("drafts_total", "Decisions on drafts.", "decision")
        for decision in DECISIONS:
            self.drafts.labels(decision)

    def _count_models(self) -> None:
        counter, names = self._counter, ("provider", "model")
        self.calls = counter("model_calls_total", "Questions to models; exact, nearby and stale were answered from what was kept.", *names, "outcome")  # fmt: skip
        self.tries = counter("model_tries_total", "Tries on the way to an answer.", *names, "result")
        self.tokens = counter("model_tokens_total", "Tokens used.", *names, "direction")
        self.cost = counter("model_cost_dollars_total", "What calls of known price cost.", *names)
        self.unpriced = counter("model_unpriced_calls_total", "Calls whose price is not known.", *names)
        self.call_seconds = self._histogram("model_call_seconds", "Time of a question with all its tries.", *names)  # fmt: skip
        self.refused = counter("limits_reached_total", "Calls that a limit refused.", "unit", "window", "whose")  # fmt: skip

    def _count_work(self) -> None:
        self.jobs = self._counter("jobs_total", "Tries of jobs by outcome; “failed” is a dead letter.", "kind", "outcome")  # fmt: skip
        self.job_wait = self._histogram("job_wait_seconds", "Time from when a job was due to its start.", "kind")  # fmt: skip
        self.job_seconds = self._histogram("job_seconds", "Time that a try of a job took.", "kind")
        self.errors = self._counter("errors_total", "What a component should have done and did not.", "component")  # fmt: skip
        for component in Component:
            self.errors.labels(component.value)

    # -- what is read when somebody looks

    def describe(self) -> list[Metric]:
        """Name nothing beforehand: the registry would read the tables for it."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield the caches of this process and what was last seen of the tables."""
        yield from self._cached()
        if self._tables is None:
            return
        yield GaugeMetricFamily("updraft_database_up", "Whether the tables answered (1).", float(self._seen is not None))  # fmt: skip
        if self._seen is not None:
            yield from _jobs(self._seen)
            yield from _drafts(self._seen.drafts)
            yield from _limits(self._seen)
            yield from _conditions(self._seen)

    def _cached(self) -> Iterator[Metric]:
        asked = CounterMetricFamily("updraft_cache_requests", "Questions to the cache of answers.", labels=["cache", "result"])  # fmt: skip
        gone = CounterMetricFamily("updraft_cache_evictions", "Answers that had to make room.", labels=["cache"])  # fmt: skip
        held = GaugeMetricFamily("updraft_cache_entries", "Answers kept.", labels=["cache"])
        for name, cache in self._caches.items():
            asked.add_metric([name, "hit"], cache.hits)
            asked.add_metric([name, "miss"], cache.misses)
            gone.add_metric([name], cache.evictions)
            held.add_metric([name], len(cache))
        yield from (asked, gone, held)


def _jobs(seen: Census) -> Iterator[Metric]:
    jobs = GaugeMetricFamily("updraft_jobs", "Jobs that are not completed.", labels=["kind", "status"])
    for one in seen.jobs:
        jobs.add_metric([one.kind, one.status], one.count)
    yield jobs
    dead = sum(one.count for one in seen.jobs if one.status == "failed")
    yield GaugeMetricFamily("updraft_dead_letters", "Jobs that were given up.", dead)
    due = [one.first_due for one in seen.jobs if one.status == "pending"]
    late = max(((datetime.now(UTC) - one).total_seconds() for one in due), default=0.0)
    yield GaugeMetricFamily("updraft_jobs_overdue_seconds", "For how long the first pending job has been due.", max(late, 0.0))  # fmt: skip


def _drafts(counts: tuple[DraftCount, ...]) -> Iterator[Metric]:
    by_status = GaugeMetricFamily("updraft_recent_drafts", "Drafts of the last 30 days.", labels=["kind", "status"])  # fmt: skip
    for one in counts:
        by_status.add_metric([one.kind, one.status], one.count)
    yield by_status
    posted = [one for one in counts if one.status == "posted"]
    whole, total = sum(one.count for one in posted), sum(one.count for one in counts)
    unseen = sum(one.undecided for one in posted)
    yield GaugeMetricFamily("updraft_recent_drafts_auto_posted", "Drafts of the last 30 days that were posted and nobody decided on.", unseen)  # fmt: skip
    if whole:
        edited = sum(one.edited for one in posted) / whole
        yield GaugeMetricFamily("updraft_recent_drafts_edit_rate", "Share of the drafts posted in the last 30 days that a person had edited.", edited)  # fmt: skip
    if total:
        quality = sum(one.quality * one.count for one in counts) / total
        yield GaugeMetricFamily("updraft_recent_drafts_quality", "Mean quality (0-1) of the first texts of the last 30 days.", quality)  # fmt: skip


def _limits(seen: Census) -> Iterator[Metric]:
    used = GaugeMetricFamily("updraft_limit_used", "What is used of the workspace's limits in their present windows; money in dollars.", labels=["unit", "window"])  # fmt: skip
    most = GaugeMetricFamily("updraft_limit_most", "The workspace's limits; money in dollars.", labels=["unit", "window"])  # fmt: skip
    for one in seen.limits:
        scale = NANO if one.limit.unit is Unit.MONEY else 1
        names = [unit_name(one.limit.unit), one.limit.window.value]
        used.add_metric(names, one.used / scale)
        most.add_metric(names, one.limit.most / scale)
    breakers = GaugeMetricFamily("updraft_breaker", "Where each provider's breaker stands (1).", labels=["place", "state"])  # fmt: skip
    for place, state in seen.breakers.items():
        for name in STATES:
            breakers.add_metric([place, name], float(name == state))
    yield from (used, most, breakers)


def _conditions(seen: Census) -> Iterator[Metric]:
    up = GaugeMetricFamily("updraft_dependency_up", "Whether it answered (1) when it was last looked at.", labels=["dependency"])  # fmt: skip
    took = GaugeMetricFamily("updraft_dependency_seconds", "The time that it took to answer then.", labels=["dependency"])  # fmt: skip
    since = GaugeMetricFamily("updraft_dependency_since_seconds", "When it became as it is, in seconds since 1970.", labels=["dependency"])  # fmt: skip
    for one in seen.conditions:
        up.add_metric([one.name], float(one.well))
        took.add_metric([one.name], one.milliseconds / 1000)
        since.add_metric([one.name], one.since.timestamp())
    yield from (up, took, since)


def unit_name(unit: str) -> str:
    """Name a unit as figures do."""
    return "dollars" if unit == Unit.MONEY else unit


def _whose(person: bool) -> str:
    return "person" if person else "workspace"


def _result(outcome: str) -> str:
    """Return the kind of what a try came to: the sentence of a failure has no place in a label."""
    if outcome == "answered" or outcome.startswith("unreadable"):
        return outcome.partition(" ")[0]
    return "left alone" if outcome.startswith("left alone") else "failed"
