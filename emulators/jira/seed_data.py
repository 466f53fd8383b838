"""The believable project: who did what when, as a table. Moments are (weeks ago, weekday 0-4, hour of the day)."""

from dataclasses import dataclass, field

from emulators.people import ANA, BEN, CHEN

Moment = tuple[int, int, float]

A, B, C = ANA.account, BEN.account, CHEN.account


@dataclass(frozen=True, slots=True)
class Story:
    """One issue's life: moves are (letter, moment), the letter's status after it; ``handed`` tells when ``who`` got it from whom.

    t To Do, p In Progress, r In Review, d Done, w Won't do.
    """

    type: str
    summary: str
    who: str | None
    reporter: str
    created: Moment
    moves: tuple[tuple[str, Moment], ...] = ()
    priority: str = "Medium"
    parent: int | None = None
    labels: tuple[str, ...] = ()
    resolution: str | None = None
    handed: tuple[Moment, str | None] | None = None
    text: str = ""
    steps: tuple[str, ...] = ()
    comments: tuple[tuple[str, Moment, str], ...] = field(default=())


DEMO = (
    Story(
        "Epic",
        "Checkout that survives a slow bank",
        C,
        C,
        (5, 0, 9.2),
        (("p", (5, 0, 10)),),
        "High",
        labels=("checkout",),
        text="When the acquirer answers late, buyers see an error although the money moves. Make the checkout say what it knows.",
    ),
    Story(
        "Task",
        "Write down the retry rules of the payment service",
        A,
        C,
        (5, 0, 9.6),
        (("p", (5, 0, 11)), ("r", (5, 1, 15)), ("d", (5, 2, 10))),
        parent=1,
        labels=("docs",),
        comments=((C, (5, 2, 9.8), "Clear. Please add the table of bank error codes before closing."),),
    ),
    Story(
        "Task",
        "Move refund emails to the new template",
        A,
        B,
        (5, 0, 13.5),
        (("p", (5, 1, 9.5)), ("r", (5, 2, 14)), ("d", (5, 3, 11))),
        labels=("email",),
        text="Refund mails still use the template with the old logo.",
        comments=((B, (5, 3, 10.5), "Checked in Outlook and Gmail, looks right."),),
    ),
    Story(
        "Bug",
        "Double charge when the confirm button is pressed twice",
        B,
        A,
        (5, 1, 10.2),
        (("p", (5, 1, 11)), ("r", (5, 2, 16)), ("p", (5, 3, 9.5)), ("r", (5, 3, 15)), ("d", (5, 4, 10.5))),
        "Highest",
        resolution="Fixed",
        labels=("checkout", "incident"),
        text="Two authorisations within 300 ms for the same basket. Seen four times since Monday.",
        steps=("Fill a basket", "Press Confirm twice within half a second", "Two authorisations appear"),
        comments=(
            (B, (5, 1, 16), "The idempotency key is created per request, not per basket."),
            (A, (5, 3, 9.4), "Still happens on Safari, back to you."),
        ),
    ),
    Story(
        "Story",
        "As a buyer I see why my card was refused",
        C,
        C,
        (5, 2, 9.4),
        (("p", (5, 3, 10)), ("r", (4, 0, 15)), ("d", (4, 1, 11))),
        parent=1,
    ),
    Story(
        "Task",
        "Raise the timeout of the acquirer client to 20 s",
        B,
        B,
        (5, 3, 14.3),
        (("p", (5, 4, 9.5)), ("d", (5, 4, 16))),
        "High",
        parent=1,
    ),
    Story(
        "Task",
        "Rotate the webhook signing secrets",
        C,
        A,
        (4, 0, 9.7),
        (("p", (4, 0, 13)), ("d", (4, 2, 11))),
        "High",
        labels=("security",),
    ),
    Story(
        "Bug",
        "Receipt PDF shows the wrong VAT for Swiss orders",
        A,
        B,
        (4, 1, 10.4),
        (("p", (4, 1, 14)), ("r", (4, 2, 16)), ("d", (4, 3, 11.5))),
        handed=((4, 1, 13.5), C),
        resolution="Fixed",
        labels=("receipts",),
        comments=((A, (4, 2, 15.5), "The rate table had 7.7 %, it is 8.1 % since January 2024."),),
    ),
    Story(
        "Task",
        "Payout report as CSV for finance",
        B,
        C,
        (4, 2, 9.3),
        (("p", (4, 2, 13)), ("r", (4, 4, 11)), ("d", (4, 4, 16))),
        labels=("payouts",),
    ),
    Story(
        "Task",
        "Drop the unused SOAP client",
        C,
        B,
        (4, 3, 15.1),
        (("w", (4, 4, 15)),),
        "Low",
        labels=("cleanup",),
        comments=((C, (4, 4, 14.8), "One merchant still uses it until spring, so we keep it."),),
    ),
    Story(
        "Story",
        "As a merchant I can pause payouts",
        A,
        C,
        (3, 0, 9.4),
        (("p", (3, 0, 14)), ("r", (3, 2, 16)), ("p", (3, 3, 10)), ("r", (3, 3, 16)), ("d", (3, 4, 11))),
        labels=("payouts",),
        comments=((C, (3, 3, 9.8), "Pausing twice gives an error page, see the screenshot."),),
    ),
    Story(
        "Task",
        "Cache exchange rates in the checkout service",
        A,
        C,
        (3, 1, 10.1),
        (("p", (1, 4, 10)),),
        "High",
        parent=1,
        labels=("checkout", "performance"),
        text="Every page view of the checkout asks the rates service. Cache the rates for five minutes in Redis and fall back "
        "to the last known rates when the service is down.",
        steps=(
            "Cache with a TTL of 300 s",
            "Serve stale rates for up to an hour",
            "A metric for hits and misses",
        ),
        comments=(
            (B, (1, 4, 15), "Mind the weekend: rates do not change, so a miss is not an error."),
            (A, (0, 0, 11), "First version runs on staging, p95 went from 480 ms to 130 ms."),
        ),
    ),
    Story(
        "Bug",
        "Amounts in yen are shown with two decimals",
        B,
        A,
        (3, 1, 15.2),
        (("p", (3, 2, 9.5)), ("d", (3, 2, 15))),
        resolution="Fixed",
    ),
    Story(
        "Task",
        "Status call to the acquirer times out",
        A,
        B,
        (3, 2, 11.2),
        (("p", (1, 2, 10)), ("r", (0, 1, 11))),
        labels=("reliability",),
        handed=((2, 0, 9.5), None),
        text="The call gives up after two seconds, and the order stays without a status until somebody asks again.",
        comments=((A, (0, 1, 11.1), "Ready for review: the limit is a setting now."),),
    ),
    Story(
        "Task",
        "Alert when the payout queue grows for ten minutes",
        C,
        C,
        (3, 3, 9.8),
        (("p", (3, 3, 11)), ("d", (3, 4, 15))),
        labels=("observability", "payouts"),
    ),
    Story(
        "Task",
        "Upgrade the checkout to Node 24",
        B,
        B,
        (2, 0, 9.9),
        (("p", (2, 0, 13)), ("r", (2, 2, 11)), ("d", (2, 2, 16))),
    ),
    Story(
        "Bug",
        "3-D Secure page stays blank in Firefox",
        A,
        B,
        (2, 1, 10.8),
        (("p", (0, 0, 10)),),
        "Highest",
        labels=("checkout", "incident"),
        handed=((1, 4, 15.2), B),
        text="After the redirect from the bank the page stays blank. Only Firefox 140 and later.",
        steps=("Pay with the test card 4000 0000 0000 3220", "Confirm at the bank", "The page stays white"),
        comments=(
            (B, (2, 1, 11), "Eleven tickets from support so far."),
            (A, (0, 0, 15), "The frame is refused because of our own X-Frame-Options header."),
        ),
    ),
    Story(
        "Story",
        "As a buyer I can pay with Apple Pay",
        C,
        C,
        (2, 1, 14.6),
        (("p", (2, 2, 10)), ("r", (1, 1, 15))),
        "High",
        labels=("checkout",),
        comments=((C, (1, 1, 15.2), "Works on staging. Waiting for the domain association in production."),),
    ),
    Story(
        "Sub-task",
        "Register the merchant domain with Apple",
        C,
        C,
        (2, 2, 9.5),
        (("p", (2, 3, 10)), ("d", (2, 4, 14))),
        parent=18,
    ),
    Story(
        "Sub-task",
        "Show the Apple Pay button only where it works",
        B,
        C,
        (2, 2, 9.7),
        (("p", (2, 3, 14)), ("r", (1, 0, 11)), ("d", (1, 0, 15))),
        parent=18,
    ),
    Story(
        "Story",
        "As a merchant I get a weekly summary by e-mail",
        A,
        C,
        (2, 3, 10.6),
        labels=("email",),
        text="Merchants ask support for their weekly figures. Send them on Monday morning.",
        steps=("Gross, refunds, fees, payout", "Link to the full report", "Can be switched off"),
    ),
    Story(
        "Task",
        "Clean up stale payment intents nightly",
        A,
        B,
        (2, 3, 13.2),
        (("p", (2, 3, 15)), ("r", (2, 4, 11)), ("d", (2, 4, 16))),
        labels=("cleanup",),
    ),
    Story(
        "Bug",
        "Refund button is enabled for fully refunded orders",
        A,
        C,
        (1, 0, 10.3),
        (("p", (1, 0, 13)), ("r", (1, 1, 14)), ("d", (1, 2, 9.8))),
        resolution="Fixed",
    ),
    Story(
        "Task",
        "Load test of the checkout before Black Friday",
        B,
        C,
        (1, 0, 14.4),
        (("p", (1, 1, 9.5)), ("d", (1, 3, 15))),
        "High",
        labels=("performance",),
        comments=((B, (1, 3, 14.9), "1 200 orders a minute for an hour, p95 at 610 ms, no errors."),),
    ),
    Story(
        "Task",
        "Translate the payout pages into French",
        C,
        A,
        (1, 1, 11.4),
        (("p", (1, 1, 13)), ("r", (1, 3, 11)), ("d", (1, 4, 10))),
        "Low",
    ),
    Story(
        "Task",
        "Store card fingerprints instead of the last four digits",
        A,
        C,
        (1, 2, 10.2),
        (("p", (1, 2, 11)), ("r", (1, 3, 16)), ("d", (1, 4, 14.5))),
        labels=("security",),
    ),
    Story(
        "Bug",
        "Webhook deliveries stop after a redirect",
        B,
        A,
        (1, 3, 10.7),
        (("p", (0, 1, 10)),),
        "High",
        text="A merchant moved his shop; his server answers 301 and we give up for good.",
    ),
    Story(
        "Task",
        "Write the runbook for a failed payout run",
        B,
        C,
        (1, 4, 11.3),
        (("p", (0, 0, 9.5)), ("d", (0, 0, 14))),
        labels=("docs", "payouts"),
    ),
    Story(
        "Task",
        "Show the fee before the payout is confirmed",
        C,
        B,
        (0, 0, 9.4),
        (("p", (0, 0, 11)), ("d", (0, 2, 10))),
        labels=("payouts",),
    ),
    Story(
        "Task",
        "Mask card numbers in the support chat export",
        A,
        C,
        (0, 0, 10.4),
        (("p", (0, 0, 13)), ("r", (0, 1, 14)), ("d", (0, 2, 11))),
        "High",
        labels=("security",),
    ),
    Story(
        "Task",
        "Try the acquirer's new settlement API",
        None,
        C,
        (0, 1, 10.1),
        labels=("payouts",),
        text="A spike of two days at most: can we read settlements by the hour?",
    ),
    Story(
        "Bug",
        "Search by order number ignores leading zeros",
        None,
        B,
        (0, 2, 10.6),
        priority="Low",
        steps=("Search for 004711", "Order 4711 is found, 004711 is not"),
    ),
)
OPS = (
    Story(
        "Task",
        "Renew the certificate of pay.example.com",
        B,
        A,
        (3, 0, 10),
        (("p", (3, 1, 9.5)), ("d", (3, 1, 11))),
        "High",
    ),
    Story("Task", "Move the nightly backups to the new bucket", C, C, (2, 1, 9.5), (("p", (2, 2, 10)),)),
    Story(
        "Bug",
        "Disk of the queue server filled up on Sunday",
        A,
        B,
        (1, 0, 9.2),
        (("p", (0, 0, 9.8)),),
        "Highest",
        labels=("incident",),
        text="Closing it needs the resolution and the root cause for the monthly report.",
    ),
    Story("Task", "Shorten the on-call handbook", None, C, (1, 2, 15.5), priority="Low", labels=("docs",)),
    Story("Story", "As an operator I see all alerts on one page", B, C, (1, 3, 13.3), (("p", (0, 1, 9.5)),)),
)
SECRET = (
    Story("Task", "Due diligence of the payment licences", C, C, (3, 2, 10), (("p", (3, 3, 10)),), "High"),
    Story("Task", "Draft the announcement", C, C, (1, 1, 11), labels=("confidential",)),
)
BLOCKS = (("DEMO-12", "DEMO-1"), ("DEMO-27", "OPS-5"))
RELATES = (("DEMO-17", "DEMO-4"),)
DUE_IN = {"DEMO-12": 3, "DEMO-17": 1, "DEMO-18": 10, "OPS-2": -2}
TIME_SPENT = {"DEMO-12": ((A, (1, 4, 16), 4.5), (A, (0, 0, 12), 3)), "DEMO-24": ((B, (1, 3, 15), 6),)}
