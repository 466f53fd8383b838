"""The command line of Updraft: ``updraft`` or ``python -m bot``."""

import argparse
import asyncio
import io
import sys
from collections.abc import Sequence
from typing import NoReturn

import structlog

from bot import admin, costs, evaluate, jobs, judge, logs
from bot.settings import Settings, SettingsError, load, strangers
from engine import StoreError, UpdraftError

log = structlog.get_logger(__name__)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 well, 1 something found or failed, 2 wrong use."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that is not UTF-8 is shown "?" where it lacks a sign.
            stream.reconfigure(errors="replace")
    arguments = _parser().parse_args(argv)
    logs.quiet()
    try:
        return int(arguments.run(arguments))
    except (UpdraftError, StoreError) as error:
        sys.stderr.write(f"{error}\n")
        return 2 if isinstance(error, SettingsError) else 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0


class _Parser(argparse.ArgumentParser):
    """A parser that repeats no stray argument: it may be a key that was given where none is taken."""

    def error(self, message: str) -> NoReturn:
        """End with the usage and what is wrong with it."""
        head, stray, words = message.partition("unrecognized arguments: ")
        shown = (word.partition("=")[0] if word.startswith("-") else "…" for word in words.split())
        super().error(f"{head}{stray}{' '.join(shown)}" if stray else message)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="updraft", description="A Slack assistant for teams that work in Jira.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    demo = commands.add_parser("demo", help="the whole product on its stand-ins, with a page to use it")
    demo.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    demo.add_argument("--port", type=int, default=8420, help="port of the page (default: %(default)s)")
    demo.add_argument(
        "--data", default="data/demo", help="folder that keeps the demo's data (default: %(default)s)"
    )
    demo.add_argument("--reset", action="store_true", help="start with fresh data")
    demo.add_argument(
        "--http", action="store_true", help="let Slack's stand-in use HTTP instead of Socket Mode"
    )
    demo.set_defaults(run=_demo)
    for name, run, text in (
        ("serve", _serve, "connect to Slack and work"),
        ("work", _work, "run jobs only, beside processes that serve (PostgreSQL only)"),
        ("migrate", _migrate, "bring the database to this version's schema"),
    ):
        commands.add_parser(name, help=text).set_defaults(run=run)
    doctor = commands.add_parser("doctor", help="check everything that Updraft needs, and say what to do")
    doctor.add_argument("--alert", action="store_true", help="post a test to the alert channel")
    doctor.set_defaults(run=_doctor)
    judge.add_commands(commands)
    evaluate.add_commands(commands)
    costs.add_commands(commands)
    admin.add_commands(commands)
    jobs.add_commands(commands)
    return parser


def _demo(arguments: argparse.Namespace) -> int:
    from bot import demo

    return demo.run(
        arguments.host, arguments.port, arguments.data, reset=arguments.reset, http=arguments.http
    )


def _serve(_: argparse.Namespace) -> int:
    from bot.app import serve

    asyncio.run(serve(_settings()))
    return 0


def _work(_: argparse.Namespace) -> int:
    from bot.app import work

    asyncio.run(work(_settings()))
    return 0


def _settings() -> Settings:
    """Read the settings of a process that stays, and have it log as they say."""
    settings = load()
    logs.configure(settings.log_level)
    for name, nearest in strangers().items():
        log.warning("unknown setting", setting=name, nearest=nearest)
    if settings.debug and settings.environment == "production":
        sys.stderr.write("UPDRAFT_DEBUG is on in production; switch it off.\n")
    return settings


def _migrate(_: argparse.Namespace) -> int:
    from engine import Store

    async def migrate(url: str) -> None:
        await (await Store.open(url)).close()

    asyncio.run(migrate(load().database_url))
    sys.stdout.write("The database is up to date.\n")
    return 0


def _doctor(arguments: argparse.Namespace) -> int:
    from bot import doctor

    return doctor.run(alert=arguments.alert)


if __name__ == "__main__":
    sys.exit(main())
