"""The common beginning of a word's forms, so that "deployed" meets "deployment"; rough, but the same for both sides."""

import functools
import re

_IRREGULAR = {
    "agrees": "agree", "agreed": "agree", "agreeing": "agree", "wrote": "write", "proven": "prove", "proved": "prove", "proof": "prove", "written": "write", "built": "build", "sent": "send", "found": "find", "ran": "run", "running": "run", "made": "make", "making": "make", "broke": "break", "broken": "break", "began": "begin", "begun": "begin",
    "got": "get", "gotten": "get", "went": "go", "gone": "go", "took": "take", "taken": "take", "gave": "give", "given": "give", "told": "tell", "said": "say", "spoke": "speak", "spoken": "speak", "met": "meet", "kept": "keep",
    "left": "left", "lost": "lose", "loss": "lose", "paid": "pay", "held": "hold", "shown": "show", "showed": "show", "thought": "think", "knew": "know", "known": "know", "saw": "see", "seen": "see", "came": "come", "fell": "fall", "fallen": "fall", "rose": "rise",
    "risen": "rise", "complaint": "complain", "complaints": "complain", "died": "die", "dies": "die", "dying": "die", "dead": "dead", "drawn": "draw", "drew": "draw", "redrawn": "redraw", "swapped": "swap", "worn": "wear", "wore": "wear", "torn": "tear", "tore": "tear", "hung": "hang", "stuck": "stuck", "bought": "buy", "sold": "sell", "taught": "teach", "won": "win", "flew": "fly", "flown": "fly", "threw": "throw", "thrown": "throw", "froze": "freeze", "frozen": "freeze", "stole": "steal", "swept": "sweep", "slept": "sleep", "hid": "hide", "hidden": "hide", "dug": "dig", "signature": "sign", "signatures": "sign", "signing": "sign", "signed": "sign", "deduplication": "dedup", "dedupe": "dedup", "deduped": "dedup", "spun": "spin", "bent": "bend", "fed": "feed", "led": "lead", "drove": "drive", "driven": "drive", "ate": "eat", "shut": "shut", "bound": "bind", "clung": "cling", "wound": "wind", "stood": "stand", "forgot": "forget", "forgotten": "forget", "grew": "grow", "grown": "grow", "chose": "choose", "chosen": "choose", "did": "do", "done": "done", "sped": "speed", "rebuilt": "rebuild", "rewrote": "rewrite", "rewritten": "rewrite", "reran": "rerun", "brought": "bring", "caught": "catch",
    "worse": "worse", "better": "better", "best": "better", "indices": "index", "indexes": "index", "analyses": "analyse", "analysis": "analyse", "queries": "query", "data": "data", "needs": "need", "news": "news", "this": "this", "does": "do", "has": "have",
    "failure": "fail", "failures": "fail", "release": "release", "releasing": "release", "slower": "slow", "faster": "fast", "quicker": "quick", "lower": "lower", "lowered": "lower", "higher": "higher", "later": "later", "larger": "large", "smaller": "small", "bigger": "big",
    "resolution": "resolve", "removal": "remove", "approval": "approve", "migration": "migrate", "performance": "perform", "children": "child", "people": "people", "men": "man", "understood": "understand", "blocker": "block", "blockers": "block", "process": "process", "access": "access", "address": "address",
    "string": "string", "thing": "thing", "bring": "bring", "spring": "spring", "ping": "ping", "pinged": "ping", "pinging": "ping", "king": "king", "staging": "staging", "during": "during", "pending": "pending", "feed": "feed", "seed": "seed", "need": "need", "speed": "speed", "embed": "embed", "used": "use", "using": "use", "uses": "use",
    "billing": "billing", "pricing": "pricing", "caching": "cache", "caches": "cache", "cached": "cache", "cache": "cache", "meeting": "meet", "meetings": "meet", "user": "user", "users": "user", "unit": "unit", "units": "unit", "red": "red", "shipped": "ship", "shipping": "ship",
    "analytics": "analytics", "metrics": "metric", "logistics": "logistics", "validation": "validate", "configuration": "configure", "testing": "test",
}  # fmt: skip
_SUFFIXES = (
    ("ations", 3), ("ation", 3), ("ating", 3), ("ated", 3), ("ates", 3), ("ators", 3), ("ator", 3), ("ate", 3), ("ments", 4), ("ment", 4), ("ions", 4), ("ion", 4), ("ings", 3), ("ing", 3), ("ies", 2), ("ied", 2),
    ("ers", 5), ("er", 5), ("ed", 2), ("es", 3), ("ly", 3), ("als", 5), ("al", 5), ("s", 2),
)  # fmt: skip
_DOUBLE = re.compile(r"([bcdfgklmnprstvz])\1$")


def word_set(words: str) -> frozenset[str]:
    """Return the words of a list that is written as prose."""
    return frozenset(words.split())


@functools.lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """Return the stem of one lower-case word."""
    word = word.removesuffix("'s").removesuffix("’s")
    word = _IRREGULAR.get(word, word)
    if word.startswith("re") and word[2:] in _IRREGULAR:
        word = f"re{_IRREGULAR[word[2:]]}"
    if word in ("cache", "staging", "pending", "this", "process", "access", "address") or len(word) < 4:
        return word
    for suffix, least in _SUFFIXES:
        if (
            word.endswith(suffix)
            and len(word) - len(suffix) >= least
            and not word.endswith(("ss", "us", "is"))
        ):
            word = word.removesuffix(suffix) + ("y" if suffix in ("ies", "ied") else "")
            break
    for suffix, least in (("ment", 4), ("at", 4)):
        if word.endswith(suffix) and len(word) - len(suffix) >= least:
            word = word.removesuffix(suffix)
            break
    word = (_DOUBLE.sub(r"\1", word) if len(word) > 3 else word).removesuffix("e")
    if word.endswith("y") and len(word) > 3:
        word = word[:-1] + "i"
    if word.endswith("is") and len(word) > 5:
        word = word[:-2] + "iz"
    word = word.removesuffix("yz") + "ys" if word.endswith("yz") else word
    return word.replace("our", "or") if len(word) > 5 else word
