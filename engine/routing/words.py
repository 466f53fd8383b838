"""A message as the words that rules are written in.

Lower-case words stand for themselves, or for the word that was meant by a slip or by shorthand; what is not a word has a name in capitals: KEY an issue, URL another link, AT a mention, QM a
question mark, and so on. Harmless emoji and emphasis vanish; doubting emoji stay as DOUBT, all that cannot be read as ODD.
"""

import re

from engine.routing.keys import Named
from engine.routing.shorthand import MEANT, spelt_out
from engine.routing.spelling import misspelt

_MEANT = {
    **misspelt(
        (
            "done",
            "finished",
            "completed",
            "complete",
            "closed",
            "resolved",
            "finally",
            "please",
            "close",
            "mark",
            "move",
            "task",
            "ticket",
            "resolve",
            "fertig",
            "erledigt",
            "abgeschlossen",
            "thanks",
            "wrapped",
        ),
        real=(
            "deon",
            "resoled",
            "finely",
            "completes",
            "tass",
            "mover",
            "moved",
            "marks",
            "tasks",
            "rsolve",
            "thank",
        ),
    ),
    "clos": "close",
    "pleas": "please",
    "complet": "complete",
    "makr": "mark",
    **MEANT,
}
_SIGNS = {
    "\x01": "KEY",
    "\x02": "URL",
    "\n": "NL",
    ".": "DOT",
    "。": "DOT",
    ",": "COMMA",
    ";": "SEMI",
    ":": "COLON",
    "!": "EX",
    "?": "QM",
    "¿": "QM",
    "？": "QM",
    "(": "OPEN",
    "[": "OPEN",
    ")": "CLOSE",
    "]": "CLOSE",
    '"': "QUOTE",
    "'": "QUOTE",
    "`": "TICK",
    "&": "AND",
    "+": "AND",
    "-": "DASH",
    "–": "DASH",
    "—": "DASH",
    "•": "DASH",
    "=": "EQ",
    "/": "SLASH",
    "%": "PCT",
    "…": "ELLIPSIS",
    "→": "ARROW",
    "⇒": "ARROW",
    "➡": "ARROW",
    ">": "CITE",
    "~": "STRUCK",
    "|": "DASH",
    "#": "HASH",
}
_DOUBTING = frozenset("🤔🙄😏🤨🙃😬🤞❌🚫⏳⌛🔜❓❔⁉🚧⛔👎😒🤡🥲😤🤷🤦😩😭😢☹🙁😕❗‼🛑🔄⚠")
_DOUBTING_NAMES = re.compile(
    r"think|roll|^x$|cross|no_|_no|not|question|hourglass|construct|soon|wip|eyes?_|smirk|eyebrow|upside|grimac|clown|thumbsdown|^-1$"
    r"|shrug|palm|sad|cry|sob|warning|almost|half|stop|skull|pending|progress|wait|fail|red_|open(?!_hands)|question|interrobang|exclam|unamused"
)
_EMOJI = (
    "\U0001f000-\U0001faff\u2190-\u2191\u2193-\u21d1\u21d3-\u21ff\u2600-\u278f\u2795-\u27a0\u27a2-\u27bf\u2b00-\u2bff\u2300-\u23ff\ufe0e\ufe0f\u200d\u20e3"
    "\U000e0020-\U000e007f\u203c\u2049\u3030\u303d\u00a9\u00ae\u2122"
)
_TOKEN = re.compile(
    r"(?P<word>w/(?:o(?:ut)?\b)?|[^\W_]+(?:'(?!s\b)[^\W_]+|[._-][^\W_]+)*|'s\b)"
    r"|(?P<at>@\w[\w.-]*)"
    r"|(?P<code>(?<![^\W_]):(?:(?=[^:\s]*[a-z+-])[a-z0-9_'+-]{1,40}|100|1234):(?:skin-tone-\d:)?)"
    r"|(?P<smile>(?<![^\s.!?,\x01])(?:[:;]'?-?\)+|:-?[dp]\b|=\)|=d\b|\(:|\^_?\^|\\o/|<3+)(?!\w))"
    r"|(?P<arrow>[-=]+>)|(?P<dots>\.{3,}|…)|(?P<run>(?P<sign>[.,!?\n;:])(?:[^\S\n]*(?P=sign))*)"
    rf"|(?P<emoji>[{_EMOJI}]+)|(?P<emphasis>[*_])|(?P<fence>```)|(?P<other>\S)"
)


def words(text: str, places: list[Named]) -> list[str]:
    """Return the tokens of a plain text; ``places`` are what `named` found in it."""
    if places:
        pieces: list[str] = []
        at = 0
        for start, end, keys in places:
            pieces.append(text[at:start])
            pieces.append(("," if len(keys) > 1 else "").join("\x01" for _ in keys) or "\x02")
            at = end
        pieces.append(text[at:])
        text = "".join(pieces)
    tokens: list[str] = []
    meant, signs, append = _MEANT.get, _SIGNS.get, tokens.append
    for match in _TOKEN.finditer(text.casefold().strip()):
        kind, said = match.lastgroup, match[0]
        if kind == "word":
            append(meant(said, said))
        elif kind == "run" or kind == "other":
            append(signs(said[0], "ODD"))
        elif token := _named(kind, said):
            append(token)
    return spelt_out(tokens)


def _named(kind: str | None, text: str) -> str:
    match kind:
        case "at":
            # The bot is addressed; nobody else is who did something.
            return "" if text == "@updraft" else "AT"
        case "code":
            return "DOUBT" if _DOUBTING_NAMES.search(text[1:-1]) else ""
        case "emoji":
            return "ARROW" if text[0] == "➡" else "" if _DOUBTING.isdisjoint(text) else "DOUBT"
        case "arrow":
            return "ARROW"
        case "dots":
            return "ELLIPSIS"
        case "fence":
            return "FENCE"
        case _:
            # A smile and emphasis say nothing.
            return ""
