"""Atlassian Document Format to plain text and HTML, and plain text to a document."""

from html import escape
from typing import Any

from emulators.jira.state import Adf

_BLOCKS = {
    "paragraph": "p",
    "bulletList": "ul",
    "orderedList": "ol",
    "listItem": "li",
    "taskList": "ul",
    "taskItem": "li",
    "decisionList": "ul",
    "decisionItem": "li",
    "blockquote": "blockquote",
    "table": "table",
    "tableRow": "tr",
    "tableCell": "td",
    "tableHeader": "th",
}
_MARKS = {"strong": "b", "em": "em", "strike": "del", "underline": "ins", "code": "tt"}
_OF_BLOCKS = {
    "doc",
    "bulletList",
    "orderedList",
    "listItem",
    "blockquote",
    "panel",
    "table",
    "tableRow",
    "expand",
}


def document(text: str) -> Adf:
    """Return a document of paragraphs, one for each block of lines; lines within a block are kept by hard breaks."""
    blocks = [block for block in text.replace("\r\n", "\n").split("\n\n") if block.strip()]
    return {"version": 1, "type": "doc", "content": [_paragraph(block.strip("\n")) for block in blocks]}


def _paragraph(block: str) -> dict[str, Any]:
    content: list[dict[str, Any]] = []
    for line in block.split("\n"):
        if content:
            content.append({"type": "hardBreak"})
        if line:
            content.append({"type": "text", "text": line})
    return {"type": "paragraph", "content": content}


def text_of(node: dict[str, Any] | None) -> str:
    """Return the words of a document: a line for each block."""
    if node is None:
        return ""
    kind, attrs = node.get("type"), node.get("attrs", {})
    if kind == "text":
        return str(node["text"])
    if kind == "hardBreak":
        return "\n"
    if kind in ("mention", "emoji", "status", "placeholder"):
        return str(attrs.get("text") or attrs.get("shortName") or attrs.get("id", ""))
    if kind in ("inlineCard", "blockCard", "embedCard"):
        return str(attrs.get("url", ""))
    parts = [text_of(child) for child in node.get("content", [])]
    return "\n".join(part for part in parts if part) if kind in _OF_BLOCKS else "".join(parts)


def html_of(node: dict[str, Any] | None) -> str:
    """Return the HTML Jira would render, near enough for a page that shows it."""
    if node is None:
        return ""
    kind, attrs = str(node.get("type")), node.get("attrs", {})
    if kind == "text":
        return _marked(escape(node["text"]), node.get("marks", []))
    if kind == "hardBreak":
        return "<br/>"
    if kind == "rule":
        return "<hr />"
    if kind == "mention":
        return (
            f'<a class="user-hover" rel="{escape(attrs["id"])}">{escape(attrs.get("text", "@someone"))}</a>'
        )
    if kind in ("inlineCard", "blockCard", "embedCard"):
        url = _safe(str(attrs.get("url", "")))
        return f'<a href="{url}">{url}</a>'
    inner = "".join(html_of(child) for child in node.get("content", []))
    if kind == "heading":
        return f"<h{attrs['level']}>{inner}</h{attrs['level']}>"
    if kind == "codeBlock":
        return f'<pre class="code"><code>{inner}</code></pre>'
    if kind == "panel":
        return f'<div class="panel {escape(attrs["panelType"])}">{inner}</div>'
    if kind in _BLOCKS:
        return f"<{_BLOCKS[kind]}>{inner}</{_BLOCKS[kind]}>"
    return inner or escape(text_of(node))


def _marked(text: str, marks: list[dict[str, Any]]) -> str:
    for mark in marks:
        if mark["type"] == "link":
            text = f'<a href="{_safe(mark["attrs"]["href"])}">{text}</a>'
        elif mark["type"] in _MARKS:
            tag = _MARKS[mark["type"]]
            text = f"<{tag}>{text}</{tag}>"
    return text


def _safe(url: str) -> str:
    return escape(url) if url.lower().startswith(("http://", "https://", "mailto:", "/")) else "#"
