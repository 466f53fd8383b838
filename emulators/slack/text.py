"""Text as Slack stores it: control characters escaped, links and mentions in angle brackets, rich text beside it."""

import re
from typing import Any

from emulators.slack.emoji import SHORTCODES

URL = r"https?://[^\s<>|]+[^\s<>|.,;:!?'\")\]}]"
# Possessive, and only at the start of a word: linear in the length of the text.
EMAIL = r"(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)+"
DOMAINS = "com|org|net|io|dev|co|app|ai|md|py|sh|rs|de|uk|eu|fr|es"
BARE = rf"(?<![\w@./-])(?:[a-zA-Z0-9-]++\.)+(?:{DOMAINS})(?:/[^\s<>|]*)?(?![\w@-])"
ANGLED = r"<(?:[@#][A-Z][A-Z0-9]+|![a-z^]+[^<>|]*|(?:https?|mailto|tel):[^<>|\s]+)(?:\|[^<>]*)?>"
CODE = r"```[\s\S]+?```|`[^`\n]+`"
ENTITY = r"&(?:amp|lt|gt);"

_WRITTEN = re.compile(
    f"(?P<code>{CODE})|(?P<token>{ANGLED})|(?P<url>{URL})|(?P<email>{EMAIL})|(?P<bare>{BARE})|(?P<control>[&<>])"
)
_SENT = re.compile(
    f"(?P<code>{CODE})|(?P<token>{ANGLED})|(?P<entity>{ENTITY})|(?P<url>{URL})|(?P<email>{EMAIL})|(?P<bare>{BARE})|(?P<control>[&<>])"
)
_CONTROL = re.compile(f"{ENTITY}|[&<>]")
# A variation selector may follow; it does not reach the app.
_EMOJI = re.compile("(" + "|".join(map(re.escape, SHORTCODES)) + ")\ufe0f?")
_KNOWN = set(SHORTCODES.values())
_UNICODE = {name: "-".join(f"{ord(one):x}" for one in found) for found, name in SHORTCODES.items()}
_STORED = re.compile(r"<([^<>]+)>|:([a-z0-9_+-]+):")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def escape(text: str) -> str:
    """Escape the three control characters."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Undo :func:`escape`."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def bare(text: str) -> str:
    """Return plain_text as it is stored: control characters escaped once, nothing linked."""
    return _CONTROL.sub(lambda match: _ESCAPES.get(match.group(), match.group()), text)


def _stored(match: re.Match[str]) -> str:
    """Turn one find into the form Slack stores; ``README.md`` becomes a link because .md is a domain, as it does there."""
    found = match.group()
    if match.lastgroup == "control":
        return _ESCAPES[found]
    if match.lastgroup == "code":
        return bare(found) if match.re is _SENT else escape(found)
    if match.lastgroup == "url":
        return f"<{escape(found)}>"
    if match.lastgroup == "email":
        return f"<mailto:{found}|{found}>"
    if match.lastgroup == "bare":
        return f"<http://{escape(found)}|{escape(found)}>"
    return found


def typed(text: str) -> str:
    """Return what an app receives when a person types this text; mentions are given as ``<@U…>``."""
    return _EMOJI.sub(lambda match: f":{SHORTCODES[match[1]]}:", _WRITTEN.sub(_stored, text))


def posted(text: str) -> str:
    """Return what is stored when an app posts this text; what it has escaped itself stays as it is."""
    return _SENT.sub(_stored, text)


def _element(content: str) -> dict[str, Any]:
    """Return the rich text element of one angle-bracket token's content."""
    target, _, label = content.partition("|")
    if target.startswith("@"):
        return {"type": "user", "user_id": target[1:]}
    if target.startswith("#"):
        return {"type": "channel", "channel_id": target[1:]}
    if target in ("!here", "!channel", "!everyone"):
        return {"type": "broadcast", "range": target[1:]}
    if target.startswith("!subteam^"):
        return {"type": "usergroup", "usergroup_id": target.removeprefix("!subteam^")}
    link = {"type": "link", "url": unescape(target)}
    return link | ({"text": unescape(label)} if label else {})


def _emoji(name: str) -> dict[str, Any]:
    return {"type": "emoji", "name": name, "unicode": _UNICODE[name]}


def rich_text(stored: str, block_id: str) -> list[dict[str, Any]]:
    """Return the rich_text block that accompanies a person's stored text."""
    elements: list[dict[str, Any]] = []
    end = 0
    for match in _STORED.finditer(stored):
        if match[2] and match[2] not in _KNOWN:
            continue
        if match.start() > end:
            elements.append({"type": "text", "text": unescape(stored[end : match.start()])})
        elements.append(_element(match[1]) if match[1] else _emoji(match[2]))
        end = match.end()
    if end < len(stored):
        elements.append({"type": "text", "text": unescape(stored[end:])})
    section = {"type": "rich_text_section", "elements": elements}
    return [{"type": "rich_text", "block_id": block_id, "elements": [section]}]
