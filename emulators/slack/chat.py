"""Web API methods that write messages: chat.* and assistant.threads.*."""

import json
from typing import Any

from emulators.people import BOT_ID, BOT_USER, TEAM_DOMAIN
from emulators.slack.api import Arguments, flag, method, required
from emulators.slack.blocks import MARKDOWN_TOTAL, check_message, complete
from emulators.slack.state import Channel, Message, SlackError
from emulators.slack.workspace import Workspace, bot_message, content_of

UPDATE_MOST = 4_000
# Undocumented; measured at about 13 300 characters with the containers (github.com/slackapi/bolt-js/issues/2509).
BLOCKS_MOST = 13_300
STATUS_SECONDS = 120.0
METADATA_MOST = 16_384
STREAM_SECONDS = 300.0
WRITE = ("chat:write",)


def _writable(workspace: Workspace, arguments: Arguments) -> Channel:
    channel = workspace.world.channel(arguments["channel"])
    if BOT_USER not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _own(workspace: Workspace, channel: Channel, ts: Any, refusal: str) -> Message:
    message = workspace.world.message(channel, ts)
    if message.get("bot_id") != BOT_ID:
        raise SlackError(refusal)
    return message


def _metadata(arguments: Arguments) -> dict[str, Any] | None:
    metadata: dict[str, Any] | None = arguments.get("metadata")
    if metadata is None:
        return None
    if not isinstance(metadata, dict):
        raise SlackError("invalid_metadata_format")
    if not isinstance(metadata.get("event_type"), str) or not isinstance(metadata.get("event_payload"), dict):
        raise SlackError("invalid_metadata_schema")
    if len(json.dumps(metadata)) > METADATA_MOST:
        raise SlackError("metadata_too_large")
    return metadata


@method("chat.postMessage", scopes=WRITE, tier=0)
async def post_message(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """Post as the app."""
    required(arguments, "channel")
    channel = _writable(workspace, arguments)
    message = bot_message(content_of(arguments, blocks_most=BLOCKS_MOST))
    metadata = _metadata(arguments)
    if metadata is not None:
        message["metadata"] = metadata
    thread_ts = arguments.get("thread_ts") or None
    if flag(arguments, "reply_broadcast") and thread_ts:
        message["subtype"] = "thread_broadcast"
        message["root"] = dict(workspace.world.root(channel, thread_ts))
    await workspace.publish(channel, message, thread_ts)
    _clear_status(workspace, channel.id, thread_ts)
    return {"channel": channel.id, "ts": message["ts"], "message": message}


def _clear_status(workspace: Workspace, channel: str, thread_ts: str | None) -> None:
    """Forget the "is thinking" line: a reply in the thread ends it."""
    if thread_ts and workspace.world.status.pop((channel, thread_ts), None):
        workspace.changed("status", channel=channel, thread_ts=thread_ts, status="")


@method("chat.update", scopes=WRITE)
async def update(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """Change one of the app's own messages.

    Blocks stay when neither text nor blocks are given; a message changed by its blocks is not marked as edited.
    """
    required(arguments, "channel", "ts")
    channel = workspace.world.channel(arguments["channel"])
    message = _own(workspace, channel, arguments["ts"], "cant_update_message")
    if "streaming" in message:
        raise SlackError("streaming_state_conflict")
    shown = ("text", "blocks", "attachments", "markdown_text")
    given: Arguments = {name: arguments[name] for name in shown if name in arguments}
    content = content_of(given, text_most=UPDATE_MOST)
    kept: Arguments = {} if given.keys() & {"text", "blocks", "markdown_text"} else {"text": message["text"]}
    dropped: Arguments = {} if kept else {"blocks": None, "attachments": None}
    changes: Arguments = dropped | content | kept
    metadata = _metadata(arguments)
    if metadata is not None:
        changes["metadata"] = metadata
    if "blocks" not in content:
        changes["edited"] = {"user": BOT_USER, "ts": workspace.world.now_ts()}
    await workspace.replace(channel, message, changes)
    return {"channel": channel.id, "ts": message["ts"], "text": message["text"], "message": message}


@method("chat.delete", scopes=WRITE)
async def delete(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """Delete one of the app's own messages."""
    required(arguments, "channel", "ts")
    channel = workspace.world.channel(arguments["channel"])
    _own(workspace, channel, arguments["ts"], "cant_delete_message")
    await workspace.remove(channel, arguments["ts"])
    return {"channel": channel.id, "ts": arguments["ts"]}


@method("chat.postEphemeral", scopes=WRITE, tier=4)
async def post_ephemeral(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """Show a message to one member of a channel."""
    required(arguments, "channel", "user")
    channel = _writable(workspace, arguments)
    if arguments["user"] not in channel.members:
        raise SlackError("user_not_in_channel")
    thread_ts = arguments.get("thread_ts") or None
    if thread_ts:
        workspace.world.root(channel, thread_ts)
    message = workspace.whisper(arguments["user"], channel, content_of(arguments), thread_ts)
    return {"message_ts": message["ts"]}


@method("chat.getPermalink", tier=0)
async def get_permalink(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """Return a message's address."""
    required(arguments, "channel", "message_ts")
    channel = workspace.world.channel(arguments["channel"])
    message = workspace.world.message(channel, arguments["message_ts"])
    link = f"https://{TEAM_DOMAIN}.slack.com/archives/{channel.id}/p{message['ts'].replace('.', '')}"
    if message.get("thread_ts", message["ts"]) != message["ts"]:
        link += f"?thread_ts={message['thread_ts']}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


# Streams


def _streamed(arguments: Arguments) -> tuple[str, list[dict[str, Any]]]:
    """Return the markdown and the blocks that one streaming call adds; raises invalid_chunks, msg_too_long."""
    markdown = arguments.get("markdown_text") or ""
    blocks: list[dict[str, Any]] = []
    chunks = arguments.get("chunks") or []
    if not isinstance(chunks, list):
        raise SlackError("invalid_chunks")
    for chunk in chunks:
        kind = chunk.get("type") if isinstance(chunk, dict) else None
        if kind == "markdown_text" and isinstance(chunk.get("text"), str):
            markdown += chunk["text"]
        elif kind == "blocks" and isinstance(chunk.get("blocks"), list):
            blocks += chunk["blocks"]
        elif kind not in ("task_update", "plan_update") or not isinstance(chunk.get("title"), str):
            raise SlackError("invalid_chunks")
    if len(markdown) > MARKDOWN_TOTAL:
        raise SlackError("msg_too_long")
    faults = check_message(blocks)
    if faults:
        raise SlackError("invalid_blocks", faults)
    return markdown, complete(blocks)


@method("chat.startStream", scopes=WRITE, tier=2)
async def start_stream(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """Begin a message that grows; always a reply."""
    required(arguments, "channel", "thread_ts")
    channel = _writable(workspace, arguments)
    if channel.kind != "im":
        for name in ("recipient_team_id", "recipient_user_id"):
            if not arguments.get(name):
                raise SlackError(f"missing_{name}")
    markdown, blocks = _streamed(arguments)
    message = bot_message({"text": markdown, "streaming": {"since": workspace.clock(), "extra": blocks}})
    await workspace.publish(channel, message, arguments["thread_ts"])
    _clear_status(workspace, channel.id, arguments["thread_ts"])
    return {"channel": channel.id, "ts": message["ts"]}


def _stream(workspace: Workspace, arguments: Arguments) -> tuple[Channel, Message]:
    """Find the stream; one that is stopped, or older than five minutes, is not in the streaming state."""
    required(arguments, "channel", "ts")
    channel = workspace.world.channel(arguments["channel"])
    message = _own(workspace, channel, arguments["ts"], "message_not_owned_by_app")
    streaming = message.get("streaming")
    if streaming is None:
        raise SlackError(
            "stopped_by_user" if message.get("stopped_by_user") else "message_not_in_streaming_state"
        )
    if workspace.clock() - streaming["since"] > STREAM_SECONDS:
        del message["streaming"]
        raise SlackError("message_not_in_streaming_state")
    return channel, message


@method("chat.appendStream", scopes=WRITE, tier=4)
async def append_stream(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """Add to a growing message."""
    channel, message = _stream(workspace, arguments)
    markdown, blocks = _streamed(arguments)
    if not markdown and not arguments.get("chunks"):
        raise SlackError("no_text")
    message["text"] += markdown
    message["streaming"]["extra"] += blocks
    workspace.changed("message_changed", channel=channel.id, ts=message["ts"], thread_ts=message["thread_ts"])
    return {"channel": channel.id, "ts": message["ts"]}


@method("chat.stopStream", scopes=WRITE, tier=2)
async def stop_stream(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """Finish a growing message, with blocks below the text."""
    channel, message = _stream(workspace, arguments)
    markdown, extra = _streamed(arguments)
    text = message["text"] + markdown
    below = arguments.get("blocks") or []
    if not isinstance(below, list):
        raise SlackError("invalid_blocks_format")
    head = [{"type": "markdown", "text": text[:MARKDOWN_TOTAL]}] if text else []
    blocks = [*head, *message["streaming"]["extra"], *extra, *below]
    faults = check_message(blocks)
    if faults:
        raise SlackError("invalid_blocks", faults)
    changes: dict[str, Any] = {"text": text, "streaming": None, "blocks": complete(blocks) or None}
    metadata = _metadata(arguments)
    if metadata is not None:
        changes["metadata"] = metadata
    await workspace.replace(channel, message, changes)
    return {"channel": channel.id, "ts": message["ts"], "message": message}


# Assistant threads


def _assistant_thread(workspace: Workspace, arguments: Arguments, *names: str) -> tuple[Channel, str]:
    required(arguments, "channel_id", *names)
    channel = workspace.world.channel(arguments["channel_id"])
    thread_ts = arguments.get("thread_ts") or ""
    if thread_ts and thread_ts not in channel.messages:
        raise SlackError("invalid_thread_ts")
    return channel, thread_ts


@method("assistant.threads.setStatus", scopes=("chat:write", "assistant:write"), tier=0)
async def set_status(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """Show what the app is doing; an empty status ends it."""
    channel, thread_ts = _assistant_thread(workspace, arguments, "thread_ts")
    if not isinstance(arguments.get("status"), str):
        raise SlackError("invalid_arguments", ["[ERROR] missing required field: status"])
    key = (channel.id, thread_ts)
    if arguments["status"]:
        loading = arguments.get("loading_messages") or []
        if not isinstance(loading, list) or len(loading) > 10:
            raise SlackError(
                "invalid_arguments",
                ["[ERROR] no more than 10 items allowed [json-pointer:/loading_messages]"],
            )
        until = workspace.clock() + STATUS_SECONDS
        shown = {"status": arguments["status"], "loading_messages": loading, "until": until}
        workspace.world.status[key] = shown
    else:
        workspace.world.status.pop(key, None)
    workspace.changed("status", channel=channel.id, thread_ts=thread_ts, status=arguments["status"])
    return {}


@method("assistant.threads.setSuggestedPrompts", scopes=("assistant:write",), tier=4)
async def set_suggested_prompts(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """Offer at most four prompts; without a thread for the whole conversation."""
    channel, thread_ts = _assistant_thread(workspace, arguments)
    prompts = arguments.get("prompts")
    well_formed = isinstance(prompts, list) and all(
        isinstance(one, dict) and isinstance(one.get("title"), str) and isinstance(one.get("message"), str)
        for one in prompts
    )
    if not well_formed or not prompts or len(prompts) > 4:
        raise SlackError(
            "invalid_arguments", ["[ERROR] `prompts` must be 1 to 4 objects with title and message"]
        )
    workspace.world.prompts[channel.id] = {
        "thread_ts": thread_ts,
        "title": arguments.get("title") or "",
        "prompts": prompts,
    }
    workspace.changed("prompts", channel=channel.id, thread_ts=thread_ts)
    return {}


@method("assistant.threads.setTitle", scopes=("assistant:write",), tier=4)
async def set_title(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """Name an assistant thread."""
    channel, thread_ts = _assistant_thread(workspace, arguments, "thread_ts", "title")
    workspace.world.titles[(channel.id, thread_ts)] = str(arguments["title"])
    workspace.changed("title", channel=channel.id, thread_ts=thread_ts, title=arguments["title"])
    return {}
