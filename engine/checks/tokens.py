"""A text as tokens: every word with what it means once shorthand is spelled out and synonyms are joined."""

import functools
import re
from dataclasses import dataclass

from engine.checks import lexicon as lx
from engine.checks import shorthand
from engine.checks.stems import stem, word_set

_TOKEN = re.compile(
    r"""
      (?P<plain>(?:[a-z]{1,40}|[A-Z][a-z]{0,40}|[A-Z]{1,20})(?=[ \n,]|\Z|[.!?;:](?:\s|\Z)))
    | (?P<fence>```.*?(?:```|\Z))
    | (?P<code>`[^`\n]+`)
    | (?P<url>(?:https?://|www\.)[^\s<>|"')\]]*[^\s<>|"')\].,;:!?]|(?<![\w@./-])(?:[a-z0-9][a-z0-9-]{0,40}\.){1,5}[a-z]{2,10}/[^\s<>|"')\]]*[^\s<>|"')\].,;:!?]|(?<![\w@./-])(?:[a-z0-9][a-z0-9-]{0,40}\.){1,5}(?:com|org|net|io|de|ai|eu|corp)\b(?![\w.]))
    | (?P<email>(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})
    | (?P<mention><[@#!][^<>\s]{1,200}>|(?<!\w)@[A-Za-z][\w.-]*\w)
    | (?P<key>(?<![\w-])[A-Za-z][A-Za-z0-9_]{1,9}-\d{1,6}(?![\w-]|\.\d))
    | (?P<host>(?<![\w-])[A-Za-z]{1,40}(?:-[A-Za-z0-9]{1,40}){1,6}-\d{1,4}(?![\w-]|\.\d)|(?<![\w-])[A-Za-z]{1,40}(?:-[A-Za-z0-9]{1,40}){0,6}-[A-Za-z]{1,40}\d\w*)
    | (?P<short>(?<!\w)(?:w/o|w/|b/c|n/a)(?!\w))
    | (?P<iso>\d{4}-\d{2}-\d{2})
    | (?P<clock>\d{1,2}:\d{2}(?:\s?[aApP]\.?[mM]\b\.?)?|\d{1,2}\s?[aApP]\.?[mM]\b)
    | (?P<version>(?<![\w.])(?:v\d+(?:\.\d+){0,8}|\d+(?:\.\d+){2,8})(?:[-+.]?(?:rc|beta|alpha|b|a|dev)\.?\d*)?(?![\w%]))
    | (?P<span>(?<![\w.])\d{1,3}h\d{1,2}(?:m|min)?\b)
    | (?P<slashdate>(?<![\w/.])\d{1,2}/\d{1,2}(?:/\d{2,4})?(?![\w/]))
    | (?P<ref>(?<![\w&])\#\d+\b)
    | (?P<ident>(?<![\w./-])\.[a-z][\w-]{1,40}(?:\.[a-z][\w-]{1,40})*\b|(?<![\w/-])(?:feature|feat|fix|bugfix|hotfix|release|chore|refactor)/[\w./-]{0,80}\w|(?<![\w/-])[a-z][\w]{0,40}/[a-z0-9]{1,40}(?:[-_][a-z0-9]{1,40})+\b|(?<![\w-])--?[a-z][\w-]{0,60}=\S+|(?<![\w-])--[a-z][\w-]+|(?<![\w./])(?:\./|~/|/)[\w.-]{1,100}(?:/[\w.{}:-]{1,100}){0,12}/?\w|(?<![\w/-])[A-Za-z_][\w-]{0,80}(?:/[\w.{}:-]{1,100}){1,12}\.\w+|[A-Za-z_]\w{0,80}(?:\.[A-Za-z_]\w{0,80}){0,6}\(\)|[A-Za-z]\w*_\w+|_\w+|[a-z]+[A-Z]\w*|[A-Z][a-z]+(?:[A-Z][a-z]+)+\w*|(?<![\w-])[A-Za-z_][\w-]{0,80}\.(?:py|js|ts|tsx|jsx|java|go|rs|rb|php|css|html|ya?ml|json|toml|md|sh|sql|cfg|conf|ini|env|xml|csv|txt|log|lock|vue|kt|swift|cpp|cs|h|c|pdf|xlsx?|docx?|png|jpe?g|svg|zip)\b|(?<![\w.])[A-Za-z_]\w{0,80}(?:\.[a-z_]\w{1,80}){2,8})
    | (?P<hash>(?<!\w)(?=[a-f]{0,40}\d)(?=\d{0,40}[a-f])[0-9a-f]{7,40}(?!\w))
    | (?P<number>(?P<currency>[$€£]\s?)?(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?(?P<suffix>\s?%|[A-Za-z]+\b)?)
    | (?P<word>[^\W\d]+\d\w*|[^\W\d_]+(?:['’][^\W\d_]+)*)
    | (?P<newline>\n[\s>]*(?:[-*•+]\s|\d{1,2}[.)]\s)?\s*)
    | (?P<mark>[<>]=?(?=\s?\d)|->|→|=>|--+|[.!?;:,()—–&+/-])
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(slots=True)
class Token:
    """One word or mark: ``low`` is what it says after shorthand is spelled out, ``canon`` what its synonyms share."""

    kind: str
    text: str
    low: str
    start: int
    end: int
    stem: str = ""
    canon: str = ""
    joined: bool = False


def _phrase_index() -> dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]]:
    index: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for phrase, meaning in shorthand.PHRASES.items():
        words = tuple(phrase.split())
        index.setdefault(words[0], []).append((words, tuple(meaning.split())))
    for found in index.values():
        found.sort(key=lambda one: -len(one[0]))
    return index


_PHRASES = _phrase_index()


@functools.lru_cache(maxsize=16_384)
def meaning(word: str) -> tuple[str, str]:
    """Return the stem of a word and the name of its synonyms."""
    base = stem(word)
    if word == "not":
        return base, base
    return base, lx.GROUPS.get(base, base)


def _token(kind: str, text: str, low: str, start: int, end: int) -> Token:
    token = Token(kind, text, low, start, end)
    if kind == "word":
        token.stem, token.canon = meaning(low)
    else:
        token.stem = token.canon = low
    return token


_BEFORE_SICK = word_set(
    "is are was were be been am i'm he's she's we're they're fell feel feels still also both all got team very quite"
)
"""Words after which "ill" is no "I'll"."""


def _spelled(low: str, before: str) -> str:
    """Return what shorthand stands for, also with a possessive: "ppl's"."""
    if low == "ill":
        return low if before in _BEFORE_SICK else "i'll"
    if low in shorthand.CONTRACTIONS:
        return shorthand.CONTRACTIONS[low]
    base = low.removesuffix("'s")
    return shorthand.CONTRACTIONS.get(base, low) if base != low else low


def _hyphen(text: str, place: int) -> bool:
    """Tell whether a dash joins two words into one."""
    return 0 < place < len(text) - 1 and text[place - 1].isalpha() and text[place + 1].isalpha()


def _raw(text: str) -> list[Token]:
    tokens: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind, piece = match.lastgroup or "mark", match[0]
        if kind in ("suffix", "currency"):
            kind = "number"
        low = piece.lower().replace("’", "'")
        if kind in ("plain", "word", "short"):
            kind, low = "word", _spelled(low, tokens[-1].low if tokens else "")
            if not low:
                continue
        elif low == "-" and _hyphen(text, match.start()):
            if tokens:
                tokens[-1].joined = True
            continue
        elif kind == "mark" and low[0] in "<>":
            kind, low = "word", "under" if low[0] == "<" else "over"
        elif kind == "mark" and low in ("&", "+"):
            kind, low = "word", "and"
        elif kind == "newline":
            low = "\n"
        elif kind == "code":
            inner = piece.strip("`").strip()
            if " " not in inner and "\t" not in inner:
                low = inner.lower()
        tokens.append(Token(kind, piece, low, match.start(), match.end()))
    return tokens


_AFTER_IT_IS = word_set(
    "a an the not still too just on in fine ok only gone down up out back slow broken probably likely all always because been really going"
)
"""Words before which "its" is "it's"."""


def tokenise(text: str) -> list[Token]:
    """Return the tokens of a text in order; a phrase of several words is one token, or several with one place."""
    raw, place = _raw(text), 0
    out: list[Token] = []
    while place < len(raw):
        token = raw[place]
        if token.kind != "word":
            out.append(_token(token.kind, token.text, token.low, token.start, token.end))
            place += 1
            continue
        following = raw[place + 1].low if place + 1 < len(raw) else ""
        if token.low == "its" and following in _AFTER_IT_IS:
            token.low = "it's"
        for words, meaning in _PHRASES.get(token.low, ()):
            if len(words) > 1 and words[1] != following:
                continue
            span = raw[place : place + len(words)]
            if len(span) == len(words) and all(
                one.low == word and one.kind in ("word", "number")
                for one, word in zip(span, words, strict=True)
            ):
                out += [
                    _token("word", text[token.start : span[-1].end], word, token.start, span[-1].end)
                    for word in meaning
                ]
                place += len(words)
                break
        else:
            if shorthand.UN_WORDS.get(token.low):
                out.append(_token("word", token.text, "not", token.start, token.end))
                out.append(_token("word", token.text, token.low[2:], token.start, token.end))
            else:
                out.append(_token("word", token.text, token.low, token.start, token.end))
                out[-1].joined = token.joined
            place += 1
    return out
