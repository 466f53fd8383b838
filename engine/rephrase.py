"""The wording that needs no model: capitals, full stops, apostrophes, shorthand spelled out; not a fact more or less."""

import re

WORDS: dict[str, str] = {
    "w/": "with", "w/o": "without", "b/c": "because", "bc": "because", "cuz": "because", "coz": "because", "asap": "as soon as possible", "tmrw": "tomorrow", "tmr": "tomorrow",
    "yday": "yesterday", "gonna": "going to", "pls": "please", "plz": "please", "thx": "thanks", "ppl": "people", "msg": "message", "msgs": "messages",
    "abt": "about", "tho": "though", "til": "until", "thru": "through", "rn": "right now", "atm": "at the moment", "u": "you", "ur": "your", "eod": "end of day", "eow": "end of week",
    "i": "I", "im": "I'm", "ive": "I've", "i'm": "I'm", "i've": "I've", "i'll": "I'll", "i'd": "I'd", "dont": "don't", "doesnt": "doesn't", "didnt": "didn't", "isnt": "isn't", "arent": "aren't",
    "wasnt": "wasn't", "werent": "weren't", "cant": "can't", "couldnt": "couldn't", "wont": "won't", "wouldnt": "wouldn't", "shouldnt": "shouldn't", "hasnt": "hasn't", "havent": "haven't", "hadnt": "hadn't",
    "aint": "isn't", "ain't": "isn't", "thats": "that's", "whats": "what's", "theres": "there's", "theyre": "they're", "weve": "we've", "itll": "it'll", "becuase": "because", "recieved": "received", "seperate": "separate",
    "approx": "about", "prob": "probably", "probs": "probably", "prolly": "probably",
}  # fmt: skip
"""Shorthand and missing apostrophes, whole words in lower case only."""
_SMALL = frozenset("npm pip git kubectl curl grep ssh iOS iPhone macOS eBay".split())  # noqa: SIM905 - reads as a list
"""Names that begin small even at the start of a sentence."""

_PROTECTED = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]*`|<[^<>\n]*>|\b[a-z][a-z0-9+.-]{0,20}://\S+|(?<!\S)www\.\S+|(?<!\S)[^\s@]{1,100}@[^\s@]{1,100}"
    r"|\[[^\[\]\n]*\](?:\([^()\n]*\))?"
    r"|(?<![^\s,;!?])[^\s,;!?]*\w[._/:=\\#@$-]{1,9}\w[^\s,;!?]*|(?<![^\s,;!?])[@#:$/~.-]+\w[^\s,;!?]*|(?<!\w)\w+\(\)|(?<!\w)[^\W\d]*\d\w*",
    re.DOTALL,
)
"""Starts are anchored, so that no text takes more than a few milliseconds."""
_SHORT = re.compile(r"(?<![\w/'’-])(?:w/o|w/|b/c)(?![\w/])")
_WORD = re.compile(r"(?<![\w'’./@#-])[A-Za-z0-9]+(?:['’][A-Za-z]+)?(?![\w'’/@-])")
_START = re.compile(r"^(\s*(?:(?:[-*•+>]|\d{1,2}[.)])\s+)*)", re.MULTILINE)
_BULLET = re.compile(r"^\s*(?:[-*•+]|\d{1,2}[.)])\s")
_SENTENCE = re.compile(r"([.!?]\s+)([a-z][\w'’]*)")


def _spans(text: str) -> list[tuple[int, int]]:
    return [
        (match.start(), match.start() + len(match[0].rstrip(".!?") or match[0]))
        for match in _PROTECTED.finditer(text)
        if match[0] not in ("w/o", "b/c")
    ]


def _outside(text: str, change: "re.Pattern[str]", words: dict[str, str]) -> str:
    """Replace words outside code, links, keys and identifiers."""
    pieces, last = [], 0
    for start, end in [*_spans(text), (len(text), len(text))]:
        pieces += [change.sub(lambda match: words.get(match[0], match[0]), text[last:start]), text[start:end]]
        last = end
    return "".join(pieces)


def _capital(word: str) -> str:
    if word in _SMALL or any(char.isupper() or char.isdigit() or char == "_" for char in word):
        return word
    return word[:1].upper() + word[1:]


def _sentences(text: str) -> str:
    spans = _spans(text)

    def free(place: int) -> bool:
        return not any(start <= place < end for start, end in spans)

    def begin(match: re.Match[str]) -> str:
        return match[1] + (_capital(match[2]) if free(match.start(2)) and free(match.start()) else match[2])

    return _SENTENCE.sub(begin, text)


def _line(line: str) -> str:
    lead = _START.match(line)
    start = lead.end() if lead else 0
    spans = _spans(line)
    first = re.match(r"[A-Za-z][\w'’]*", line[start:])
    if first and not any(begin <= start < end for begin, end in spans):
        line = line[:start] + _capital(first[0]) + line[start + first.end() :]
    return _stop(line.rstrip(), spans)


def _stop(line: str, spans: list[tuple[int, int]]) -> str:
    """End a sentence with a full stop, unless something ends it already or a dot would become part of a link."""
    if not line or not (line[-1].isalnum() or line[-1] in ")]'\"’”%`"):
        return line
    in_link = any(end == len(line) and "://" in line[start:end] for start, end in spans)
    short = _BULLET.match(line) and len(line.split()) < 5
    return line if in_link or short else line + "."


def rephrase(update: str) -> str:
    """Word an update neatly by rules alone: lists, code, links and keys stay as they are, no fact is added or lost."""
    text = update.strip()
    text = _outside(text, _SHORT, WORDS)
    text = _outside(text, _WORD, WORDS)
    parts, last = [], 0
    for match in re.finditer(r"```.*?(?:```|\Z)", text, re.DOTALL):
        parts += [_prose(text[last : match.start()]), match[0]]
        last = match.end()
    return "".join([*parts, _prose(text[last:])]).strip()


def _prose(text: str) -> str:
    lines = text.split("\n")
    return "\n".join(_line(_sentences(line)) if line.strip() else line for line in lines)
