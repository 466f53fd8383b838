"""English: its phrases, its rules and the messages that prove them."""

from engine.routing.english import vocabulary
from engine.routing.english.completion import COMPLETIONS
from engine.routing.english.requests import REQUESTS
from engine.routing.english.reservations import HARMLESS, OPEN_ENDS, RESERVATIONS
from engine.routing.lexicon import FIGURE_WORDS, Lexicon

ENGLISH = Lexicon(
    language="English",
    classes=vocabulary.CLASSES,
    phrases=vocabulary.PHRASES,
    completions=COMPLETIONS,
    requests=REQUESTS,
    reservations=RESERVATIONS,
    heads=vocabulary.HEADS,
    request_heads=vocabulary.REQUEST_HEADS,
    reserved=vocabulary.RESERVED,
    common=vocabulary.COMMON,
    addresses=vocabulary.ADDRESSES,
    asking=vocabulary.ASKING,
    ordering=vocabulary.ORDERING,
    small_talk=vocabulary.SMALL_TALK,
    doing=vocabulary.DOING,
    light=vocabulary.LIGHT,
    hearers=vocabulary.HEARERS,
    subjects=vocabulary.SUBJECTS,
    lead_ins=vocabulary.LEAD_INS,
    signs=vocabulary.SIGNS,
    past_ending="ed",
    doing_ending="ing",
    idle=vocabulary.IDLE,
    open_ends=OPEN_ENDS,
    harmless=HARMLESS,
    figures={name: getattr(vocabulary, name.upper()) for name in FIGURE_WORDS},
    figure_words=vocabulary.FIGURE_WORDS,
)
