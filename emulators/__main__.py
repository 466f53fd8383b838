"""Run the stand-ins and the workbench: ``python -m emulators --port 8420``."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from emulators.site import Site


def main() -> int:
    """Listen until interrupted; 2 for a port in use or damaged data, with one sentence on stderr."""
    parser = argparse.ArgumentParser(
        prog="emulators", description="Local Slack, Jira, OpenAI and Anthropic with a page to use them."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (default %(default)s)")
    parser.add_argument(
        "--port", type=int, default=8420, help="port to listen at, 0 for any (default %(default)s)"
    )
    parser.add_argument(
        "--data", type=Path, help="folder that keeps slack.json and jira.json (default: memory only)"
    )
    parser.add_argument(
        "--reset", action="store_true", help="forget what the folder keeps and start from the seed"
    )
    parser.add_argument("--events-url", help="send Slack's events here over HTTP instead of Socket Mode")
    asked = parser.parse_args()
    try:
        asyncio.run(_serve(asked))
    except (ValueError, OSError) as error:
        print(_sentence(error, asked), file=sys.stderr)
        return 2
    return 0


async def _serve(asked: argparse.Namespace) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    async with Site(
        host=asked.host, port=asked.port, data=asked.data, reset=asked.reset, events_url=asked.events_url
    ) as site:
        print(f"ready {site.url}", flush=True)
        await stopping.wait()


def _sentence(error: Exception, asked: argparse.Namespace) -> str:
    if isinstance(error, OSError) and error.filename is not None:
        return f"The data folder {asked.data} cannot be used: {error.strerror} ({error.filename})."
    if isinstance(error, OSError):
        return f"Cannot listen at {asked.host}:{asked.port}: {_cause(error)}; choose another with --port."
    return f"{str(error).rstrip('.')}."


def _cause(error: OSError) -> str:
    return "the port is in use" if "in use" in str(error) else str(error.strerror or error)


if __name__ == "__main__":
    sys.exit(main())
