"""Slack's markup as the words a person sees."""

import html
import re

_SPECIAL = re.compile(
    r"[<&\u2018-\u201f\u00a0\u00ad\u2010\u2011\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\x00-\x08\x0b-\x1f\x7f]"
)
_ANGLE = re.compile(r"<([@#!]?)([^<>|\n]{1,2048})(?:\|([^<>\n]{0,2048}))?>")
# Slack shows a link to an issue as its key and summary, which are Jira's words and not the person's.
_ISSUE_LINK = re.compile(r"(?i)/browse/([a-z][a-z0-9_]{1,19}-[1-9]\d{0,6})(?![\w-])")
_TYPOGRAPHY = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f", '"'),
    **dict.fromkeys("\u2010\u2011", "-"),
    "\u00a0": " ",
    "\t": " ",
    "\r": "\n",
    "\x0b": "\n",
    "\x0c": "\n",
    # Soft hyphens, zero-width and direction marks, and controls carry no words.
    **dict.fromkeys((chr(c) for c in (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F))), ""),
    **dict.fromkeys((chr(c) for c in (*range(0x2060, 0x2070), 0xFEFF, 0x7F)), ""),
}
_CONTROLS = {chr(c): "" for c in range(0x20) if chr(c) not in "\t\n\r\x0b\x0c"}
# A zero-width joiner (U+200D) holds composed emoji together; dropping it leaves their parts, which are emoji too.
_TABLE = str.maketrans(_CONTROLS | _TYPOGRAPHY)


def plain(text: str) -> str:
    """Return the text as a person reads it in Slack.

    Mentions become ``@U012`` or ``@name``, channels ``#name``, links ``url label``, broadcasts ``@here``; entities, smart quotes,
    odd hyphens and invisible characters become plain ones. Emoji and their shortcodes stay.
    """
    if not _SPECIAL.search(text):
        return text
    if "<" in text:
        text = _ANGLE.sub(_spoken, text)
    if "&" in text:
        text = html.unescape(text)
    return text.replace("\r\n", "\n").translate(_TABLE)


def _spoken(markup: re.Match[str]) -> str:
    sign, target, label = markup.groups()
    if sign == "@":
        return "@" + (label or target).lstrip("@").replace(" ", "_")
    if sign == "#":
        return "#" + (label or target).replace(" ", "_")
    if sign == "!":
        return label or "@" + target.partition("^")[0]
    if "://" not in target and not target.startswith(("mailto:", "tel:")):
        return markup[0]
    shown = target.partition(":")[2] if target.startswith(("mailto:", "tel:")) else target
    issue = _ISSUE_LINK.search(shown)
    if not label or label in shown or (issue and label.upper().startswith(issue[1].upper())):
        return shown
    return f"{shown} {label}"
