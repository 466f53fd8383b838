"""The words of a JQL query: tokens with their places, and what may stand bare and what must be quoted.

The reserved words and characters are those of https://support.atlassian.com/jira-software-cloud/docs/jql-reserved-words-and-characters/.
"""

import re
from dataclasses import dataclass

START = "Error in the JQL Query: "
KEYWORDS = {"and", "or", "not", "in", "is", "was", "changed", "empty", "null", "order", "by"}
_RESERVED = """
abort access add after alias all alter any as asc audit avg before begin between boolean break byte catch cf
char character check checkpoint collate collation column commit connect continue count create current date
decimal declare decrement default defaults define delete delimiter desc difference distinct divide do double
drop else encoding end equals escape exclusive exec execute exists explain false fetch field file first float
for from function go goto grant greater group having identified if immediate increment index initial inner
inout input insert int integer intersect intersection into isempty isnull join last left less like limit lock
long max min minus mode modify modulo more multiply next noaudit notin nowait number object of on option outer
output power previous prior privileges public raise raw remainder rename resource return returns revoke right
row rowid rownum rows select session set share size sqrt start strict string subtract sum synonym table then
to trans transaction trigger true uid union unique update user validate values view when whenever where while
with
"""
RESERVED_WORDS = frozenset(_RESERVED.split())

_TOKEN = re.compile(
    r"""(?P<quoted>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
    |(?P<open>["'])
    |(?P<op>!=|!~|<=|>=|=|~|<|>)
    |(?P<mark>[(),\[\]!]|&&|\|\||&|\|)
    |(?P<reserved>[{}*/%+^$#@?;])
    |(?P<word>(?:\\.|[^\s"'=!<>~(),\[\]&|{}*/%+^$#@?;\\])+)
    |(?P<wrong>.)""",
    re.VERBOSE | re.DOTALL,
)
_SPACE = re.compile(r"\s*")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "'": "'", '"': '"', "\\": "\\", " ": " "}


class JqlError(ValueError):
    """A query that Jira refuses; the text is the sentence it answers."""


@dataclass(frozen=True, slots=True)
class Token:
    """One token: a word, a quoted string, an operator, a mark, or the end."""

    kind: str
    text: str
    at: int

    @property
    def word(self) -> str:
        """The word in lower case; empty for what is no bare word."""
        return self.text.lower() if self.kind == "word" else ""


def tokens(text: str) -> list[Token]:
    """Return the tokens of a query; JqlError for an open quote, a reserved character, a strange escape."""
    found: list[Token] = []
    at = _skipped(text, 0)
    while at < len(text):
        match = _TOKEN.match(text, at)
        kind = str(match.lastgroup) if match else "wrong"
        body = match.group() if match else text[at]
        if kind == "open":
            rest = text[at + 1 :]
            raise JqlError(f"{START}The quoted string '{rest}' has not been completed. {where(text, at)}")
        if kind == "reserved":
            raise JqlError(
                f"{START}The character '{body}' is a reserved JQL character. You must enclose it in a string or use the "
                f"escape '\\u{ord(body):04x}' instead. {where(text, at)}"
            )
        if kind in ("quoted", "word", "wrong"):
            body = _unescaped(body[1:-1] if kind == "quoted" else body, text, at)
        found.append(Token(kind, body, at))
        at = _skipped(text, at + len(match.group() if match else body))
    return found


def _skipped(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _unescaped(body: str, text: str, at: int) -> str:
    def plain(match: "re.Match[str]") -> str:
        if match[1]:
            return chr(int(match[1], 16))
        if match[2] not in _PLAIN:
            raise _bad_escape(match[0], text, at)
        return _PLAIN[match[2]]

    if body == "\\":
        raise _bad_escape(body, text, at)
    return _ESCAPE.sub(plain, body)


def _bad_escape(sequence: str, text: str, at: int) -> JqlError:
    return JqlError(
        f"{START}'{sequence}' is an illegal JQL escape sequence. The valid escape sequences are \\', \\\", \\t, \\n, \\r, "
        f"\\\\, '\\ ' and \\uXXXX. {where(text, at)}"
    )


def where(text: str, at: int) -> str:
    """Return a place as Jira's messages end with it."""
    line = text.count("\n", 0, at) + 1
    return f"(line {line}, character {at - (text.rfind(chr(10), 0, at) + 1) + 1})"
