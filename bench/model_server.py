"""A stand-in for OpenAI that costs next to nothing: one fixed completion, by hand-written HTTP on asyncio's protocols.

It prints its address as a line of JSON and answers whatever is posted until it is stopped.
"""

import asyncio
import json
import sys
from itertools import cycle

COUNTS = 997


def answer(number: int) -> bytes:
    """Return an answer as it goes over the wire; the tokens vary, so that no price is looked up twice in a row."""
    told, made = 300 + number, 17 + number % 7
    text = "Fixed the timeout in the payment form; the retry now waits for the gateway."
    message = {"role": "assistant", "refusal": None, "content": text}
    body = json.dumps(
        {
            "id": "chatcmpl-bench",
            "object": "chat.completion",
            "created": 1_795_000_000,
            "model": "gpt-4.1",
            "choices": [{"index": 0, "finish_reason": "stop", "logprobs": None, "message": message}],
            "usage": {"prompt_tokens": told, "completion_tokens": made, "total_tokens": told + made},
        }
    ).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


ANSWERS = cycle([answer(number) for number in range(COUNTS)])


class Completions(asyncio.Protocol):
    """One connection: an answer for each request that has come in whole."""

    def __init__(self) -> None:
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep where answers go."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request of which the whole body is there."""
        self._buffer += data
        while (end := self._end()) is not None:
            self._buffer = self._buffer[end:]
            self._transport.write(next(ANSWERS))

    def _end(self) -> int | None:
        """Return where the first request ends; None while it has not come in whole."""
        head, found, _ = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return None
        _, named, rest = head.lower().partition(b"\r\ncontent-length:")
        end = len(head) + 4 + (int(rest.partition(b"\r\n")[0]) if named else 0)
        return end if len(self._buffer) >= end else None


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(Completions, "127.0.0.1", 0, backlog=512)
    port = server.sockets[0].getsockname()[1]
    sys.stdout.write(json.dumps({"url": f"http://127.0.0.1:{port}/openai/v1"}) + "\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
