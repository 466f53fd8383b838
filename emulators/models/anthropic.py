"""Anthropic's messages and models over HTTP."""

import asyncio
import hashlib
import itertools
import json
import math
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from emulators.kit import middlewares, streamed
from emulators.models.answers import answer
from emulators.models.anthropic_shapes import (
    CARDS,
    VERSIONS,
    Card,
    Refused,
    card_named,
    check,
    parsed,
    refusal,
    system_of,
    thinks,
    turns,
)
from emulators.models.behaviour import Provider, in_tokens
from emulators.people import ANTHROPIC_KEY

JSON = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

REFUSED = (
    "ANTHROPIC_MAGIC_STRING_TRIGGER_REFUSAL_1FAEFB6177B4672DEE07F9D3AFC62588CCD2631EDCF22E8CCC1FB35B501C9C86"
)
"""What Anthropic offers to test refusals with: a prompt that holds it is declined.

https://platform.claude.com/docs/en/test-and-evaluate/strengthen-guardrails/handle-streaming-refusals
"""
THOUGHT = {"low": 16, "medium": 64, "high": 256, "xhigh": 512, "max": 1024}
"""Tokens that this stand-in pretends to think, by effort; like real ones they are paid for and count towards max_tokens."""
MINUTE = 60.0
_NUMBERS = itertools.count(1)
REQUEST_ID: web.RequestKey[str] = web.RequestKey("request id", str)


class AnthropicEmulator(Provider):
    """The stand-in for Anthropic, to be mounted at ``/anthropic``.

    ``limit`` is how many requests a minute it takes before it answers 429. Prompts with ``cache_control`` are kept and
    counted as the service counts them.
    """

    service = "anthropic"

    def __init__(self, *, key: str = ANTHROPIC_KEY, limit: int = 4000) -> None:
        super().__init__("/anthropic", key)
        self.limit = limit
        self._window, self._taken_in_window = -math.inf, 0
        self._kept: set[str] = set()
        served = web.Application(
            middlewares=[self._identified, *middlewares(self.requests, self.faults), self._guarded],
            client_max_size=32 * 2**20,
        )
        served.add_routes(
            [
                web.post("/messages", self._messages),
                web.get("/models", self._models),
                web.get("/models/{model}", self._model),
            ]
        )
        self.app.add_subapp("/v1", served)

    def reset(self) -> None:
        """Behave well, forget faults, the record and what is cached."""
        super().reset()
        self._kept.clear()
        self._window = -math.inf

    @property
    def _identified(self) -> Any:
        @web.middleware
        async def identified(request: web.Request, handler: Handler) -> web.StreamResponse:
            digest = hashlib.blake2b(f"{next(_NUMBERS)} {request.path}".encode(), digest_size=12).hexdigest()
            request[REQUEST_ID] = f"req_{digest}"
            reply = await handler(request)
            if not reply.prepared:
                for name, value in self._headers(request).items():
                    reply.headers.setdefault(name, value)
            return reply

        return identified

    @property
    def _guarded(self) -> Any:
        @web.middleware
        async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
            try:
                if self.behaviour.down:
                    raise Refused("Overloaded", status=529)
                self._authenticate(request)
                self._count()
                return await handler(request)
            except Refused as refused:
                body = refusal(refused.status, str(refused), request[REQUEST_ID])
                return web.json_response(body, status=refused.status, headers=refused.headers)
            except (web.HTTPNotFound, web.HTTPMethodNotAllowed) as error:
                told = "Not found" if error.status == 404 else "Method Not Allowed"
                return web.json_response(
                    refusal(error.status, told, request[REQUEST_ID]), status=error.status
                )

        return guarded

    def _authenticate(self, request: web.Request) -> None:
        """Accept the key in either header; where both are sent the older one counts, as it does there."""
        scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
        key = request.headers.get("x-api-key") or (bearer if scheme == "Bearer" else "")
        if not key:
            raise Refused("x-api-key header is required", status=401)
        if key != self.key:
            raise Refused("API key is invalid.", status=401)
        version = request.headers.get("anthropic-version")
        if not version:
            raise Refused("anthropic-version: header is required")
        if version not in VERSIONS:
            raise Refused(f'anthropic-version: "{version}" is not a valid version')

    def _count(self) -> None:
        now = time.monotonic()
        if now - self._window >= MINUTE:
            self._window, self._taken_in_window = now, 0
        self._taken_in_window += 1
        if self._taken_in_window > self.limit:
            raise Refused(
                f"This request would exceed your organization's rate limit of {self.limit} requests per minute",
                status=429,
                headers={"retry-after": str(min(math.ceil(self._window + MINUTE - now), int(MINUTE)))},
            )

    def _headers(self, request: web.Request) -> dict[str, str]:
        left = max(self.limit - self._taken_in_window, 0)
        resets = datetime.now(UTC) + timedelta(seconds=max(self._window + MINUTE - time.monotonic(), 0))
        headers = {
            "request-id": request[REQUEST_ID],
            "anthropic-organization-id": "00000000-0000-4000-8000-000000000000",
        }
        for what, most, rest in (
            ("requests", self.limit, left),
            ("input-tokens", 2_000_000, 1_999_000),
            ("output-tokens", 400_000, 399_000),
            ("tokens", 2_400_000, 2_398_000),
        ):
            headers |= {
                f"anthropic-ratelimit-{what}-limit": str(most),
                f"anthropic-ratelimit-{what}-remaining": str(rest),
                f"anthropic-ratelimit-{what}-reset": resets.strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
        return headers

    async def _models(self, request: web.Request) -> web.Response:
        try:
            most = int(request.query.get("limit", "20"))
        except ValueError:
            most = 0
        if not 1 <= most <= 1000:
            raise Refused("limit: Input should be between 1 and 1000")
        names = list(CARDS)
        after = request.query.get("after_id")
        start = names.index(after) + 1 if after in CARDS else 0
        page = names[start : start + most]
        body = {
            "data": [_described(name) for name in page],
            "has_more": start + most < len(names),
            "first_id": page[0] if page else None,
            "last_id": page[-1] if page else None,
        }
        return web.json_response(body)

    async def _model(self, request: web.Request) -> web.Response:
        return web.json_response(_described(card_named(request.match_info["model"])[0]))

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        asked = parsed(await request.read())
        name, card = check(asked, request.headers["anthropic-version"])
        usage = self._usage(asked, name, card)
        behaviour = self.taken()
        if behaviour.seconds:
            await asyncio.sleep(behaviour.seconds)
        whole = _message(asked, name, card, answer(_plain(asked), behaviour.character, behaviour.text), usage)
        if asked.get("stream"):
            headers = self._headers(request) | {"Content-Type": "text/event-stream; charset=utf-8"}
            return await streamed(request, _events(whole), headers)
        return web.json_response(whole)

    def _usage(self, asked: JSON, name: str, card: Card) -> JSON:
        """Count what was sent: what the cache had, what it keeps from now on, and the rest."""
        system, said = system_of(asked), turns(asked)
        blocks = [*system, *(block for turn in said for block in turn["content"])]
        sizes = [len(in_tokens(block["text"])) for block in blocks]
        total = sum(sizes) + 4 * len(said) + 3
        if total > card.context:
            raise Refused(f"prompt is too long: {total} tokens > {card.context} maximum")
        marked = [place for place, block in enumerate(blocks) if block.get("cache_control")]
        last = len(blocks) - 1 if asked.get("cache_control") else max(marked, default=-1)
        size = sum(sizes[: last + 1])
        kept = size if size >= card.cached else 0
        digest = hashlib.blake2b(json.dumps([name, [block["text"] for block in blocks[: last + 1]]]).encode())
        known = kept > 0 and digest.hexdigest() in self._kept
        if kept:
            self._kept.add(digest.hexdigest())
        return {
            "input_tokens": total - kept,
            "cache_creation_input_tokens": 0 if known else kept,
            "cache_read_input_tokens": kept if known else 0,
            "cache_creation": {
                "ephemeral_5m_input_tokens": 0 if known else kept,
                "ephemeral_1h_input_tokens": 0,
            },
            "output_tokens": 0,
            "service_tier": "standard",
        }


def _described(name: str) -> JSON:
    card = CARDS[name]

    def can(supported: bool) -> JSON:
        return {"supported": supported}

    efforts = {one: can(bool(card.effort)) for one in ("low", "medium", "high", "xhigh", "max")}
    types = {one: can(one in card.thinking) for one in ("enabled", "adaptive")}
    return {
        "type": "model",
        "id": name,
        "display_name": card.name,
        "created_at": card.made,
        "lifecycle": "retired" if card.retired else "active",
        "line": card.line,
        "max_input_tokens": card.context,
        "max_tokens": card.output,
        "capabilities": {
            **{one: can(True) for one in ("batch", "citations", "image_input", "pdf_input")},
            "code_execution": can(False),
            "context_management": can(False),
            "server_tools": can(False) | {"code_execution": can(False), "web_search": can(False)},
            "structured_outputs": can(True),
            "effort": can(bool(card.effort)) | efforts,
            "thinking": can(True) | {"types": types},
        },
    }


def _plain(asked: JSON) -> JSON:
    """Put a request into the form that the answers are made from."""
    system = [{"role": "system", "content": system_of(asked)}] if system_of(asked) else []
    plain: JSON = {"messages": [*system, *turns(asked)]}
    if form := asked.get("output_config", {}).get("format"):
        plain["response_format"] = {"type": "json_schema", "json_schema": {"schema": form["schema"]}}
    return plain


def _message(asked: JSON, name: str, card: Card, said: str, usage: JSON) -> JSON:
    """Return the whole answer: the thinking that comes first, the words within max_tokens, why it stopped."""
    digest = hashlib.blake2b(f"{next(_NUMBERS)} {said}".encode(), digest_size=12).hexdigest()
    effort = asked.get("output_config", {}).get("effort") or card.effort or "high"
    thought = THOUGHT[effort] if thinks(asked, card) else 0
    refused = any(REFUSED in block["text"] for turn in turns(asked) for block in turn["content"])
    stop = next((one for one in asked.get("stop_sequences", []) if one in said), None)
    tokens = in_tokens(said if stop is None else said[: said.index(stop)])
    room = asked["max_tokens"] - thought
    reason = "max_tokens" if len(tokens) > room else "end_turn" if stop is None else "stop_sequence"
    words = "".join(tokens[: max(room, 0)])
    thinking = {"type": "thinking", "thinking": "", "signature": f"EqQB{digest}"}
    content: list[JSON] = [thinking] if thought else []
    if words and not refused:
        content.append({"type": "text", "text": words})
    made = min(thought, asked["max_tokens"]) + (0 if refused else len(in_tokens(words)))
    details = {
        "type": "refusal",
        "category": None,
        "explanation": "This request was declined by a safety check.",
    }
    return {
        "id": f"msg_{digest}",
        "type": "message",
        "role": "assistant",
        "model": name,
        "content": content,
        "stop_reason": "refusal" if refused else reason,
        "stop_sequence": stop if reason == "stop_sequence" and not refused else None,
        "stop_details": details if refused else None,
        "usage": usage | {"output_tokens": made, "output_tokens_details": {"thinking_tokens": thought}},
    }


def _events(whole: JSON) -> Iterator[bytes]:
    """Yield the events of a streamed message; each names its kind twice, as the service does."""

    def event(kind: str, **rest: Any) -> bytes:
        return f"event: {kind}\ndata: {json.dumps({'type': kind, **rest})}\n\n".encode()

    late = {name: whole[name] for name in ("stop_reason", "stop_sequence", "stop_details")}
    empty: JSON = {"content": [], **dict.fromkeys(late), "usage": whole["usage"] | {"output_tokens": 1}}
    empty["usage"].pop("output_tokens_details")
    yield event("message_start", message=whole | empty)
    for place, block in enumerate(whole["content"]):
        thinking = block["type"] == "thinking"
        start = block | ({"signature": ""} if thinking else {"text": ""})
        yield event("content_block_start", index=place, content_block=start)
        if place == 0:
            yield event("ping")
        deltas = (
            [{"type": "signature_delta", "signature": block["signature"]}]
            if thinking
            else [{"type": "text_delta", "text": piece} for piece in in_tokens(block["text"])]
        )
        for delta in deltas:
            yield event("content_block_delta", index=place, delta=delta)
        yield event("content_block_stop", index=place)
    counted = {name: value for name, value in whole["usage"].items() if "tokens" in name}
    yield event("message_delta", delta=late, usage=counted)
    yield event("message_stop")
