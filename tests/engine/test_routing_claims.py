"""Whether an update that tells more also says that the work is done."""

import pytest

from engine.routing import claims_completion

CLAIMS = """
finished PAY-2 by moving the cache, added a TTL
PAY-2 is done, deployed 1.4.2 to production
PAY-2 done: rewrote the parser and added fuzz tests
Completed PAY-2 and PAY-3, both were the same race condition
wrapped up PAY-2 after fixing the last flaky test
I've finished PAY-2. The crash was a null pointer in the importer.
added a TTL to the cache and finished PAY-2
PAY-2 is complete, memory is down by 40%
PAY-2 is done with no regressions, p95 went from 900 to 320 ms
resolved PAY-2, the old index is no longer needed
close PAY-2 please, the fix went out in 2.3.1
Moved the jobs to the new queue. PAY-2 is done.
finished PAY-2 today (new retry logic, backoff up to 30 s)
all done with PAY-2 — tested on Safari and Firefox
PAY-2 and PAY-3 are done, same fix for both
done with PAY-2, took two days because of the proxy
ich habe PAY-2 abgeschlossen, Cache umgestellt und TTL ergänzt
PAY-2 ist fertig, ohne Probleme ausgerollt
""".strip().splitlines()
LEAVE_OPEN = """
fixed the login redirect and added a regression test
PAY-2: moved the cache, added a TTL
finished PAY-2 by moving the cache, PAY-3 still open
finished PAY-2, started PAY-3
finished PAY-2, which unblocks PAY-3
finished PAY-2, waiting for review
PAY-2 is done, please review the PR
PAY-2 is done but the docs are missing
PAY-2 is not done, the cache still fails
almost finished PAY-2, added a TTL
PAY-2 backend: done, deployed to staging
finished the tests for PAY-2 and deployed
PAY-2 will be done tomorrow, added the TTL today
Sam says PAY-2 is done, deployed 1.4.2
if PAY-2 is done we deploy, tests are green
PAY-2 is 80% done, added the TTL
PAY-2 done, QA pending
PAY-2 done? tests are green at least
finished half of PAY-2, the parser works
PAY-2 is done, I think, tests pass
PAY-2 done, two edge cases left
PAY-2 is done and in review
Moved the jobs to the new queue, worked on PAY-2
finished PAY-2 on staging, prod pending
finished reviewing PAY-2, left comments
PAY-2 done but slow, p95 at 900 ms
Ana finished PAY-2 by rewriting the parser
PAY-2 ist fertig, Tests fehlen noch
PAY-2 ist fast fertig, Cache umgestellt
hello
""".strip().splitlines()


@pytest.mark.parametrize("text", CLAIMS)
def test_an_update_that_says_done_offers_to_move(text: str) -> None:
    assert claims_completion(text)


@pytest.mark.parametrize("text", LEAVE_OPEN)
def test_an_update_that_leaves_something_open_offers_nothing(text: str) -> None:
    assert not claims_completion(text)


@pytest.mark.parametrize(
    "word", ["not", "almost", "half", "will", "maybe", "if", "except the docs,", "waiting,"]
)
@pytest.mark.parametrize("text", CLAIMS[:8])
def test_a_word_of_reservation_before_the_claim_takes_the_offer_back(text: str, word: str) -> None:
    assert not claims_completion(f"{word} {text}")


def test_an_empty_update_claims_nothing() -> None:
    assert not claims_completion("")
