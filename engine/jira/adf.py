"""Markdown and Atlassian Document Format: a draft becomes a comment, a comment becomes text.

The document format is Atlassian's (https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/).
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from marklassian import markdown_to_adf

SAFE_SCHEMES = frozenset({"http", "https", "mailto"})
BLOCKS_IN_QUOTE = frozenset({"paragraph", "bulletList", "orderedList", "codeBlock"})


def to_adf(markdown: str, mentions: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Turn Markdown into an ADF document.

    ``mentions`` maps a name as written after ``@`` to an account id; those become real mentions. Links keep only web and
    mail addresses, images become links, quotes within quotes are flattened, and an empty text becomes an empty paragraph.
    """
    document: dict[str, Any] = dict(markdown_to_adf(markdown))
    nodes = [done for node in document.get("content", []) for done in _block(node, dict(mentions or {}))]
    return {"version": 1, "type": "doc", "content": nodes or [{"type": "paragraph", "content": []}]}


def to_text(node: Any) -> str:
    """Read any ADF node as plain text; what is not understood is walked through, never an error."""
    if not isinstance(node, Mapping):
        return ""
    kind, attrs, content = node.get("type"), node.get("attrs"), node.get("content")
    attrs = attrs if isinstance(attrs, Mapping) else {}
    if kind == "text":
        return str(node.get("text", ""))
    if kind == "hardBreak":
        return "\n"
    if kind in ("mention", "emoji", "status", "date"):
        return str(attrs.get("text") or attrs.get("shortName") or attrs.get("timestamp") or "")
    if kind == "inlineCard":
        return str(attrs.get("url", ""))
    inner = "".join(to_text(child) for child in content) if isinstance(content, list) else ""
    if kind == "listItem":
        return "- " + inner.strip() + "\n"
    return inner + "\n" if kind in ("paragraph", "heading", "codeBlock", "tableRow") else inner


def _block(node: Mapping[str, Any], mentions: Mapping[str, str]) -> list[dict[str, Any]]:
    """Clean one block node; a node may become several, or none."""
    kind = node.get("type")
    children = node.get("content") or []
    if kind in ("mediaSingle", "mediaGroup", "media"):
        return _image(node)
    if kind == "blockquote":
        return _quote(children, mentions)
    if kind in ("paragraph", "heading"):
        return [{**node, "content": _inline(children, mentions)}]
    if kind == "codeBlock":
        text = "".join(str(child.get("text", "")) for child in children)
        attrs = {"attrs": node["attrs"]} if node.get("attrs") else {}
        return [{"type": "codeBlock", **attrs, "content": [{"type": "text", "text": text}] if text else []}]
    if not children:
        return [dict(node)]
    inner = [done for child in children for done in _block(child, mentions)]
    return [{**node, "content": inner or [{"type": "paragraph", "content": []}]}]


def _quote(children: list[Any], mentions: Mapping[str, str]) -> list[dict[str, Any]]:
    """A quote may hold only paragraphs, lists and code: flatten the rest into it."""
    inner: list[dict[str, Any]] = []
    for child in children:
        for done in _block(child, mentions):
            if done["type"] == "blockquote":
                inner += done["content"]
            elif done["type"] in BLOCKS_IN_QUOTE:
                inner.append(done)
            else:
                inner.append(
                    {"type": "paragraph", "content": [{"type": "text", "text": to_text(done).strip() or " "}]}
                )
    return [{"type": "blockquote", "content": inner or [{"type": "paragraph", "content": []}]}]


def _image(node: Mapping[str, Any]) -> list[dict[str, Any]]:
    media = next(iter(node.get("content") or []), node)
    attrs = media.get("attrs") or {}
    url, words = str(attrs.get("url", "")), str(attrs.get("alt") or attrs.get("url") or "image")
    text: dict[str, Any] = {"type": "text", "text": words}
    if safe_url(url):
        text["marks"] = [{"type": "link", "attrs": {"href": url}}]
    return [{"type": "paragraph", "content": [text]}]


def _inline(children: list[Any], mentions: Mapping[str, str]) -> list[dict[str, Any]]:
    done: list[dict[str, Any]] = []
    for child in children:
        if child.get("type") == "text":
            marks = _marks(child.get("marks") or [])
            if marks or not mentions:
                done += (
                    [{"type": "text", "text": child["text"], **({"marks": marks} if marks else {})}]
                    if child["text"]
                    else []
                )
            else:
                done += _mentioned(str(child["text"]), mentions)
        elif child.get("type") in ("mediaSingle", "media", "mediaInline", "image"):
            done += _image(child)[0]["content"]
        else:
            done.append(dict(child))
    return done


def _marks(marks: list[Any]) -> list[dict[str, Any]]:
    """Keep what the schema lets stand together: code goes with links only; a link needs a safe address."""
    kept = [
        mark
        for mark in marks
        if mark.get("type") != "link" or safe_url(str((mark.get("attrs") or {}).get("href", "")))
    ]
    if any(mark.get("type") == "code" for mark in kept):
        kept = [mark for mark in kept if mark.get("type") in ("code", "link")]
    return [
        {"type": "link", "attrs": {"href": mark["attrs"]["href"]}} if mark["type"] == "link" else dict(mark)
        for mark in kept
    ]


def _mentioned(text: str, mentions: Mapping[str, str]) -> list[dict[str, Any]]:
    names = "|".join(re.escape(name) for name in sorted(mentions, key=len, reverse=True))
    done: list[dict[str, Any]] = []
    end = 0
    for found in re.finditer(rf"@({names})\b", text):
        if found.start() > end:
            done.append({"type": "text", "text": text[end : found.start()]})
        done.append({"type": "mention", "attrs": {"id": mentions[found[1]], "text": found[0]}})
        end = found.end()
    return done + ([{"type": "text", "text": text[end:]}] if text[end:] else [])


def safe_url(url: str) -> bool:
    """Whether a link may leave in a comment: http, https or mailto with something behind it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme.lower() in SAFE_SCHEMES and bool(parts.netloc or parts.path)
