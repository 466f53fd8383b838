"""Restate a casual update as a professional comment that says nothing more than the update did."""

import re
from collections.abc import Callable

KEPT = re.compile(
    r"```.*?```|`[^`\n]+`|<[^<>\n]+>|\[[^\[\]\n]+\]\([^()\n]+\)|https?://\S+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]+\.[\w.]+"
    r"|(?<![\w./-])[\w.-]{0,100}/[\w./-]+|\b\w{1,100}\.\w{2,4}\b(?:\(\))?|\b\w{1,100}_\w+(?:\(\))?|\bv?\d+(?:\.\d+)+\b",
    re.DOTALL,
)
"""Spans that nobody may touch: code, links, mentions, paths, file and function names, versions."""
BASE, LAST = 0xE000, 0xF8FF

SHORTHAND = {
    "u": "you", "ur": "your", "bc": "because", "cuz": "because", "coz": "because", "w/": "with", "w/o": "without",
    "rn": "right now", "tmrw": "tomorrow", "tmr": "tomorrow", "2moro": "tomorrow", "yday": "yesterday", "prod": "production",
    "pls": "please", "plz": "please", "thx": "thanks", "ppl": "people", "asap": "as soon as possible", "wip": "in progress",
    "kinda": "somewhat", "sorta": "somewhat", "wanna": "want to", "gotta": "have to", "lemme": "let me", "dunno": "do not know",
    "outta": "out of", "borked": "broken", "busted": "broken", "nuked": "deleted", "i": "I", "im": "I am", "ive": "I have",
    "i'm": "I am", "i've": "I have", "i'll": "I will", "i'd": "I would", "we're": "we are", "we've": "we have",
    "we'll": "we will", "they're": "they are", "it'll": "it will", "thats": "that is", "that's": "that is",
    "theres": "there is", "there's": "there is", "aint": "is not", "ain't": "is not", "dont": "do not", "don't": "do not",
    "cant": "cannot", "can't": "cannot", "wont": "will not", "won't": "will not", "didnt": "did not", "didn't": "did not",
    "doesnt": "does not", "doesn't": "does not", "isnt": "is not", "isn't": "is not", "wasnt": "was not",
    "wasn't": "was not", "arent": "are not", "aren't": "are not", "werent": "were not", "weren't": "were not",
    "havent": "have not", "haven't": "have not", "hasnt": "has not", "hasn't": "has not", "couldnt": "could not",
    "couldn't": "could not", "shouldnt": "should not", "shouldn't": "should not", "wouldnt": "would not",
    "wouldn't": "would not", "qa": "QA", "ci": "CI", "api": "API", "pr": "PR", "ui": "UI", "sql": "SQL", "http": "HTTP",
    "jira": "Jira", "monday": "Monday", "tuesday": "Tuesday", "wednesday": "Wednesday", "thursday": "Thursday",
    "friday": "Friday", "saturday": "Saturday", "sunday": "Sunday",
}  # fmt: skip
_SHORT = re.compile(
    r"(?<![\w'/-])("
    + "|".join(re.escape(word) for word in sorted(SHORTHAND, key=len, reverse=True))
    + r")(?![\w'/-])",
    re.IGNORECASE,
)
_NOISE = re.compile(
    r"(?:,\s*)?\b(?:lol|lmao|haha(?:ha)*|omg|wtf|smh|tbh|imo|btw|fyi|ugh+|yay|woohoo|fucking|fuckin|damn|goddamn|bloody)\b"
    r"|(?<!\w):[a-z0-9_+-]+:(?!\w)|[\U0001F300-\U0001FAFF\u2600-\u27BF\uFE0F\u200d]+",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^(?:(?:hey|hi|hello|yo|ok|okay|so|well|um+|yeah|yep|alright|right)\b(?:\s+(?:team|all|folks|guys|everyone|there|so))*[\s,!.]*)+(?=\w)",
    re.IGNORECASE,
)
_WILL = re.compile(r"\b(I|we|they|it|he|she)(?:'m|'re|'s| am| are| is)?\s+gonna\s+", re.IGNORECASE)
_SUBORDINATE = re.compile(
    r"^(?:if|once|when|after|before|because|since|while|as|although|until)\b", re.IGNORECASE
)
_CLAUSE = re.compile(
    r",\s+(?=(?:still|now|also|waiting|needs?|tests?|not|no|should|will|gonna|going|cannot|working|blocked|pending|retries|"
    r"works|passes|fails|runs|takes|looks|returns|I|I'm|we|it|there|added|fixed|updated|deployed|merged|moved|changed|"
    r"removed|refactored|rewrote|reverted|rolled|tested|reviewed|implemented|created|opened|closed|finished)\b)"
)
_VERB_FIRST = re.compile(
    r"^(now )?(retries|works|passes|fails|runs|takes|returns)\b(.*?)( now)?$", re.IGNORECASE
)
_STILL_NEED = re.compile(r"^(?:(?:I|we) )?still needs? (?!to\b)(.+)$", re.IGNORECASE)
_NEED_TO = re.compile(r"^(still )?need to (.+)$", re.IGNORECASE)
_ITEM = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
_LOOSE = re.compile(
    r"\b(?:just|really|basically|actually|simply|currently|very|quite|pretty much)\s+", re.IGNORECASE
)


def restate(update: str, projects: frozenset[str] = frozenset()) -> str:
    """Return the update in professional words; ``projects`` are prefixes whose keys are written in capitals."""
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        if len(kept) > LAST - BASE:
            return match[0]
        kept.append(match[0])
        return chr(BASE + len(kept) - 1)

    text = KEPT.sub(keep, "".join(letter for letter in update if not BASE <= ord(letter) <= LAST))
    lines = [_line(line, projects) for line in text.splitlines()]
    joined = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return re.sub("[\ue000-\uf8ff]", lambda match: kept[ord(match[0]) - BASE], joined)


def _line(line: str, projects: frozenset[str]) -> str:
    item = _ITEM.match(line)
    body = line[item.end() :] if item else line
    if not body.strip() or (len(body.strip()) == 1 and BASE <= ord(body.strip()) <= LAST):
        return line.strip()
    plain = _words(body, projects)
    sentences = [made for one in _sentences(plain) if (made := _sentence(one))]
    if item:
        only = " ".join(sentences)
        return item[0] + (only[:-1] if only.endswith(".") and len(sentences) == 1 else only)
    return " ".join(sentences)


def _words(text: str, projects: frozenset[str]) -> str:
    text = _OPENING.sub("", _NOISE.sub("", text).strip())
    text = _WILL.sub(lambda match: f"{match[1]} will ", text)
    text = re.sub(r"\b(?:gonna)\b", "will", text, flags=re.IGNORECASE)
    text = _SHORT.sub(lambda match: SHORTHAND[match[1].lower()], text)
    for project in sorted(projects):
        text = re.sub(rf"\b{project}-(\d+)\b", rf"{project}-\1", text, flags=re.IGNORECASE)
    text = re.sub(r"!+", ".", text)
    text = re.sub(r"\?{2,}", "?", text)
    text = re.sub(r"\s*(?:\.{2,}|…)\s*", ". ", text)
    return re.sub(r"\s+", " ", re.sub(r"\s+([,.;:?])", r"\1", text)).strip(" ,")


def _sentences(text: str) -> list[str]:
    found: list[str] = []
    for one in re.split(r"(?<=[.?])\s+|;\s+", text):
        if _SUBORDINATE.match(one):
            found.append(one)
        else:
            found += _CLAUSE.split(one)
    return found


def _sentence(clause: str) -> str:
    body = clause.strip().rstrip(".").strip()
    if not body:
        return ""
    if match := _VERB_FIRST.match(body):
        now = "now " if match[1] or match[4] else ""
        body = f"It {now}{match[2].lower()}{match[3]}"
    elif match := _STILL_NEED.match(body):
        body = f"{match[1]} {'are' if ' and ' in match[1] else 'is'} still needed"
    elif match := _NEED_TO.match(body):
        body = f"I {'still ' if match[1] else ''}need to {match[2]}"
    return _capital(body) + (
        "" if body.endswith(("?", ":")) or (len(body) == 1 and BASE <= ord(body) <= LAST) else "."
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:] if re.match(r"[a-z]+(?:[\s,.?']|$)", text) else text


def revise(text: str, instruction: str) -> str:
    """Return the text changed as the person asked; an instruction that is not understood changes nothing."""
    asked = instruction.lower()
    rules: tuple[tuple[str, Callable[[str], str]], ...] = (
        (r"bullet|\blist\b|\bpoints\b", as_list),
        (r"paragraph|no list|one sentence", as_paragraph),
        (r"short|brief|concise|less words|trim", shorter),
    )
    for pattern, change in rules:
        if re.search(pattern, asked):
            text = change(text)
            break
    if match := re.search(
        r"(?:mention|add|say|include)(?: that)?[:\s]+(.+)", instruction, re.IGNORECASE | re.DOTALL
    ):
        text = f"{text}\n- {restate(match[1])}" if text.startswith("- ") else f"{text} {restate(match[1])}"
    if match := re.search(r"(?:remove|drop|without|leave out)\s+(?:the |any )?(?:part about )?(.+)", asked):
        text = _without(text, match[1].strip(" ."))
    return text


def _pieces(text: str) -> list[str]:
    lines = (line for line in text.splitlines() if line.strip())
    return [
        piece
        for line in lines
        for piece in (
            [_ITEM.sub("", line)] if _ITEM.match(line) else re.split(r"(?<=[.?])\s+(?=[A-Z`\[<])", line)
        )
    ]


def as_list(text: str) -> str:
    """Return each sentence as an item of a list."""
    return "\n".join(f"- {piece.rstrip('.')}" for piece in _pieces(text))


def as_paragraph(text: str) -> str:
    """Return the items of a list as sentences."""
    return " ".join(piece if piece.endswith((".", "?", ":")) else piece + "." for piece in _pieces(text))


def shorter(text: str) -> str:
    """Return the same facts with fewer words."""
    text = re.sub(r"\s*\([^()\d]*\)", "", _LOOSE.sub("", text))
    text = re.sub(r"\bI have (?=\w+ed\b)|\bI am (?=\w+ing\b)|\bin order (?=to\b)", "", text)
    pieces = _pieces(text)
    if len(pieces) > 2:
        weighty = re.compile(
            r"\d|\bnot\b|\bno\b|\bnever\b|\bcannot\b|\bstill\b|\bneed|\bwill\b|`", re.IGNORECASE
        )
        pieces = [piece for place, piece in enumerate(pieces) if place == 0 or weighty.search(piece)]
    return " ".join(_capital(piece) for piece in pieces)


def _without(text: str, words: str) -> str:
    left = [piece for piece in _pieces(text) if words not in piece.lower()]
    listed = text.startswith("- ")
    return "\n".join(f"- {piece}" for piece in left) if listed else " ".join(left)
