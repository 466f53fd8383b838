"""What takes back, limits or moves away a claim in English; names why a message with "done" in it is no completion."""

from engine.routing.rules import Reservation

RESERVATIONS = (
    Reservation(
        name="prohibition",
        notion="is asked not to be done",
        patterns=("(don't|dont|do not|never|stop|avoid|refrain|hold off|leave)",),
        examples=(
            "don't mark DEV-12 as done",
            "dont close DEV-12",
            "please leave DEV-12 open, it isn't done",
        ),
        counterexamples=("DEV-12 isn't done",),
    ),
    Reservation(
        name="negation",
        notion="is said not to be so",
        patterns=(
            "(not|no|none|nothing|neither|nor|cannot|nope|without|unable|hardly|barely|scarcely|undone|unfinished|unresolved|incomplete)",
            "(isn't|aren't|wasn't|weren't|hasn't|haven't|hadn't|didn't|doesn't|won't|wouldn't|can't|couldn't|shouldn't|ain't)",
            "(isnt|arent|wasnt|werent|hasnt|havent|didnt|doesnt|wont|cant|couldnt|shouldnt|aint|reopen|reopened|reopening)",
            "far from | anything but",
        ),
        examples=(
            "DEV-12 isn't finished",
            "not done with DEV-12",
            "DEV-12 is no longer done",
            "DEV-12 is hardly done",
        ),
    ),
    Reservation(
        name="question",
        notion="is asked, not said",
        patterns=("QM",),
        examples=("is DEV-12 done yet?", "how can I close DEV-12?", "are those tasks finished?"),
    ),
    Reservation(
        name="condition",
        notion="depends on something else",
        patterns=(
            "if|when|once|unless|as soon as|after|before|whether|assuming|provided|in case|whenever|depends|pending|while|because",
        ),
        examples=(
            "if DEV-12 is complete we can start DEV-13",
            "close DEV-12 once QA passes",
            "when DEV-12 is done tell me",
        ),
    ),
    Reservation(
        name="hearsay",
        notion="is what somebody else says or did",
        patterns=(
            "says|said|told|tells|heard|hear|apparently|supposedly|allegedly|reportedly|according|claims|claimed|reported|mentioned|CITE",
            "AT {fully}* ({did}|{marked})",
            "he|she|they|someone|somebody",
        ),
        examples=(
            "Sam told me DEV-12 is done",
            "apparently DEV-12 is done",
            "@sam finished DEV-12",
            "> DEV-12 is done",
        ),
    ),
    Reservation(
        name="doubt",
        notion="is not certain",
        patterns=(
            "maybe|perhaps|probably|possibly|guess|think|thought|believe|suppose|assume|unsure|seems|seem|looks|look|might|may",
            "could be|likely|sure if|doubt|presumably|afaik|iirc|feels|appears|ELLIPSIS|DOUBT",
        ),
        examples=(
            "I guess DEV-12 is done",
            "maybe DEV-12 is done",
            "DEV-12 seems finished",
            "DEV-12 is done 🤔",
        ),
    ),
    Reservation(
        name="idiom",
        notion="is a manner of speaking that says nothing about an issue",
        patterns=(
            "well (done|finished) | so done | done (deal|right|wrong|for) | nicely done | (definition|dod) of done",
            "done with (this|that|these|those|it|you|him|her|them|work|life|meetings) | close (call|to|enough)",
        ),
        examples=(
            "well done everyone",
            "I'm done with these outages",
            "I'm so done with DEV-12",
            "definition of done for DEV-12",
        ),
    ),
    Reservation(
        name="part",
        notion="holds for a part only",
        patterns=(
            "almost|nearly|half|halfway|mostly|partly|partially|part|most|some|except|apart|but|though|although|however|besides|minus",
            "remaining|rest|basically|practically|virtually|essentially|roughly|kinda|sorta|pretty|as good as|technically|aside|only",
            "still|yet|otherwise|draft|PCT|on my (side|end)",
        ),
        examples=(
            "DEV-12 is mostly done",
            "half of DEV-12 is done",
            "DEV-12 is 80 % done",
            "DEV-12 is done except the docs",
        ),
    ),
    Reservation(
        name="future",
        notion="is still to come, or wished for",
        patterns=(
            "will|shall|should|would|going to|gonna|need|needs|want|wants|wanna|must|tomorrow|soon|next|later|eventually|todo|to-do",
            "plan|planning|hope|hopefully|hoping|wish|expect|try|trying|let's|i'll|we'll|it'll|i'd|get|have to|has to|about to|to be|eta|due",
            "tonight|today|until|till",
            "by (monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|eod|eow|noon|then|the end|end of|{month})",
        ),
        examples=(
            "DEV-12 will be done",
            "should have DEV-12 done by Monday",
            "I hope DEV-12 is done soon",
            "DEV-12 done today",
        ),
    ),
    Reservation(
        name="past",
        notion="was so once",
        patterns=("was|were|had|used to|ago|previously|formerly|again|back",),
        of_a_report=True,
        examples=("DEV-12 was done", "DEV-12 had been closed"),
    ),
    Reservation(
        name="substance",
        notion="comes with more, which is worth a comment",
        patterns=(
            "by|added|adding|deployed|merged|tested|fixed|using|via|moving|moved|replaced|reduced|improved|and|AND|COLON",
        ),
        of_a_report=True,
        examples=("finished DEV-12 by rewriting the parser, added fuzz tests", "DEV-12 is done and deployed"),
    ),
)

# For updates that tell more (`engine.routing.claims`): what leaves work open, and what only sounds like it.
OPEN_ENDS = (
    "waiting|awaiting|blocked|blocking|missing|outstanding|remaining|remains|left|wip|untested|tbd|todo|to-do|reopened|follow-up|follow up",
    "(in|under|for) (review|progress|qa|testing|approval|test|verification) | (is|are|still) open | ready for | to test | to do",
    "(can|could|would) (you|someone|somebody|anyone) (please)? (review|check|test|look|verify|have)",
    "please (review|check|test|look|verify|have)",
)
HARMLESS = (
    "no (known|major|big|new|more|other|further|open)? (issues|problems|errors|regressions|surprises|blockers|downtime|incidents|failures|complaints|warnings|bugs)",
    "without {ANY}? (issues|problems|errors|regressions|downtime|failures|incidents|trouble)",
    "(no longer|not) (needed|required|necessary|{WORD} anymore) | no longer",
    "nothing (is|was)? (left|open|missing|else|broke|broken)",
    "(by|from|up|down|under|over|about|to|around|roughly|coverage) {ANY} PCT",
    "(after|before|while|because) (of|the|a|it|we|i|{WORD})",
    "some|today|get|only (touched|changed|needed|one)|still (works|passes|green)|reported|mentioned|(he|she|they) (approved|reviewed|confirmed|signed off|tested)",
)
