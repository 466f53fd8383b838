"""Whatever is said, answered and deleted, the workspace stays consistent and survives being saved."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from emulators.people import ANA
from emulators.slack.state import SlackError, World

MOVES = st.lists(st.tuples(st.sampled_from(["say", "answer", "delete"]), st.integers(0, 12)), max_size=30)


def lived(moves: list[tuple[str, int]]) -> World:
    """Return a workspace after these moves; each names a message by its place among those there were."""
    world = World(clock=lambda: 1_795_000_000.0)
    channel = world.channel(ANA.dm)
    known: list[str] = []
    for move, place in moves:
        target = known[place % len(known)] if known else "1.0"
        try:
            if move == "delete":
                world.remove(channel, target)
                continue
            message: dict[str, Any] = {"type": "message", "text": "x", "user": ANA.slack}
            known.append(world.add(channel, message, target if move == "answer" else None)["ts"])
        except SlackError as refused:
            if refused.code not in {"thread_not_found", "message_not_found", "cannot_reply_to_message"}:
                raise
    return world


@given(MOVES)
def test_threads_count_what_is_in_them(moves: list[tuple[str, int]]) -> None:
    world = lived(moves)
    channel = world.channels[ANA.dm]
    assert list(channel.messages) == sorted(channel.messages, key=float)
    for root in world.history(ANA.dm):
        _, *replies = world.replies(ANA.dm, root["ts"])
        assert root.get("reply_count", 0) == len(replies)
        assert root.get("latest_reply") == (replies[-1]["ts"] if replies else None)
        assert all(reply["thread_ts"] == root["ts"] for reply in replies)
    shown = sum(1 + root.get("reply_count", 0) for root in world.history(ANA.dm))
    assert shown == len(channel.messages)


@given(MOVES)
def test_what_is_saved_is_restored(moves: list[tuple[str, int]]) -> None:
    world = lived(moves)
    again = World(clock=lambda: 0.0)
    again.restore(json.loads(json.dumps(world.dump())))
    assert again.dump() == world.dump()
    assert float(again.now_ts()) > max(map(float, world.channels[ANA.dm].messages), default=0.0)
