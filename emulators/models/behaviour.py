"""What the stand-ins of all providers share: how they answer, the record, the faults, and the control of these over HTTP."""

import re
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, get_args

from aiohttp import web

from emulators.kit import PREFIX, Faults, Recorded, control
from emulators.models.answers import Character

Listener = Callable[[dict[str, Any]], None]

SLOW = 8.0
_TOKEN = re.compile(r"\s*\w{1,6}|\s*[^\w\s]|\s+")


def in_tokens(text: str) -> list[str]:
    """Cut a text into what the stand-ins count as tokens; joined again they are the text."""
    return _TOKEN.findall(text)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the model answers: ``seconds`` of delay before each answer, the ``text`` that ``verbatim`` gives, for ``times``
    answers (then good again; None: for ever). ``down`` answers everything as a service that is overloaded."""

    character: Character = "good"
    seconds: float = 0.0
    text: str | None = None
    times: int | None = None
    down: bool = False


class Provider:
    """A stand-in for one provider of models, below ``prefix``; it keeps nothing but its behaviour."""

    service = "models"

    def __init__(self, prefix: str, key: str) -> None:
        self.key = key
        self.requests: deque[Recorded] = deque(maxlen=20_000)
        self.faults = Faults()
        self.listeners: list[Listener] = []
        self.behaviour = Behaviour()
        self.app = web.Application()
        self.app[PREFIX] = prefix
        controls = control(self.requests, self.faults)
        controls.add_routes([web.get("/behaviour", self._shown), web.post("/behaviour", self._behave)])
        self.app.add_subapp("/_control", controls)

    def behave(
        self,
        character: Character = "good",
        *,
        seconds: float | None = None,
        text: str | None = None,
        times: int | None = None,
        down: bool = False,
    ) -> None:
        """Set the character of the answers from now on; see :class:`Behaviour`. ``slow`` without seconds is 8 s.

        Raises ValueError for a character that does not exist.
        """
        if character not in get_args(Character):
            raise ValueError(f"character must be one of {', '.join(get_args(Character))}, not {character!r}")
        delay = seconds if seconds is not None else SLOW if character == "slow" else 0.0
        self.behaviour = Behaviour(character, delay, text, times, down)
        for listener in self.listeners:
            listener({"service": self.service, "type": "behaviour", **asdict(self.behaviour)})

    def taken(self) -> Behaviour:
        """Return the behaviour for one answer, and count it."""
        now = self.behaviour
        if now.times is not None:
            if now.times <= 1:
                self.behave()
            else:
                self.behaviour = replace(now, times=now.times - 1)
        return now

    def reset(self) -> None:
        """Behave well, forget faults and the record."""
        self.requests.clear()
        self.faults.clear()
        self.behave()

    async def start(self) -> None:
        """Begin; there is nothing in the background."""

    async def stop(self) -> None:
        """End; there is nothing to save."""

    async def _shown(self, _: web.Request) -> web.Response:
        return web.json_response(asdict(self.behaviour))

    async def _behave(self, request: web.Request) -> web.Response:
        try:
            self.behave(**await request.json())
        except (TypeError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response(asdict(self.behaviour))
