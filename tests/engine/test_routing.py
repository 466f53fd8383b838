"""The router: every rule's examples, and what holds for any message."""

import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.routing import LEXICONS, Reservation, Rule, entities, plain, prepare, route
from engine.routing.reports import REPORTS
from engine.types import Period, Route
from tests.official import official

RULES = [rule for lexicon in LEXICONS for rule in (*lexicon.completions, *lexicon.requests)] + list(REPORTS)
COMPLETIONS = [text for lexicon in LEXICONS for rule in lexicon.completions for text in rule.examples]
LABELLED = [
    json.loads(line)
    for path in sorted((Path(__file__).parents[1] / "evals/routing").glob("[cm]*.jsonl"))
    for line in path.read_text().splitlines()
]
# A link's label is Jira's summary of the issue: what it says is nobody's claim.
ENGLISH_COMPLETIONS = [
    row["text"] for row in LABELLED if row["label"] == "completion" and "|" not in row["text"]
]
ASKING = re.compile(
    r"(?i)\b(can|cn|could|cld|would|do|will) (you|u|we|i)\b|\bmind\b|\b(some|any)(body|one|1)\b|\bsm1\b|\bable to\b|\bpossible\b"
)
RESERVED = [
    (notion, text) for lexicon in LEXICONS for notion in lexicon.reservations for text in notion.examples
]
OTHERS = [text for rule in RULES if rule.route is not Route.COMPLETION for text in rule.examples]


@pytest.mark.parametrize(
    ("rule", "text"), [(rule, text) for rule in RULES for text in rule.examples], ids=str
)
def test_an_example_goes_where_its_rule_says(rule: Rule, text: str) -> None:
    assert route(text).route is rule.route


@pytest.mark.parametrize(
    ("rule", "text"), [(rule, text) for rule in RULES for text in rule.counterexamples], ids=str
)
def test_a_counterexample_goes_elsewhere(rule: Rule, text: str) -> None:
    assert route(text).route is not rule.route


@pytest.mark.parametrize(("notion", "text"), RESERVED, ids=str)
def test_a_reservation_keeps_a_message_from_changing_jira(notion: Reservation, text: str) -> None:
    routing = route(text)
    assert routing.route is not Route.COMPLETION
    assert routing.rule == f"reservation.{notion.name}"
    assert notion.notion in routing.why


def test_every_rule_is_named_once_and_decides_one_of_its_examples() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    beside_others = {rule.name for rule in RULES if rule.leaning}
    idle = {rule.name for rule in RULES if rule.name not in {route(text).rule for text in rule.examples}}
    assert idle <= beside_others


@settings(max_examples=1_500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(ENGLISH_COMPLETIONS),
    st.sampled_from(
        [
            "not",
            "never",
            "isn't",
            "no",
            "will",
            "almost",
            "nearly",
            "half",
            "don't",
            "if",
            "maybe",
            "perhaps",
            "until",
            "except",
            "once",
            "hardly",
            "should",
            "says",
            "tomorrow",
            "but",
            "mostly",
            "80%",
            "?",
        ]
    ),
    st.integers(0, 30),
)
def test_one_word_of_doubt_anywhere_leaves_no_completion(text: str, word: str, place: int) -> None:
    words = text.split()
    place %= len(words) + 1
    # A question mark, and "will", belong to a polite request.
    if word in ("?", "will") and ASKING.search(text):
        return
    doubted = " ".join((*words[:place], word, *words[place:]))
    assert route(doubted).route is not Route.COMPLETION, doubted


@settings(max_examples=1_500, deadline=None)
@given(
    st.sampled_from(COMPLETIONS + OTHERS),
    st.sampled_from(
        ["", "Hi! ", "hello team, ", "Hey Ana, ", "Thanks! ", "🎉 ", ":tada: ", "<@U012AB3CD>, "]
    ),
    st.sampled_from(["", " thanks", ", thank you!", " 🎉", " :white_check_mark:", " 🙏🏽", "\n", " "]),
    st.sampled_from([str, str.upper, str.lower, str.title]),
)
def test_courtesy_markup_and_case_never_change_the_route(
    text: str, before: str, after: str, case: type[str]
) -> None:
    shown = text if ":" in text or "<" in text or "'" in text else case(text)
    assert route(before + shown + after).route is route(text).route


@given(st.text(max_size=400))
def test_any_text_has_a_route(text: str) -> None:
    routing = route(text)
    assert 0 <= routing.confidence <= 1
    assert routing.rule
    assert routing.why.endswith(".")


@pytest.mark.parametrize("text", ["", "  ", "\n\u200b", "\x00"])
def test_nothing_said_is_confidence_zero(text: str) -> None:
    routing = route(text)
    assert (routing.route, routing.confidence, routing.rule) == (Route.CLASSIFY, 0.0, "empty")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<@U012AB3CD> done", "@U012AB3CD done"),
        ("see <#C024BE7LR|general>", "see #general"),
        ("<!here> done", "@here done"),
        ("<https://x.example/a|the page>", "https://x.example/a the page"),
        ("<mailto:a@x.example|a@x.example>", "a@x.example"),
        ("a &amp;&lt;b&gt;", "a &<b>"),
        ("don’t “close” it", 'don\'t "close" it'),
        ("DEV\u201112 do\u200bne", "DEV-12 done"),
        ("done :tada: 🎉", "done :tada: 🎉"),
    ],
)
def test_markup_reads_as_a_person_sees_it(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("pay-1 and Pay-2, PAY-1 again", ("PAY-1", "PAY-2")),
        ("UTF-8 SHA-256 COVID-19 ISO-8601 RFC-2119 HTTP-2 CVE-2024-1234 UTC-5 X-86 GPT-4 ES-2015", ()),
        ("top-10 covid-19 5-10 python-3 section-2 step-1 tls-1 node-18-alpine us-east-1 2024-01-02", ()),
        (
            "https://example.atlassian.net/browse/PAY-1?focusedId=2 and .../board?selectedIssue=PAY-2",
            ("PAY-1", "PAY-2"),
        ),
        (
            "<https://example.atlassian.net/jira/software/projects/PAY/boards/3?selectedIssue=PAY-9|board>",
            ("PAY-9",),
        ),
        ("<https://example.atlassian.net/browse/PAY-1|PAY-1>", ("PAY-1",)),
        ("https://example.com/posts/top-10-tricks-2", ()),
        ("PAY-1/2 and PAY-4/PAY-5", ("PAY-1", "PAY-2", "PAY-4", "PAY-5")),
        ("PAY-1, 2 and 3 are done", ("PAY-1", "PAY-2", "PAY-3")),
        ("PAY-1 and 2 more things", ("PAY-1",)),
        ("Q3-2024 H1-2025 v1-2 log4j-2 SEV-1 ISO-27001 B-52 i.e. MP-3", ()),
        ("feature/PAY-12-retry and PAY-3.", ("PAY-12", "PAY-3")),
        ("*PAY-1* _PAY-2_ `PAY-3` ~PAY-4~ (PAY-5) [PAY-6]: PAY-7's", tuple(f"PAY-{n}" for n in range(1, 8))),
        ("PAY-0 PAY-01 1PAY-1 PAY-1x PAY-1.2 foo-PAY-1", ()),
        ("PAY2-14 and MY_PROJ-3", ("PAY2-14", "MY_PROJ-3")),
        (
            "DES-77, des-3 & CSS-77, SOC-45 CP-9 ES-77",
            ("DES-77", "DES-3", "CSS-77", "SOC-45", "CP-9", "ES-77"),
        ),
        ("DES-56 encryption, a DES-3 cipher, des-168 bit encryption", ()),
        ("CSS-3 SOC-2 ES-6 MP-4 CP-1252 ARM-64 UTC-5 FY-24 JAVA-17 EUR-100 AES-256 MPEG-4 UTF-16", ()),
        ("IOS-33 is done, iOS-17 crashes, macOS-14 too, only on ios-17", ("IOS-33",)),
        ("done w/DEV-12 and w/dev-13, not feature/dev-14", ("DEV-12", "DEV-13")),
    ],
)
def test_issue_keys_are_found_and_nothing_else(text: str, keys: tuple[str, ...]) -> None:
    assert entities(text).keys == keys


def test_with_projects_known_a_key_counts_only_in_one_of_them() -> None:
    named = entities(
        "SHA-256 dev-1 PAY-2 https://example.atlassian.net/browse/OPS-3", projects={"DEV", "sha"}
    )
    assert named.keys == ("SHA-256", "DEV-1")
    assert route("OPS-3 is done", projects={"DEV"}).route is not Route.COMPLETION


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("my stats", Period()),
        ("my stats today", Period("day", 0)),
        ("how many tickets did I close yesterday?", Period("day", 1)),
        ("how productive was I last week?", Period("week", 1)),
        ("completion rate this month", Period("month", 0)),
        ("velocity last sprint", Period("sprint", 1)),
        ("how many bugs did we fix in October?", Period("month", 0, month=10)),
        ("my stats for the last 10 days", Period("days", 0, days=10)),
        ("what did I finish in the past two weeks?", Period("days", 0, days=14)),
        ("monthly report", Period("month", 0)),
        ("how did we do last quarter", Period("quarter", 1)),
    ],
)
def test_figures_are_asked_for_a_period(text: str, period: Period) -> None:
    routing = route(text)
    assert (routing.route, routing.entities.period) == (Route.PRODUCTIVITY, period)


def test_entities_are_told_as_written() -> None:
    named = entities(
        "DEV-12 blocked: v1.4.2 API times out after 30 s, see https://x.example/a `retry()` in progress"
    )
    assert named.keys == ("DEV-12",)
    assert named.statuses == ("blocked", "in progress")
    assert named.versions == ("v1.4.2",)
    assert named.numbers == ("30",)
    assert named.urls == ("https://x.example/a",)
    assert "API" in named.terms


def test_a_workspace_adds_its_own_phrases() -> None:
    english = LEXICONS[0].with_phrases(done=("in the can",), did=("nailed",))
    assert route("DEV-12 is in the can").route is not Route.COMPLETION
    assert route("DEV-12 is in the can", lexicons=(english,)).route is Route.COMPLETION
    assert route("nailed DEV-12", lexicons=(english,)).route is Route.COMPLETION
    assert route("DEV-12 is not in the can", lexicons=(english,)).route is not Route.COMPLETION
    with pytest.raises(ValueError, match="no phrases called dun"):
        english.with_phrases(dun=("x",))


def test_prepared_rules_answer_the_first_message_at_once() -> None:
    english = LEXICONS[0].with_phrases(done=("ready to ship",))
    prepare((english,))
    started = time.process_time()
    assert route("DEV-12 is ready to ship", lexicons=(english,)).route is Route.COMPLETION
    assert time.process_time() - started < 0.05


HOSTILE = [
    "a " * 2_500,
    "done " * 1_000,
    "DEV-12 " * 714,
    "DEV-12, " * 625,
    "done, " * 833,
    "hi " * 1_666,
    "thanks thanks, " * 333,
    "please " * 714 + "close",
    "the " * 1_250 + "task",
    "my stats for " * 384,
    "how many " * 555,
    "write an email " * 333,
    "<" * 5_000,
    "<@" * 2_500,
    "https://" * 625,
    "A" * 5_000,
    "A-" * 2_500,
    "1" * 5_000,
    "1.1" * 1_666,
    "?" * 5_000,
    "\n" * 4_999 + "x",
    ":" * 5_000,
    "a_b" * 1_666,
    "`" * 5_000,
    "🎉" * 5_000,
    "PAY-1/2" * 714,
    "PAY-1,1" * 714,
    " " * 4_990 + "done",
    "fertig " * 714,
    "last 1 " * 714,
    "average " + "rate " * 998,
    "bugs " + "as " * 1_660,
    "run " + "mail " * 998,
    "the homepage " * 384,
    "the homepage banner is done, " * 172,
    "the a b c d e f " * 312,
    "thanks, ok, yay, " * 294,
    "PAY-1 is done and " * 277,
    "PAY-1 is done, took a while but " * 156,
    "login bug (PAY-1) " * 277,
    "its done n " * 454,
    "can some1 close PAY-1 " * 227,
    "the tax form for legal " * 217,
    "ben and i " * 500,
    "this 1 " * 714,
    "the PAY-1 done the " * 263,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:12])
def test_no_text_takes_long(text: str) -> None:
    route(text)
    started = time.process_time()
    route(text)
    # The bound is 5 ms on a quiet machine; what is looked for here is growth that has no bound.
    assert time.process_time() - started < 0.05


def test_ordinary_chat_of_developers_changes_nothing() -> None:
    chat = official("guard/chat-dev.jsonl").read_text().splitlines()
    wrong = [line for line in chat if route(json.loads(line)["text"]).route is Route.COMPLETION]
    assert not wrong


@pytest.mark.parametrize(
    ("text", "completion"),
    [
        ("finshed DEV-12", True),
        ("DEV-12 is compelte", True),
        ("DEV-12 is doen", True),
        ("plese clsoe DEV-12", True),
        ("not finshed DEV-12", False),
        ("finishes DEV-12", False),
        ("closer DEV-12", False),
    ],
)
def test_a_slip_of_the_finger_is_read_as_what_was_meant(text: str, completion: bool) -> None:
    assert (route(text).route is Route.COMPLETION) is completion
