"""Slack's two text languages: our short Markdown as ``mrkdwn``, and foreign Markdown made harmless."""

import re
from collections.abc import Sequence

SPECIAL = re.compile(
    r"\\(.)|\[((?:\\.|[^\]\\])*)\]\((https?://[^)\s<>|]+|mailto:[^)\s<>|]+)\)|\*\*(.+?)\*\*", re.DOTALL
)
LEFT_ALONE = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]*`|\[[^\]\n]*\](?:\([^)\n]*\))?|https?://\S+|[*_~]+[^*_~\n]+[*_~]+|\w*_\w*",
    re.DOTALL,
)
"""What of a Markdown text bears no further marks."""
BROADCAST = re.compile(r"<(?=[!@#])|@(?=(?:channel|here|everyone)(?![A-Za-z0-9]))", re.IGNORECASE)


def escape(text: str) -> str:
    """Escape Slack's control characters (https://docs.slack.dev/messaging/formatting-message-text).

    A broadcast is made harmless as well: Slack may read one in plain words, unless a text is marked verbatim.
    """
    return harmless(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def mrkdwn(markdown: str) -> str:
    """Turn the Markdown that the engine writes (links, bold, escapes) into mrkdwn."""
    done, end = [], 0
    for found in SPECIAL.finditer(markdown):
        done.append(escape(markdown[end : found.start()]))
        if found[1] is not None:
            done.append(_literal(found[1]))
        elif found[3] is not None:
            done.append(f"<{found[3]}|{escape(unescaped(found[2]))}>")
        else:
            done.append(f"*{mrkdwn(found[4])}*")
        end = found.end()
    return "".join(done) + escape(markdown[end:])


def _literal(sign: str) -> str:
    # A zero-width space keeps a sign that was escaped in Markdown from opening a style in mrkdwn.
    return "\u200b" + sign if sign in "*_~`" else escape(sign)


def words(markdown: str) -> str:
    """Return the words alone of the Markdown that the engine writes, for a notification."""
    return SPECIAL.sub(
        lambda found: found[1] or (unescaped(found[2]) if found[3] else words(found[4])), markdown
    )


def unescaped(markdown: str) -> str:
    """Drop Markdown's backslashes."""
    return re.sub(r"\\(.)", r"\1", markdown)


def harmless(markdown: str) -> str:
    """Keep foreign Markdown from notifying anybody: mentions and broadcasts become plain words."""
    return BROADCAST.sub(lambda found: found[0] + "\u200b", markdown)


def marked(markdown: str, places: Sequence[tuple[int, int]]) -> str:
    """Set the words at these places in italics; code, links and what is styled already are left as they are."""
    kept = [found.span() for found in LEFT_ALONE.finditer(markdown)]
    done, end = [], 0
    for start, stop in _joined(markdown, places):
        if start < end or any(start < last and first < stop for first, last in kept):
            continue
        done += [markdown[end:start], "_", markdown[start:stop], "_"]
        end = stop
    return "".join(done) + markdown[end:]


def _joined(text: str, places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join neighbouring words into one stretch."""
    joined: list[tuple[int, int]] = []
    for start, stop in sorted(places):
        if joined and text[joined[-1][1] : start] in ("", " "):
            joined[-1] = (joined[-1][0], stop)
        else:
            joined.append((start, stop))
    return joined


def shortened(text: str, most: int) -> str:
    """Cut a text at a limit of Slack's, with a sign that it was cut."""
    return text if len(text) <= most else text[: most - 1] + "…"
