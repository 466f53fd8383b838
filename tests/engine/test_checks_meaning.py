"""What only shows when both texts are laid beside each other: what has no counterpart, what has changed places, what is over.

Every rule is held by several wordings of its fault, and each fault stands beside a faithful draft of the same update.
"""

import pytest

from engine.checks import check_comment
from engine.types import Severity


def findings(update: str, draft: str) -> dict[str, Severity]:
    return {
        finding.rule.removeprefix("faithful."): finding.severity
        for finding in check_comment(update, draft).findings
        if finding.rule.startswith("faithful.")
    }


def errors(update: str, draft: str) -> set[str]:
    return {rule for rule, severity in findings(update, draft).items() if severity is Severity.ERROR}


CASES = [
    # a statement of which nothing is left
    (
        "the lift is repaired, the caretaker keeps the old cable",
        "The lift has been repaired. The caretaker is keeping the old cable.",
        "The lift has been repaired.",
        "statement-lost",
    ),
    (
        "printed the badges, two visitors cancelled their trip",
        "The badges have been printed; two visitors called off their trip.",
        "The badges have been printed.",
        "statement-lost",
    ),
    (
        "invoice is out, procurement complains about the wording of page two",
        "The invoice has been sent. Procurement has complained about the wording on page two.",
        "The invoice has been sent.",
        "statement-lost",
    ),
    # what narrows a statement
    (
        "export fails with umlauts in the title",
        "The export fails if there are umlauts in the title.",
        "The export fails.",
        "restriction-lost",
    ),
    (
        "scrolling stutters on tablets in landscape",
        "Scrolling stutters on tablets in landscape mode.",
        "Scrolling stutters on tablets.",
        "restriction-lost",
    ),
    (
        "mails arrive twice for subscribers with an alias",
        "Subscribers with an alias receive the mails twice.",
        "Mails arrive twice for subscribers.",
        "restriction-lost",
    ),
    # two things that have changed places
    (
        "renewed the domain for the shop, the blog one expires in may",
        "The domain for the shop has been renewed; the one for the blog expires in May.",
        "The domain for the blog has been renewed; the one for the shop expires in May.",
        "exchanged",
    ),
    (
        "chrome crashes on upload, safari is fine",
        "Chrome crashes on upload, while Safari works well.",
        "Safari crashes on upload, while Chrome works well.",
        "exchanged",
    ),
    (
        "imports got slower, exports are 2x faster",
        "Imports have become slower, while exports are twice as fast.",
        "Exports have become slower, while imports are twice as fast.",
        "exchanged",
    ),
    # a relation turned around
    (
        "ABC-1 is blocked by ABC-2",
        "ABC-2 is blocking ABC-1.",
        "ABC-1 is blocking ABC-2.",
        "order",
    ),
    (
        "renamed billing_day to invoice_day",
        "billing_day has been renamed to invoice_day.",
        "invoice_day has been renamed to billing_day.",
        "order",
    ),
    (
        "the culprit is the proxy, not the firewall",
        "The proxy rather than the firewall is the culprit.",
        "The firewall rather than the proxy is the culprit.",
        "order",
    ),
    # another's deed
    (
        "Laura found the typo",
        "The typo was found by Laura.",
        "I found the typo.",
        "actor",
    ),
    (
        "reverted Tom's change",
        "Tom's change has been reverted.",
        "Tom reverted the change.",
        "actor",
    ),
    (
        "she fixed the pump yesterday",
        "The pump was fixed yesterday.",
        "I fixed the pump yesterday.",
        "actor",
    ),
    # nothing is left open
    (
        "gonna call the landlord about the keys",
        "I am going to call the landlord about the keys.",
        "I called the landlord about the keys.",
        "future-made-past",
    ),
    (
        "can somebody water the plants?",
        "Could somebody please water the plants?",
        "Somebody watered the plants.",
        "future-made-past",
    ),
    (
        "the fair takes place on tuesday",
        "The fair will take place on Tuesday.",
        "The fair took place on Tuesday.",
        "future-made-past",
    ),
    # something announced that is over
    (
        "switched off the heating, tenants have been told",
        "The heating has been switched off, and the tenants have been informed.",
        "The heating will be shut down, and the tenants have been informed.",
        "past-made-future",
    ),
    (
        "sent the samples to the lab",
        "The samples have been sent to the lab.",
        "The samples will be sent to the lab.",
        "past-made-future",
    ),
    (
        "got the permit from the city",
        "The permit from the city has been received.",
        "The permit from the city will be received.",
        "past-made-future",
    ),
    # a step taken for a level, a beginning for an end
    (
        "load fell by 30%",
        "The load decreased by 30%.",
        "The load decreased to 30%.",
        "figure",
    ),
    (
        "closed from 3pm",
        "Closed from 15:00.",
        "Closed until 15:00.",
        "figure",
    ),
    (
        "the bag is 2 kg lighter, off by 4 cent, stock at 40",
        "The bag is 2 kg lighter, off by 4 cent; the stock is at 40.",
        "The bag is 2 kg lighter, off by 4 cent; the stock went down by 40.",
        "figure",
    ),
    # which one is meant
    (
        "the second valve leaks",
        "The second valve is leaking.",
        "The third valve is leaking.",
        "ordinal",
    ),
    (
        "we go with option B",
        "Option B was chosen.",
        "Option A was chosen.",
        "option",
    ),
    (
        "delivery comes mid june",
        "The delivery will arrive in mid-June.",
        "The delivery will arrive at the end of June.",
        "date",
    ),
    # what was excepted
    (
        "painted all rooms but the kitchen",
        "All rooms except the kitchen have been painted.",
        "All rooms have been painted, including the kitchen.",
        "exception-lost",
    ),
    (
        "report is ready except for the charts",
        "The report is ready apart from the charts.",
        "The report is ready, including the charts.",
        "exception-lost",
    ),
    (
        "moved the plants, only the palm is left",
        "The plants have been moved; only the palm remains.",
        "The plants, including the palm, have been moved.",
        "exception-lost",
    ),
    # conditions in other words
    (
        "can start as soon as the permit is there",
        "Work can start once the permit has arrived.",
        "Work can start, as the permit has arrived.",
        "condition-lost",
    ),
    (
        "we can move the shelves provided Ida agrees",
        "The shelves can be moved if Ida agrees.",
        "The shelves can be moved.",
        "condition-lost",
    ),
    (
        "will call them after lunch if the line is free",
        "I will call them after lunch, provided that the line is free.",
        "I will call them after lunch.",
        "condition-lost",
    ),
    # success that nobody told, a benefit of what nobody named
    (
        "kicked off the nightly job",
        "The nightly job has been started.",
        "The nightly job has succeeded.",
        "outcome-added",
    ),
    (
        "the lamp blinks every minute instead of hourly",
        "The lamp now blinks every minute rather than hourly.",
        "The lamp now blinks every minute instead of hourly, improving visitor satisfaction.",
        "claim",
    ),
]


@pytest.mark.parametrize(("update", "faithful", "fault", "rule"), CASES, ids=[case[2] for case in CASES])
def test_a_fault_is_found_and_its_faithful_twin_is_not(
    update: str, faithful: str, fault: str, rule: str
) -> None:
    assert errors(update, faithful) == set()
    assert rule in errors(update, fault)


@pytest.mark.parametrize(
    ("update", "draft"),
    [
        (
            "sensors send garbage, replaced the cables, same thing",
            "Replacing the cables made no difference; the sensors still send garbage.",
        ),
        ("wont ship it til legal says ok", "Shipping has to wait for Legal's approval."),
        ("0 rows rejected", "No rows were rejected."),
        ("or the server won't boot", "Otherwise, the server will not start."),
        ("I prefer tea, not coffee", "I prefer tea over coffee."),
        ("tried it, no luck", "I tried it without success."),
    ],
)
def test_a_denial_may_be_worded_in_many_ways(update: str, draft: str) -> None:
    assert not errors(update, draft) & {"negation-lost", "negation-added", "opposite"}


@pytest.mark.parametrize(
    ("update", "draft"),
    [
        (
            "WEB-41 and WEB-47 are the same, closing 47",
            "WEB-41 and WEB-47 are the same; I am closing WEB-47.",
        ),
        ("moved it from 12 march to the 19th", "It was moved from 12 March to 19 March."),
        ("took 3h10", "It took 3 hours and 10 minutes."),
        ("fails 1 in 5 runs", "It fails in every fifth run."),
        ("events land in the dlq", "Events end up in the dead letter queue."),
        ("green on preprod", "It passes on pre-production."),
        ("off by 40C", "It is off by 40 °C."),
        ("see you this aft", "See you this afternoon."),
    ],
)
def test_a_fact_may_be_written_in_many_ways(update: str, draft: str) -> None:
    assert errors(update, draft) == set()


def test_an_even_account_is_a_warning() -> None:
    update = "will pack the boxes on monday, might sell the sofa"
    draft = "The boxes will be packed on Monday. It is possible that the sofa is sold."
    assert errors(update, draft) == set()
    kept = "I packed the boxes. The rest will be packed on Monday; the sofa might be sold."
    assert findings(update, kept).get("future-made-past") is not Severity.ERROR
