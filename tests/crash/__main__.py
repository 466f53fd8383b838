"""``python -m tests.crash``: hurt a running Updraft in every planned way, and count what was lost and what happened twice.

The exit code is 1 when anything was. The same seed plans the same messages and troubles; in which moment each hits is up to the
processes and so differs a little from run to run.
"""

import argparse
import asyncio
import sys
from pathlib import Path

from tests.crash.proof import Outcome, Plan, on_its_own


def main() -> int:
    """Run, print the figures, and return the exit code."""
    plan, folder = _asked()
    outcome = asyncio.run(on_its_own(plan, folder))
    sys.stdout.write(told(plan, outcome))
    return 0 if outcome.verdict.well else 1


def told(plan: Plan, outcome: Outcome) -> str:
    """Return the figures of a run as lines."""
    verdict = outcome.verdict
    injected = "; ".join(f"{number} {what}" for what, number in sorted(outcome.injected.items()))
    rows = [
        ("accepted", f"{verdict.messages} messages (acknowledged with 200), {verdict.approvals} approvals"),
        ("refused", f"{verdict.refused} messages that Slack was never told are taken"),
        ("answered", f"{verdict.answered}"),
        ("posted", f"{verdict.posted} comments"),
        ("moves done", f"{verdict.moved}"),
        ("lost", f"{len(verdict.lost)}"),
        *(("", one) for one in verdict.lost),
        ("doubled", f"{len(verdict.doubled)}"),
        *(("", one) for one in verdict.doubled),
        ("injected", injected),
        (
            "besides",
            f"{outcome.waiting} jobs still waiting, {outcome.dead_letters} given up, {outcome.tracebacks} tracebacks",
        ),
        ("", f"{len(outcome.ended)} processes ended by themselves and were started again"),
    ]
    title = (
        f"{plan.database}, {plan.processes} processes, seed {plan.seed}, {outcome.seconds / 60:.1f} minutes"
    )
    return "\n".join([title, *(f"{name:<12}{value}" for name, value in rows)]) + "\n"


def _asked() -> tuple[Plan, Path | None]:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="processes killed with SIGKILL (default 200)")
    parser.add_argument("--approvals", type=int, default=2000, help="drafts that are approved (default 2000)")
    parser.add_argument("--database", choices=("postgres", "sqlite"), default="postgres")
    parser.add_argument("--processes", type=int, default=4, help="on PostgreSQL (default 4); SQLite has one")
    parser.add_argument("--seed", type=int, default=1, help="plans messages and troubles (default 1)")
    parser.add_argument(
        "--minutes", type=float, default=60.0, help="begin no message after so long (default 60)"
    )
    parser.add_argument("--at-once", type=int, default=16, help="people who wait side by side (default 16)")
    parser.add_argument("--folder", type=Path, help="an empty folder to keep logs and a file's database in")
    given = parser.parse_args()
    plan = Plan(
        kills=given.kills,
        approvals=given.approvals,
        database=given.database,
        processes=1 if given.database == "sqlite" else given.processes,
        seed=given.seed,
        minutes=given.minutes,
        at_once=given.at_once,
    )
    return plan, given.folder


if __name__ == "__main__":
    sys.exit(main())
