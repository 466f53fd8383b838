"""Classes of rewording and of fault that strangers' updates brought up, each in three wordings that no set holds.

A rewording of a class beside its update leads to no finding at all, not even a warning; a fault of a class leads to one.
"""

import pytest

from engine.checks import check_comment


def findings(update: str, draft: str) -> set[str]:
    return {
        finding.rule.removeprefix("faithful.")
        for finding in check_comment(update, draft).findings
        if finding.rule.startswith("faithful.")
    }


REWORDED = {
    "doubt has many equal wordings": [
        ("smells like a full disk on the mail host", "This looks like a full disk on the mail host."),
        ("imo the old layout was clearer", "In my opinion, the old layout was clearer."),
        ("my guess is that the feed is cached twice", "The feed is probably cached twice."),
    ],
    "staying is not changing": [
        ("limit raised to 12, price stays 40", "The limit was raised to 12, and the price is unchanged at 40."),
        ("the logo stays as is", "The logo remains unchanged."),
        ("the intro got cut, the ending stays", "The introduction was cut; the ending has not been changed."),
    ],
    "a deadline is no condition": [
        ("they want the list till the 9th", "They want the list by the 9th."),
        ("need the badge photos by monday", "The badge photos are needed by Monday."),
        ("we have time till the 30th for the form", "We have until the 30th for the form."),
    ],
    "N of M and N out of M": [
        ("upload broke on 12 images out of 900", "The upload failed for 12 of 900 images."),
        ("5 lamps out of 60 are dead", "5 of the 60 lamps are not working."),
        ("got 14 answers out of 30 so far", "14 of 30 answers have been received so far."),
    ],
    "a thing that is up is published": [
        ("slides are up at https://talks.example/ops, sources missing", "The slides have been published at https://talks.example/ops; the sources are missing."),
        ("menu is up at https://canteen.example/week, prices follow", "The menu has been published at https://canteen.example/week; prices will follow."),
        ("the map is up on https://maps.example/site", "The map is available on https://maps.example/site."),
    ],
    "a condition by its means, or without its subject": [
        ("we can save an hour if we skip the tour", "An hour can be saved by skipping the tour."),
        ("lamp flickers if u leave it on", "The lamp flickers when left on."),
        ("we could halve the cost if we use the old frames", "The cost could be halved by using the old frames."),
    ],
    "what does not work fails": [
        ("opens on my laptop but not on the kiosk", "It opens on my laptop but fails on the kiosk."),
        ("found why the horn was dead, a fuse was gone", "The horn was not working because a fuse was missing."),
        ("syncs at home but not in the office", "It syncs at home but fails to sync in the office."),
    ],
    "what needs something is not done": [
        ("posted the draft for HALL-3, needs a proofreader", "The draft for HALL-3 has been posted and requires a proofreader."),
        ("built the stand, needs a coat of paint", "The stand has been built and needs a coat of paint."),
        ("wrote the query for DATA-41, needs a second pair of eyes", "The query for DATA-41 has been written and needs a second pair of eyes."),
    ],
    "numbers in words, and capitals spelled out": [
        ("three hundred and twelve votes came in", "312 votes were received."),
        ("removed ten old AD groups", "10 old Active Directory groups were removed."),
        ("one hundred and five chairs are booked", "105 chairs have been booked."),
    ],
    "a tried thing was attempted": [
        ("tried to get the lock opened, the key keeps jamming", "Attempted to get the lock opened, but the key keeps jamming."),
        ("trying to pair the tablet, no luck yet", "I am trying to pair the tablet, without success so far."),
        ("tried to book the hall, it was taken", "I attempted to book the hall, but it was taken."),
    ],
    "being in the middle of it is progress": [
        ("in the middle of sorting the archive, two boxes are done", "Sorting the archive is in progress; two boxes are done."),
        ("working thru the wish list, half is sorted", "I am working through the wish list; half is sorted."),
        ("about to finish the floor plan, kitchen is in", "The floor plan is almost finished; the kitchen is included."),
    ],
    "an ill child is no plan": [
        ("moved the tour from wed to fri cause the guide is ill", "The tour was moved from Wednesday to Friday because the guide is sick."),
        ("half the choir is ill, cancelled the rehearsal", "Half of the choir is sick; the rehearsal was cancelled."),
        ("no stand up today, both leads are ill", "There is no stand-up today because both leads are sick."),
    ],
}  # fmt: skip

FAULTY = {
    "doubt made certain": [
        ("not 100% sure but it seems the valve leaks", "It has been confirmed that the valve leaks."),
        ("i guess the noise comes from the fan, gonna listen again", "The noise comes from the fan. I will listen again."),
        ("in my view the second poster is weaker", "The second poster is weaker."),
    ],
    "a condition made an event": [
        ("if the trial goes well we'll drop the paper forms", "The paper forms will be dropped after the trial."),
        ("should the third pump fail too we need to close the pool", "The third pump also failed, so the pool needs to be closed."),
        ("if the sample is clean we'll open the well", "The well will be opened."),
    ],
    "an attempt made a result": [
        ("tried to get the gate motor rolled out, delivery keeps slipping", "Rolled out the gate motor, although delivery keeps slipping."),
        ("trying to get the reader to sync, second go", "The reader was synced on the second go."),
        ("still painting the fence, two posts to go", "The fence has been painted."),
    ],
    "the future made past, and the past future": [
        ("i'll swap the front page photo for a drawing", "The front page photo was replaced with a drawing."),
        ("shipped the kits to the schools, they start next week", "The kits will be shipped to the schools, which start next week."),
        ("we'll invite the neighbours after the holidays", "We invited the neighbours after the holidays."),
    ],
    "what is out for something made done": [
        ("sent the lease to Farber for signature", "The lease with Farber has been signed."),
        ("working thru the inspector's remarks on the stairs", "The inspector's remarks on the stairs have been resolved."),
        ("chairs are ordered", "The chairs have arrived."),
    ],
    "another amount": [
        ("got a handful of the visitor comments into the report", "Most of the visitor comments have been included in the report."),
        ("one of the two side doors stays locked", "Both side doors remain locked."),
        ("every bulb from box 4 flickers", "Some bulbs from box 4 flicker."),
    ],
    "another unit": [
        ("p95 dropped from 700ms to 250ms", "The p95 dropped from 700 s to 250 s."),
        ("the backup is 40gb", "The backup is 40 MB."),
        ("response went from 480 to 310ms", "The response time rose from 310 to 480 ms."),
    ],
    "names and keys exchanged": [
        ("spoke w/ Mr. Keller from Brandis Metal", "I spoke with Mr. Brandis from Keller Metal."),
        ("checked GYM-31 and GYM-32, 31 is good to go, 32 still drops the login", "GYM-31 and GYM-32 were checked: GYM-32 is good to go, and GYM-31 still drops the login."),
        ("moved to north-lab, the rest is next", "Moved to north-hall; the rest is next."),
    ],
    "a link, a path, a branch changed": [
        ("rules are at wiki.harbor.example/ops/ropes now", "The rules are now at wiki.harbor.example/ops/knots."),
        ("work is on feature/tide-table", "The work is on feature/tide-chart."),
        ("added a .env.sample", "A .env.template has been added."),
    ],
    "something brought in": [
        ("moved the key list into the binder", "I moved the key list into the binder and informed the staff."),
        ("swapped the belt, runs quiet since", "The cause was a worn belt, which I swapped; it has run quietly since."),
        ("the ramp light is too bright", "The ramp light is too bright. I will provide a replacement shortly."),
    ],
    "another of its kind": [
        ("tested on android tablets", "Tested on Android phones."),
        ("first draft of the leaflet is up", "The final version of the leaflet is up."),
        ("legal approved the poster", "Marketing approved the poster."),
    ],
    "a denial dropped or turned": [
        ("no data was lost in the move", "Data was lost during the move."),
        ("the spare keys are not affected", "The spare keys are also affected."),
        ("nothing broke so far", "Several things have broken so far."),
    ],
    "somebody's word made fact": [
        ("visitor claims they never got the ticket", "The visitor never received the ticket."),
        ("the plumber says the pipe was never sealed", "The pipe was never sealed."),
        ("Ruth reckons the noise comes from the pump, i havent checked it", "The noise comes from the pump, as Ruth has confirmed. I have not checked it."),
    ],
}  # fmt: skip


def of(cases: dict[str, list[tuple[str, str]]]) -> list[tuple[str, str]]:
    return [pair for pairs in cases.values() for pair in pairs]


@pytest.mark.parametrize(("update", "draft"), of(REWORDED))
def test_a_rewording_leads_to_no_finding(update: str, draft: str) -> None:
    assert findings(update, draft) == set()


@pytest.mark.parametrize(("update", "draft"), of(FAULTY))
def test_a_fault_is_found(update: str, draft: str) -> None:
    assert findings(update, draft)
