"""What is typed on a phone, read as the words that it stands for, and no more."""

import pytest

from engine.routing import plain, route
from engine.routing.keys import named
from engine.routing.shorthand import MEANT, spelt_out
from engine.routing.words import words
from engine.types import Route


def read(text: str) -> list[str]:
    said = plain(text)
    return words(said, named(said))


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("can u close DEV-1 pls", "can you close DEV-1 pls"),
        ("cld u", "could you"),
        ("DEV-1 n DEV-2 r done", "DEV-1 and DEV-2 are done"),
        ("done w DEV-1", "done with DEV-1"),
        ("done w/ DEV-1", "done with DEV-1"),
        ("done w/DEV-1", "done with DEV-1"),
        ("done w/o tests", "done without tests"),
        ("thats done", "that's done"),
        ("its done", "it's done"),
        ("hows my velocity", "how's my velocity"),
        ("they're done", "they are done"),
        ("this 1 is done", "this one is done"),
        ("this ones done", "this one's done"),
        ("close DEV-1 rn", "close DEV-1 now"),
        ("done tmrw", "done tomorrow"),
        ("prob done", "probably done"),
        ("idk", "not sure"),
        ("dev-1 is done :)", "dev-1 is done"),
        (";-) :D <3 done =)", "done"),
    ],
)
def test_shorthand_is_read_as_the_words_it_stands_for(short: str, long: str) -> None:
    assert read(short) == read(long)


@pytest.mark.parametrize("text", ["1 of 3 done", "version 1", "those ones", "ill be back", "wed", "lets"])
def test_what_could_be_another_word_is_left_alone(text: str) -> None:
    assert read(text) == text.split()


def test_what_a_word_stands_for_stands_for_nothing_else() -> None:
    assert not set(MEANT) & set(MEANT.values())
    assert all(spelt_out([word]) == [word] for word in MEANT.values())


@pytest.mark.parametrize(
    "text",
    [
        "finshed DEV-1 n DEV-2",
        "compelted DEV-1",
        "omg finally done w DEV-1 🎉",
        "yep done thx",
        "DEV-1 finished, gn",
        "smashed it, DEV-1 done",
        "hey bot, DEV-1 is finished",
        "can some1 close DEV-1 thx",
    ],
)
def test_a_completion_in_shorthand_is_caught(text: str) -> None:
    assert route(text).route is Route.COMPLETION


@pytest.mark.parametrize(
    "text",
    [
        "done n dusted? no",
        "dunno if DEV-1 is done",
        "DEV-1 not done rn",
        "prob done w DEV-1",
        "almost done w it",
        "DEV-1 cld be done",
        "DEV-1 is done-ish",
        "DEV-1 is done i think",
        "close DEV-1 b4 friday",
        "DEV-1 done tmrw",
        "r DEV-1 n DEV-2 done",
        "u done w DEV-1",
        "yeah right, DEV-1 is done lol",
    ],
)
def test_a_reservation_in_shorthand_is_heard(text: str) -> None:
    assert route(text).route is not Route.COMPLETION
