"""The phrases of English that rules refer to, and the words that weigh."""

from engine.routing.english import nouns
from engine.routing.lexicon import vocabulary

CLASSES = {
    # What is said of work.
    "done": "({readied} (and|AND))? {outcome} ((COMMA? and|AND|SLASH|COMMA) {outcome})?",
    "readied": "ready | signed | printed | filed | polished | updated | edited | translated",
    "outcome": """
        done | finished | completed | complete | closed | resolved | finalised | finalized | wrapped up | all set
        | closed out | closed off | finished up | finished off | sorted | taken care of | ticked off | crossed off | checked off | done (DASH|and|COMMA)? done | done-done | (done|finished|complete|completed) (and|AND) (dusted|delivered|closed|dealt with|over with) | handled | dealt with | off (my|our) (plate|list|desk) | in the bag | in the can | a wrap | wrapped | finito | nailed | donezo | dunzo | solved | put to bed | over and done with? | over the line | done and delivered | done (done)+ | 100 PCT? (done|complete|completed|finished)""",
    "plainly_done": "done | finished | completed | complete",
    # Of what people write it is said that it is finalised, too.
    "well_done": "({readied} (and|AND))? {plainly_done} | ((finalised|finalized|done|finished|completed) (and|AND|COMMA))? (finalised|finalized) ((and|AND|COMMA) {plainly_done})? | (done|finished) (and|AND) dusted | done (done)+ | wrapped up",
    "did": "{did_one} ((and|AND) {did_one})?",
    "did_one": "finished | completed | closed | resolved | finalised | finalized | wrapped up | finished up | closed out | closed off | finished off | finished working on | (finished|completed) (the|my|our)? work on | ticked off | checked off | crossed off | knocked out | polished off | nailed | smashed out? | crushed | banged out | cranked out | hammered out | powered through | pushed through | got through | dealt with | took care of | sorted | (managed|was able|were able) to (finish|complete|close|close out|resolve|wrap up)",
    # A machine checks hourly or nightly, whoever does it in each quarter has it as a task.
    "by_hand": "(the|my|our) (weekly|monthly|quarterly|yearly|annual|biannual|bi-weekly|fortnightly) (!{machine_report}) {WORD}{WORD}? (check|checks|inspection|inspections|cleanup|clean-up|review|audit)",
    "did_apart": "wrapped | closed | finished",
    "got": "got | just got | gotten",
    "did_thing": "finished | completed | wrapped up | finished up | finished off | finalised | finalized | finished with",
    "the_following": "the following | all (two|three|four|five) | all of (them|those) | these | those | all of these | all these | (these|those) ({kinds}|ones|two|three)",
    "has_got": "(just|finally|now)? (got|gotten)",
    "state": """
        QUOTE? (done|complete|completed|finished|closed|resolved) QUOTE?
        | TICK (done|complete|completed|finished|closed|resolved) TICK""",
    "is": "is | are | 's | is now | are now | 's now | is been",
    "good": "(good|fine|ok|okay|safe|all set) (to be (closed|resolved)|to close|for (closing|closure))",
    "ready": "{good} | ready (to be (closed|resolved)|to close|for (closing|closure))",
    "may_be": "can (now|also|both|all|safely|then|therefore|finally)*",
    "has_been": "(has|have) (just|now|both|all|finally|already)? been | 's been",
    "fully": "100 PCT | entirely | wholly | literally | just this (minute|second) | now | already | finally | fully | completely | successfully | officially | all | both | just | also",
    # "today" beside a mere state may be a plan; beside a verb of the past it is a time.
    "lately": "now | already | in full | 100 PCT | {ago} | right now | as we speak | yesterday | finally | at last | just now | since? this morning | last night | since yesterday | successfully | completely | too | as well | as of (now|today|this morning|yesterday)",
    "surely": "{fully} | entirely | totally | absolutely | definitely | really | truly",
    "when": "{lately} | today | this afternoon | earlier today | earlier | {while_ago}",
    "ago": "like? (a (minute|moment|second|sec|min|while|bit)|an (hour|hr)|a few (minutes|hours|mins)|a couple of (minutes|hours)|({number}|two|three|five|ten|{FIGURE}) (minutes|mins|min|hours)) ago",
    "while_ago": """
        over the weekend | earlier (this|today) (morning|week|afternoon)? | before lunch""",
    # Where somebody was adds nothing to what was done.
    "place": "(on|from) (the|my) (train|bus|plane|tram|ferry|sofa|couch|way (home|in|to (work|the office))|commute|road) | (from|at) home | (in|from|at) (bed|the (airport|office|hotel|cafe|beach|park|pub)) | (over|during|at|before|after) (lunch|breakfast|coffee|dinner)",
    "on_day": "(on|last) (monday|tuesday|wednesday|thursday|friday|saturday|sunday)",
    # By itself "was done" may have been undone since; with a time it is news.
    "dated": "today | yesterday | just now | this (morning|afternoon) | last night | earlier today | {while_ago}",
    "i": "(i|me) (and|AND) {WORD} | i | weve | i hv | iv | i've | ive | i have | we | we've | we have | have | i also | i've also | i have been",
    "i_am": "(i|me) are | i'm | im | i 'm | i am | we're | we are | am",
    # What names work: issues by key ...
    "kind": "task | ticket | story | issue | bug | item | card | subtask | sub-task | epic | jira | jira ticket | jira issue | user story | one",
    "kinds": "tasks | tickets | stories | issues | bugs | items | cards | subtasks | sub-tasks | epics | jiras | jira tickets",
    "key": "KEY | HASH KEY | OPEN KEY CLOSE | TICK KEY TICK | QUOTE KEY QUOTE",
    "number": "1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10",
    "between_keys": """
        (COMMA|SEMI)? (NL (DASH|{number} (DOT|CLOSE))?|and|AND|plus) also? | COMMA | SEMI | SLASH | as well as""",
    "keys": "{key} ({between_keys}? {key})*",
    "work": "WORK | APPOSED",
    "several": "all | both | (all|all of|both of)? (the|my|our|these|those) | two | three | four | five | {number}",
    # ... or by a plain phrase. Documents are finished by people only; "the import is done" may be a machine's news.
    "issue_noun": nouns.ITEM,
    "document": f"({nouns.DOCUMENT}) ({nouns.REVISION})?",
    # Words that are orders elsewhere, as a part of a name.
    "compound": "(office|desk|team|warehouse|server|house|month|month-end|month end|year-end|year end|quarter|quarter-end|quarter end) (move|close|closing)",
    "machine_task": nouns.MACHINE_TASK,
    "automatic": nouns.AUTOMATIC,
    "sold": nouns.SOLD,
    "told": nouns.TOLD,
    "machine_report": nouns.MACHINE_REPORT,
    "account": nouns.ACCOUNT,
    "made": nouns.MADE,
    "platform": nouns.PLATFORM,
    "another": " | ".join(
        (
            nouns.AUTOMATIC,
            nouns.EVENT,
            nouns.PEOPLE,
            nouns.PARTIAL,
            nouns.ELSEWHERE,
            nouns.VERBS,
            nouns.ADVERB,
            "task | ticket | story",
        )
    ),
    "effort": "migration | integration | implementation | cleanup | clean-up",
    "creation": "{made} | page | pages | component | module | schema | screen | endpoint | endpoints | fix | bug fix",
    "stage": nouns.STAGE,
    "part_of_it": f"{nouns.PARTIAL} | {nouns.PEOPLE}",
    "free": "(!{part_of_it}|{platform}|{document}|{stage}|{deed}) {WORD}",
    # What a bug is to its author, the assistant of a tracker calls an issue as well; "the login issue" is the bug.
    "flaw": "FLAW | ISSUE | MATTER",
    "thing": "ITEM | {flaw} | THING",
    "one": "(this|that) one",
    "given": """
        (that|which)? (i|we) (was|were|am|are|had|have|have been|'ve been|been) (working on|assigned to?|doing|given|on)
        | (that|which)? you (gave|assigned|sent|handed) to? (me|us) | (assigned|given) to (me|us)""",
    "whole": "(for|of|about|into) ((the|our|my|all)? (!{platform}) {WORD} 's? {WORD}?{WORD}?|{month}|{FIGURE}) (!{more})",
    # A word that goes on with a name, and is no word of time, thanks or cheer behind it.
    "more": "(!{surely}|{lately}|{when}|guys|folks|{cheer}|{thanks}|{please}|{farewell}|{remark}) {WORD}",
    "bare_thing": "task | ticket | story | subtask | sub-task | (all|both) of? (the|my|our|these|those)? (two|three|four|five|assigned|open)? (tasks|tickets|stories|subtasks) | (the|my|our|these|all these) (tasks|tickets|user stories|subtasks)",
    "bare_document": "{compound}? (!{stage}) {document} | report | reports",
    "untracked": "{machine_task} task | {sold} (ticket|tickets) | {told} (story|stories)",
    "bare_item": "(!{deed}|{untracked}|{automatic} task) {WORD} ((!{untracked}|{automatic} task) {WORD})? (task|ticket|story|subtask|sub-task)",
    "whole_named": "{whole} | (for|of|about) (PIECE|MADE|THING|EFFORT|ITEM|{flaw}|{month}|(!{platform}) {WORD}{WORD}?)",
    "finished_with": "{work} | ITEM | {flaw} | THING | EFFORT | PIECE | {bare_document}",
    "finished_by_us": "ITEM | {flaw} | THING | EFFORT | PIECE | MADE | {one} | (all|both)? (my|our|the) (tasks|tickets|stories|subtasks)",
    "named": "{WORD}{WORD}?{WORD}? (bug|{issue_noun}|{document}|{effort}|{creation})",
    "it": "it | this | that | them | this one | that one | both | these | both of them",
    "due_to": "(it is|it 's)? (high|about)? time to | (let 's|lets|let us) | we should (be able to)? now? | {it} needs? to",
    "possible": "((are|is) (you|{anyone}) able|(is it|would it be) possible|possible) to",
    "should": "(need|needs) (closing|to be (closed|{marked} {to_state})) | should (now|also|therefore)* be (closed|{marked} {to_state})",
    "for_done": "(COMMA|DOT|EX|DASH|NL|SEMI)* (since|because|as|now that)? ({it}|they) ({is}|{has_been}) {fully}* {plainly_done} {lately}*",
    "close_it": "{it} (out|off|down)? | the same | them (all|both)",
    "keys_or_thing": "{work} | {thing} | PIECE | MADE | {it} | (the|this|my) (issue|bug)",
    "closable": "ITEM | {one}",
    # Ways to ask.
    "at_once": "asap | immediately | right away | straight away | at once | real quick | rq | quickly",
    "please": "please | pls | plz | kindly",
    "polite": """
        {please}? (can|could|would) (you|u|ya) {ask_word}* (go ahead and|be able to|be (so|very)? (kind|nice) (as to|and|to)|be a (dear|star|gem|hero|sweetheart|legend) and)?
        | will (you|u) {please} | {please}? (can|could|would|will) {anyone} {ask_word}* (go ahead and)? (!resolve) | any chance (you|u|{anyone}) (can|could) {ask_word}* (!resolve)
        | (is|are)? {anyone} (able|free|around) to (!resolve)""",
    "anyone": "(someone|somebody|anyone|anybody) (here|else|there|around)? | one of you | some kind soul",
    "ask_word": "please | pls | plz | kindly | just | now | also | quickly",
    "ask": """
        {please} | {polite} | (please|kindly)? (go ahead|proceed) (and|to) | (you|u|we) (can|may) (now|also|just|safely|then)* | feel free to | (i'd like|i would like|i want|i need) (you|u) to
        | {anyone} {please} (!resolve) | {please} {anyone} (!resolve) | {please}? do the needful and | (i|we)? request (you|u) to ({please})* | be (so|very) kind as? (and|to)
        | ({please}|just|quickly|quick) COMMA?""",
    "mark": "mark | pop | stick | place | advance | record | log | register | set | flag | move | transition | change | put | push | drag | switch | update | flip | turn | drop | slide | bump | shift | send",
    "marking": "marking | setting | moving | transitioning | changing | putting | switching | updating | flipping | pushing | flagging | dragging",
    "marked": "marked | moved | transitioned | set | put | changed | switched | flipped",
    "as": "off? as | (along|across|over)? to | into | in | on | ARROW | over to | as being | COLON",
    "from_state": "from (the? (in progress|in review|review|in testing|testing|to do|todo|open|backlog|qa|doing|ready for review) {column}?)",
    "column": "column | status | state | lane | section",
    "to_state": "(both|all)? {please}? {from_state}? {as}? the? (fully|completely)? {state} ((and|AND|SLASH) {state})? {column}?",
    "close": "close | resolve | close out | close off | close down | tick off | check off",
    "close_apart": "close | wrap",
    "all_named": "all (two|three|four|five|six|{number})? | all of them | both of them | both",
    "may_now": "(may|could) (now (also|both|then|safely)* {closed_too}|(also|both|safely)* {closed_too} now)",
    "closed_too": "be (closed (out|off)?|resolved|{marked} {to_state})",
    "closing_of": "closing | resolving | closing out | closing off",
    "asked_politely": "(now (!that))? {at_once}? (for (me|us))? {at_once}? now? (COMMA? {please})? (for (me|us))? now?",
    # What may stand around a completion without saying anything.
    "writing_up": """
        writing up? | drafting | preparing | designing | building | translating | updating | editing | polishing | creating | putting together | documenting | rewriting
        | reworking | redesigning | refactoring | revising | proofreading | organising | organizing | tidying up? | cleaning up | setting up | filling (in|out) | submitting
        | archiving | transcribing | labelling | labeling | tagging | migrating | restructuring | formatting | drawing up? | sketching | illustrating | typing up?""",
    "stop": "COMMA | DOT | EX | DASH | COLON | NL",
    "everyone": "team | all | everyone | everybody | folks | guys | bot | updraft | AT",
    "greeting": """
        (hi|hey|hello|hiya|heya|heyy|hii|howdy|yo|sup|oi|hola|morning|mornin|afternoon|evening|gm|good (morning|afternoon|evening|day)|greetings)
        ({everyone}|there|{WORD})? ({everyone}|{WORD})? {stop} | dear ({everyone}|{WORD}) COMMA? | ({pal}|{everyone}) COMMA | there {stop} | ({pal}|guys|folks|peeps|yo|(hi|hey|hello|hiya) {WORD}) (!and|AND|{stop}|{busy}) | (morning|mornin|gm|good (morning|afternoon|evening|day)) ({everyone}|there)? (!{event}) | (hi|hey|hello|hiya) (again|there|bot|updraft|team|all|everyone|folks|guys)?""",
    "pal": "sir | madam | maam | ma'am | boss | mate | bro | dude | bud | buddy | chief | mates | lads | friends | fam | man",
    # What shows that who is named first is who did it.
    "busy": "{fully}* ({did}|{did_apart}|{marked}|done|got|are|is|was|were|have|has|had|'s|will|should|can|who|that|need|needs)",
    "event": nouns.EVENT,
    "thanks": """
        (thanks|thank you|thx|ty|ta|tq|tks|thank u|cheers|tnx|tysm|many thanks|muchas gracias|gracias|merci|big thanks|kudos) (a lot|so much|very much|a million|again|in advance|a bunch)?
        ({everyone}|all|guys)? (for (waiting|bearing with me|the wait|(the|your|all your|all the) (help|support|review|reviews|patience|work|feedback|time|input|assistance)) ({everyone}|all)?)?""",
    # Directly before "finished" a mention is who finished.
    "mention": "AT (!and|AND|{fully}* ({did}|{did_apart}|{marked}|got)) | AT {stop}",
    # An answer to somebody: what is done then is what they asked for.
    "hearer": "you | you all | everyone | everybody | all | the team | you guys | u",
    "ack": """
        (ok|okay|k|kk|alright|all right|alrighty|aight|yes (!COMMA? right)|yep|yeah (!COMMA? (right|sure))|yup|yea (!COMMA? (right|sure))|yeap|sure (!COMMA? (right|sure|yeah|yes))|great|cool|perfect|nice|good|awesome|ya (!COMMA? (right|sure))|also|so (!done|finished|complete|over|not)|well (!done|finished|said|not)|well COMMA|right COMMA|(ok|okay|alright|all right|right) COMMA? so COMMA?)""",
    "preface": """
        (just|a|one|some|more|another|my|the|here 's)* (quick|small|short|brief|tiny|little|minor|daily|weekly|good|great|excellent|fantastic|amazing|awesome|happy
        |status|progress|eod|morning|evening|afternoon|standup|sprint|project|task|ticket|friday|monday)* (update|updates|news|note|heads up|heads-up|info|win|message|ping|one|announcement|status|fyi|psa|report)""",
    "cheer": """
        all good | yay | yayy | yayyy | hooray | hurray | hurrah | omg | omfg | omgg | gosh | oh my god | lesgo | lessgo | lets goo | lets gooo | lets goooo | lfg | wahoo | woot | booyah | boo ya | bingo | lovely | brilliant | splendid | superb | amazing | ayy | ayyy | eyy | yass | yasss | yes yes | woohoo | wohoo | woo | woop | phew | whew | boom | bam | tada | ta-da | finally | yess | yesss | hallelujah | huzzah | voila | voilà | success
        | victory | mission accomplished | job done | at (long)? last | there we go | here we go | there you go | that 's that | sweet | excellent | wonderful
        | fantastic | oh (!sure|right|great|yeah) | ah | hm | hooah | yippee | whoop | wow | oof | guess what | nice one | all set | happy (days|friday|monday) | thank (god|goodness|heavens) | whoop whoop | woo hoo | listo | good (news|stuff) (everyone|all|team)? | great (news|stuff) (everyone|all|team)? | smashed it | nailed it | crushed it | killed it | big (win|day) | quick win | small win | party time""",
    "news": """
        {preface} ({everyone}|team|from me)? {stop} | (psa|standup|news) COLON | confirmed {stop} | fyi | just fyi {stop}? | just? a? (heads up|heads-up) ({stop}|that)? | (yesterday|eod|daily) COLON | btw | {cheer}
        | (and|so)? (that 's|this is|that was|this was) the last (one|of them|ticket|task|item|bug|story)? (for (today|now|me|this week))? {stop}
        | (ngl|ok|well)? (it|that|this)? took (me|us)? (a|quite a|me a)? (while|bit|time|forever|ages|long|(all|the whole) (day|week|morning|afternoon|night|weekend)|longer than (expected|planned|i thought|thought)|(two|three|four|five|{number}) (days|hours|weeks)) (but|COMMA but|COMMA) | (a|little)? (bit|little) late but
        | (sorry|apologies|my apologies) (for|about) the (delay|wait|late (update|reply)) {stop}? | (sorry|apologies) (i'm|im|it 's|a bit|bit|a little|so)? late (but|COMMA but|COMMA) | (it was)? a? (long|tough|hard|big|busy|tricky) (day|one|week|night) (but|COMMA but) | what a (day|week|ride|journey|night) {stop}
        | i? hope (you are|you're|your|all is|everyone is|you are all) (doing|all)? (well|good|fine) {stop} | sorry it took (so|this)? long {stop} | (as|like) i said {stop}
        | (i'm|i am|im|we are|we're)? (so|very|really|super)? (happy|glad|pleased|delighted|chuffed|proud|thrilled|excited|relieved|stoked) to (report|say|announce|share|confirm|(inform|tell) {hearer}) that? | {hearer} (will|'ll|would) be (happy|glad|pleased|relieved) to (hear|know|learn) that? | you'll be (happy|glad|pleased|relieved) to (hear|know|learn) that?
        | just? letting {hearer} know that? | (i'm|i am)? just? (writing|here)? to? let {hearer} know that?
        | (i|we)? just? (want|wanted|would like) to (let {hearer} know|(tell|inform) {hearer}|say|report|mention|confirm|share) that?
        | (i'd|we'd) like to (let {hearer} know|inform {hearer}|report|announce|confirm) that? | (please be|be) (informed|advised) that? | (this is|i'm writing|writing)? (just|hereby)? to (inform|notify|tell|update) {hearer} that?
        | (this is|i'm writing|writing|just|hereby)* to (confirm|say|report|announce|note) that? | (i|we)? hereby (confirm|report|declare|announce) that? | kindly note that?
        | as (discussed|promised|agreed|requested|planned|expected) COMMA? | for the record COMMA? | just? so (you|everyone) (know|knows) {stop}?
        | (and|so)? that 's it {stop} | (small|quick) win {stop}
        | (this is)? just? a? (quick|small|short)? note (that|COLON|to say) that? | for your information {stop}* | as of (now|today|this morning|yesterday) {stop}?
        | please note that? | (a|just a|one)? quick one {stop}? | quickly {stop}? | small one {stop} | last one {stop} | and | note COLON
        | (confirming|i confirm|i can confirm|just to confirm) (that|COLON)?""",
    "opening": "{WORD} (and|AND) (!(!i|me)) | DASH? OPEN x CLOSE | (update jira|jira update) (COLON|COMMA) | one less {stop} | (big|huge|many|special)? thanks to (all|everyone|everybody|the team) {stop}? | {thanks} (all|everyone|team|guys|folks) (for waiting)? (!{busy}|for|{stop}) | cc AT+ | (hence|therefore|thus) | (ok|okay|alright|hey|well) (team|folks|guys|everyone|everybody) {stop}? | wrapping up COLON | updraft (COMMA|COLON) | bot COMMA | {greeting} | {thanks} ({everyone}|{WORD})? {stop} | {ack} | {news} | {mention} | {stop} | {number} (DOT|CLOSE)",
    "farewell": """
        (have|enjoy) (a|an|your|the) (nice|great|good|lovely|wonderful|awesome|relaxing)? (rest of (your|the))? (weekend|day|evening|afternoon|night|one|lunch|week|holiday|holidays|break|vacation)
        | see (you|ya) (all|guys)? (tomorrow|later|soon|around|then|there|on? monday|next week)? | (bye|byee|goodbye|ciao|cya|ttyl|tty|ttfn|brb|bbl|bbs|afk|laters|peace|night|night night|(good night|night|bye|ciao) ({everyone}|guys)|good night|bye bye|nighty night) | talk (to you)? (soon|later|tomorrow)
        | happy (friday|weekend|holidays) | tgif | over and out | (i'm|im|i am)? (signing|logging|heading|clocking) (off|out|home|to bed)+ (now|for (the day|today|tonight))? | (i'm|im|i am|and)* (going|gone|off) (home|to bed|to sleep|for (a|the)? (run|walk|swim|weekend|night|lunch|coffee)) now? | (i'm|im|i am) off now? (!to) | (i'm|im|i am|and)* off to (lunch|bed now|bed|the next one|sleep|the gym|the pub|(get|grab) some? (lunch|coffee|a coffee)) | calling it a day
        | that 's (it|all) (for (today|now)|folks) | time for (coffee|a coffee|lunch|a break|a beer|the next one)""",
    "remark": """
                sorry (for|about) the (delay|wait|late (update|reply)|noise) | sorry (it|that|this) took (so|this)? long | (that|it|this)? took (a|quite a)? (while|forever|ages|bit) | that was (fun|quick|easy|fast|a tough one|a long one|a big one)
        | easy (peasy|one) | easy peasy lemon squeezy | it was a (long|tough|big|hard|fun) one | (what|that was) a (long|tough|big|hard|fun) one | (time|now) for (a|some)? (nap|drink|beer|tea|coffee|cake|break|lunch|pizza|sleep|bed) | beer time | coffee time | lunch time | bed time | what a (relief|ride|week|day|journey) | feels (good|great) | you 're welcome | much appreciated | appreciate it | (i|we) appreciate it | great (work|job|teamwork) ({everyone}|all|team)? | good (job|work) ({everyone}|all|team)
        | no rush | (i'm|im) (so|very|really)? (happy|glad|relieved) | (thanks|thank you) for (the|your|all the|all your) (help|support|patience|review|reviews|work|feedback|time) ({everyone}|all|{WORD})? | nothing (left|more) to do (here|on it)? | no (open|further|more|remaining|other) (points|questions|todos|to-dos|items|tasks|work|actions|action) (left|open|needed|required|remaining)? | onwards | one less | let 's go | hope that helps
        | lol | lool | lolol | haha | hahaha | hehe | heh | xd | fr | frfr | ezpz | ez | easy | too easy | yeet | no cap | (so|super|very|really) (happy|glad|relieved) | good (riddance|stuff|times)
        | (thanks|thank you|kudos|cheers|thx) to (all|everyone|everybody|the team|the whole team|you all) | yay me | over to you | in time | in record time | (with|and) time to spare | with help from {WORD} | going to lunch | c you (tomorrow|soon|later|monday|around)? | as always | af | my bad | soz | sorry (again|all|everyone|guys)?""",
    # With what a clause may begin without a joint: "close DEV-12 it's done", "DEV-12 done pls close".
    "unjoined": "{please} | it | they | closing | WORK | APPOSED",
    # What comes before a question or an order, and makes a question of a claim.
    "prelude": "(a|just a|just|one|another)? quick question {stop}? | question {stop}",
    "joint": "hence | therefore | thus | COMMA | ARROW | DOT | SEMI | EX | NL | DASH | and | AND | so | also | too | as well | {thanks} {stop} | {number} (DOT|CLOSE)",
    "closing": """
        {stop} | {please} | {cheer} | {stop} next (one|task|ticket|please)? | {farewell} | {remark} | (cheers|regards|best regards|kind regards|best) (COMMA|NL)* {WORD}?
        | {thanks} (COMMA|DASH|NL|EX|DOT)* ({everyone}|{WORD})? | {everyone} | {pal} | for me | btw | fyi | have a (nice|great|good) (day|weekend|evening|one) | cc AT | and? that 's (it|all) ((from|for) me)? | enjoy (your|the) (day|evening|weekend|rest of (your|the) day) | moving on (now|to the next (one|task|ticket|thing|item))? | next (please|one|up) | (no (further|more) action|nothing (else|more)) (is|are)? (needed|required|to do) (here|from (me|us))? | on to the next one? | let me know if (you need anything else?|you have any? questions|(there is|there 's|you need) anything else) | (in|on) (jira|the board)
        | by (me|us) | as (discussed|planned|agreed|requested|promised|expected) | on time | on schedule | ahead of (time|schedule|plan)
        | (since|because|as|now that) ({it}|they|{work}) ({is}|{has_been}) {fully}* {plainly_done}""",
    # What figures are asked for.
    "items": """
        tasks | issues | tickets | bugs | stories | story points | points | cards | subtasks | sub-tasks | items | task | ticket | issue
        | bug | epics | jiras | things | defects | prs | pull requests""",
    "who": "i | we | the team | team | my team | our team | AT | {WORD}",
    "achieve": """
        finish | complete | close | resolve | accomplish | achieve | deliver | ship | work on | do | fix | get done | create | open
        | start | handle | solve | merge""",
    "achieved": """
        finished | completed | closed | resolved | accomplished | achieved | delivered | shipped | worked on | done | fixed | created
        | opened | solved | in progress | merged""",
    "show": """
        ({please}|{polite_ask})* (show|give|tell|send|get|generate|create|make|pull|pull up|print|list|display|prepare|run|fetch
        |calculate|compute|share|see|check|view|build)""",
    "asking_for": """
        (i'd|i would|i) (want|need|like|would like) to? (see|have|get|know|check)? | (can|could|may) (i|we) please? (have|get|see|know)
        | (what|how) (is|are|was|were|'s|about) | let me see | {please} | looking for""",
    "figure": """
        productivity | stats | statistics | metrics | completion rate | completion rates | velocity | burndown | burn-down | throughput
        | cycle time | lead time | productivity score | productivity report | score | kpis | kpi | performance
        | performance report | performance stats | completion stats""",
    "loose_figure": "output | figures | numbers | rate | report | summary",
    "which_figure": """
        productivity | completion | velocity | throughput | performance | work | task | ticket | issue | jira | progress | sprint
        | personal | cycle time | activity | closing | close | delivery""",
    "whose": "a | an | the | my | our | this | some | team | team 's | {WORD} 's | last | overall | current",
    "every": "weekly | monthly | daily | quarterly | sprint | week 's | month 's | today 's | yesterday 's | week | month | today",
    "report": """
        report | reports | summary | overview | stats | statistics | figures | numbers | recap | review | digest | breakdown | metrics
        | progress""",
    "month": """
        january | february | march | april | may | june | july | august | september | october | november | december""",
    "period": """
        (for|in|during|over|from|since|of)? the? (today|yesterday|(this|last|past|previous|current) {ANY}? (day|days|week|weeks|month
        |months|quarter|sprint|year)|so far|(last|past) {ANY} (days|weeks|months)|{month}|monday|tuesday|wednesday|thursday|friday)""",
    "about_period": "((for|of|in|from|over|since|on|per|by|during|about|compared|vs|versus) {FEW})? {period}? {please}?",
    "request_end": "(for me)? ({please}|{thanks} {everyone}?|{everyone}|COMMA|QM|DOT|EX|NL|DASH)* {END}",
    # E-mail and leave.
    "write": """
        write | send | compose | draft | put together | prepare | create | shoot | drop | fire off | reply with | word | formulate | generate | make | need""",
    "mailing": "template | templates | notification | notifications | job | jobs | service | server | flow | queue | address | addresses | field | validation | integration | worker | module | parser | provider | client | sending | delivery | bounces | alerts | link | links | support | is",
    "mail": "email | e-mail | mail | emails | e-mails | mails",
    "on_leave": "leave | pto | time off | vacation | days off | day off | holiday | holidays",
    "mail_kind": """
        resignation | farewell | welcome | apology | thank you | thank-you | thanks | follow-up | followup | follow up | reminder | cover
        | introduction | intro | invitation | status | leave | notice | vendor | client | customer | announcement | escalation
        | request | reply | wfh request | update | rejection | complaint | onboarding | maternity | paternity | handover | goodbye""",
    "i_feel": "i've (got|caught) | i have | fever | a | flu | the flu | cold | COMMA | AND | and | so | today | today COMMA",
    "need_to": """
        (i|we) (need|have|want|would like|must|should|wish) to | (i'd|we'd) like to? | (i|we) (want|need|would like) you to | time to
        | (i'd|i would) like you to | (i'd|i would) like""",
    "polite_ask": "(can|could|would|will) (you|u) (please|pls|kindly|just|help me|help me to|help)? | (can|could|may) i | would you mind",
    "leave": """
        {leave_kind}? (leave (!{link})|leave of absence) | pto | time off | time-off | vacation | vacation (day|days) | (full|half)? (day|days) off | half-day off | half-day
        | half day | (sick|vacation|personal|free) (day|days) | holiday | holidays""",
    "link": "me | us | it | him | her | them | the | this | that | these | those | a | an | my | your | KEY | as | alone | out | behind | open",
    "quantity": "a | an | one | two | three | four | five | 1 | 2 | 3 | 4 | 5 | 10 | some | my | the | for | few | couple | of | more | days | weeks | week | hours | short | new",
    "leave_verb": """
        need | want | like | wish | request | requesting | apply for | applying for | apply | applying | ask for | asking for | submit | submitting | take | taking | book | booking
        | put in | use | get | file | file for | (can|could|may) (i|we) have""",
    "leave_when": """
        for | from | on | until | to | starting | due | because | tomorrow | today | next | this | as | since | in | {request_end} | COMMA
        | monday | tuesday | wednesday | thursday | friday | mon | tue | tues | wed | thu | thur | thurs | fri | tmrw | DOT | plus | and | AND""",
    "tooling": "form | forms | page | system | calendar | feature | flow | api | button | job | process | tool | export | approval | approvals | module | screen | balance | days | policy",
    "leave_kind": """
        sick | medical | annual | parental | maternity | paternity | vacation | emergency | personal | compassionate | bereavement
        | casual | paid | unpaid | half day | half-day | one day""",
    "recipient": """
        manager | boss | vendor | client | customer | customers | supervisor | team lead | lead | hr | director | landlord | supplier
        | partner | team | it (support|desk) | helpdesk | help desk | support | finance | legal | procurement | accounting | billing | sales | marketing | payroll | facilities | reception
        | everyone | everybody | all staff | ops | compliance | security | stakeholders | stakeholder | accountant | recruiter""",
}
"""Phrases by name, in the language of patterns."""

PHRASES = (
    ("WORK", "(the|my|our) {WORD}{WORD}? (bug|ticket|task|story|issue) {key}"),
    (
        "WORK",
        "(!{deed}) {WORD}{WORD}? (bug|ticket|task|story|issue) OPEN KEY CLOSE | {free}{free}{free}? OPEN KEY CLOSE",
    ),
    (
        "WORK",
        """
        (all of|both of|all)? (the|these)? (following|these|those) ({kinds}|ones|{number} {kinds}?)? (COLON|DASH|NL)+ {keys} | {several} ({number}|two|three|four|five)? {kinds} {keys} | {keys} (and|AND|with|plus|including) (all|all of)? (its|it 's|their|the) (subtasks|sub-tasks) | (the|my|our|this)? {keys} (task|ticket|tickets|story|issue|bug|item|card|epic|jira|work) | (all|all of|every|each)? (the|my|our|its)? (open|remaining)? (tasks|subtasks|sub-tasks|todos|to-dos|items|steps|action items|work items|points|things|bits|parts|task|step) (for|in|on|of|under) {keys} | the {keys} | (both|all of)? ((the|my|our|this|these)? ({kind}|{kinds}))? {keys} | ((the|my|our|all|all the|all of the)? work|everything) (on|in|for) {keys}""",
    ),
    ("ISSUE", "this jira? issue (!{more})"),
    ("MATTER", "the jira? issue (!{more})"),
    (
        "ITEM",
        "(the|my|our) ({WORD}?{WORD}? (!{untracked}) {WORD})? {issue_noun} ({given}|{whole})? (!{more}) | (this|that) {issue_noun} (!{more})",
    ),
    (
        "FLAW",
        "(the|my|our) {WORD}?{WORD}? (jira|issue|bug) {whole}? (!{more}) | (this|that) (bug|issue) (!{more})",
    ),
    # Of "this crazy page" a person may be done in another sense.
    (
        "THING",
        "(the|my|our) {FIGURE}? (report|reports|{WORD}?{WORD}?{WORD}? (!{machine_report}) {WORD} (report|reports)|{compound}? {WORD}?{WORD}?{WORD}? {document}) ({given}|{whole})? (!{more}) | (this|that) {document} (!{more})",
    ),
    ("EFFORT", "(the|my|our) ({WORD}?{WORD}? {effort}|{WORD}{WORD}? (setup|rollout)) {whole}? (!{more})"),
    ("PIECE", "(the|my|our) ({FIGURE}|{WORD}) {WORD}?{WORD}? (!{another}) {WORD} {whole}? (!{more})"),
    ("MADE", "(the|my|our) {made} {whole}? (!{more})"),
    (
        "APPOSED",
        """
        WORK OPEN {free}{free}{free}?{free}? CLOSE
        | WORK (OPEN (ITEM|{flaw}|THING|{named}) CLOSE|COMMA (ITEM|{flaw}|THING) COMMA)
        | (ITEM|{flaw}|THING|EFFORT|PIECE|MADE) (OPEN WORK CLOSE|COMMA WORK COMMA|WORK)
        | (the|our|my) (last|final|next) (one|ticket|task|item|story|bug) (COMMA WORK COMMA|WORK)
        | (!(!{ANY}{ANY}?{ANY}?{ANY}?{ANY}? WORK)) (!{deed}) {WORD}?{WORD}? (bug|{issue_noun}|{document}|{effort}|{creation}) WORK""",
    ),
)
"""What names work, as the token that stands for it; applied in this order."""

# The words one of which every completion contains.
HEADS = vocabulary(
    """done finished completed complete closed resolved finalised finalized wrapped set close resolve closing resolving wrap tick ticked check checked crossed
    strike cross donezo dunzo solved crushed banged cranked hammered powered pushed finalise finalize
    knocked handled dealt plate nailed smashed took taken sorted finish complete done-done bag finito bed line polished"""
)

REQUEST_HEADS = vocabulary(
    """how what which number count total productive productivity stats statistics metrics report reports summary overview recap velocity
    burndown burn-down throughput performance kpi kpis rate figures numbers breakdown digest summarise summarize score email e-mail
    mail emails mails e-mails leave pto vacation holiday off sick ooo out-of-office list output tasks tickets issues bugs stories points prs defects things
    time write draft compose time-off cycle lead progress review office line lines note message letter ill unwell"""
)

# Words that cannot be a name or part of the name of a piece of work: they deny, limit, judge, ask, or are somebody's doing.
RESERVED = vocabulary(
    """jk lol lmao psych asap haha hah nvm half-finished half-done half-baked tentative interim provisional temporary upcoming planned proposed expected former latter cancelled canceled rejected
    abandoned fourth fifth penultimate earlier soo sooo soooo semi quasi somewhat lousy useless pointless endless constant never-ending neverending toxic hellish hideous
    dreadful wretched freaking frigging darn dang godforsaken miserable exhausting tedious tiresome nasty nightmare parent child sibling related linked blocking dependent upstream downstream a an the and or but not no nope nah nor never none nothing neither without almost nearly half part partly partially most mostly
    some few several rest remaining first second third last next previous initial preliminary draft final only other another same
    wrong right old existing main basic easy hard original actual so-called except besides minus still yet until till by for of to in
    on at with from into over under about after before since while when if unless once whether though although because than then that
    this these those there here it its he she they them his her their your yours you someone somebody anyone everybody everyone nobody
    i me we us is are was were be been being am do does did done doing don't dont doesn't didn't isn't aren't wasn't weren't won't wont
    hasn't haven't hadn't hasnt havent will would shall should can can't cant cannot could couldn't couldnt shouldn't wouldn't may might
    must maybe perhaps probably possibly hopefully apparently supposedly allegedly reportedly presumably have has had having get gets
    got getting need needs want wants try trying hope hopes wish think thinks thought guess guesses believe believes claim claims hear
    heard expect expects ask asks asked finished finish finishing complete completed completing close closed closing resolve resolved
    resolving mark marked marking move moved moves set moving make made go going said says say told tells tell wrote writes stupid damn
    damned bloody fucking silly dumb crappy annoying endless shitty goddamn fucked awful terrible horrible cursed stinking boring
    ridiculous crazy insane whole entire fully hardly barely scarcely rarely seldom all any each every both either more less much many
    too also just already now soon later tomorrow today tonight yesterday ever again back up down out off away how why what which who
    whose where un non unfinished undone incomplete unresolved open opened reopen reopened reopening blocked pending partial sort kind
    bit lot ok okay please thanks ain't isnt arent wasnt werent didnt doesnt let lets let's stop avoid keep leave consider considered considering revert undo fake
    failed failing broken basically technically theoretically practically virtually essentially roughly kinda sorta kindof seems seem
    looks look like unlike untested unverified unmerged undeployed unreviewed unreleased unsure train bus flight plane concert movie parking lottery n't instead supposed unlikely likely unable zero nil nada wait hold as via using per through despite due during within like against across including
    excluding modulo sans barring xcept cept duplicate dup invalid wontfix obsolete"""
)

ASKING = vocabulary(
    """how what why who when where which whose is are was were does do did can could would should will has have am may might shall any
    anyone anybody isn't aren't doesn't don't didn't what's who's where's how's whats does"""
)

ORDERING = vocabulary(
    """add remove edit rename change link unlink attach unassign reassign fetch ping subscribe watch create assign show list find remind summarize summarise translate explain tell give help delete schedule book generate
    suggest describe define compare convert calculate make let"""
)

SMALL_TALK = vocabulary(
    """hello hi hey thanks thank morning afternoon evening weekend lunch coffee breakfast dinner birthday weather holiday holidays
    vacation happy love lol haha welcome congrats congratulations bye goodbye cheers party joke movie football beer sorry nice awesome
    wow cool everyone funny interesting amazing boring tired excited bored interested confused
    scared hungry thx ty"""
)

# Words that report by themselves when a message begins with them.
DOING = vocabulary(
    """tested fixed implemented deployed merged refactored debugged investigated reproduced reviewed released migrated shipped rewrote
    rewritten optimised optimized integrated configured documented upgraded patched hotfixed reverted unblocked pushed committed rebased
    profiled benchmarked automated provisioned investigating debugging testing fixing implementing deploying migrating refactoring
    reviewing integrating finished completed closed resolved rolled added updated removed started working worked waiting wip finishing
    stuck chasing triaged verified validated prototyped drafted cleaned renamed replaced switched bumped installed enabled disabled
    wrote created changed improved reduced increased built discovered found identified discussed met synced paired spent hit moved
    extracted simplified cached indexed mocked stubbed scaffolded designed sketched presented demoed shared sent called escalated
    blocked continuing continued preparing prepared writing planning analysing analyzing analysed analyzed looking looked checking
    checked rewriting building adding updating cleaning setting struggling learning reading researching researched learned split
    closing resolving confirmed wrapped got made ran tuned chased talked profiling profiled lost took"""
)

# ... unless they stand for anything, as in "got it".
LIGHT = vocabulary(
    "got made took lost hit met looking looked reading waiting working struggling talked called made found lost"
)

# To whom such a word is said: "got your mail" answers somebody.
HEARERS = vocabulary("you your yours")

# What a message begins with that only looks like a verb.
IDLE = vocabulary(
    """nothing something anything everything morning evening wondering thinking feeling going being having meeting during according king
    thing bring spring string getting asking interesting amazing boring sing ring wing need speed feed indeed hundred red bed led shed
    tired excited bored interested confused scared"""
)

# What follows "have" or "will" in a question; in a report they follow a silent "I".
SUBJECTS = vocabulary(
    """you u i we they he she it this that these those the a an my our your his her their any anyone anybody someone somebody everyone
    everybody all there AT KEY"""
)

SIGNS = DOING | vocabulary(
    """issue issues bug bugs review reviews qa uat test tests ci build builds pipeline pr prs branch commit commits release releases
    hotfix patch deploy deployed deployment deployments migration regression crash crashes crashed timeout timeouts error errors
    exception exceptions outage incident root-cause cause leak bottleneck latency flaky failing failed fails passes passing passed
    green red broken breaks broke ticket tickets task tasks story stories sprint backlog feature features export import endpoint
    endpoints api apis schema database db query queries index cache queue queues service services server frontend backend module
    component components parser library dependency dependencies config configuration docs documentation spec unit integration e2e
    coverage refactor refactoring rewrite merge rollout rollback done finish complete progress pending blocker blockers customer
    customers client vendor legal design approval feedback access credentials certificate certificates job jobs worker workers logs
    log alert alerts dashboard monitoring metrics script scripts tomorrow remaining still halfway half close resolve mark ready spike
    poc ui ux button page form login checkout payment payments invoice auth staging production prod fix fixes works webhook webhooks now finally longer
    retry logic token tokens session sessions memory cpu proxy cluster container image docker kubernetes helm terraform redis postgres
    kafka safari chrome firefox android ios mobile version flag flags toggle environment env load performance benchmark security
    vulnerability xss encryption permission permissions validation layout css accessibility translation handling cleanup wrapper
    estimate estimates points subtask subtasks epic standup demo prototype mockup mockups requirement requirements acceptance criteria
    scope deadline eta hold investigation debugging"""
)

CLASSES["deed"] = " | ".join(sorted(DOING))

# What may stand before the word that a report begins with.
LEAD_INS = vocabulary(
    """i i've ive i'm im we we've we're have has will had did am are is been also just still today yesterday now ok hi hey hello update fyi currently
    finally almost mostly busy this morning afternoon so and"""
)

# What may stand before a question.
ADDRESSES = vocabulary(
    "hi hey hello so and but ok okay please team all quick question btw guys everyone morning good"
)

# Words that tell English from other languages.
COMMON = vocabulary(
    "the a is are to of and in on for with it this that i you we not was be have has my please done by at from"
)

# What a question for figures is about (`engine.routing.asking`) ...
MEASURES = vocabulary(
    """productivity stats statistics metrics velocity burndown burnup burn-down burn-up throughput performers kpi kpis cycle-time lead-time cycle
    workload"""
)
# ... also where somebody's work is meant.
LOOSE_MEASURES = vocabulary(
    """numbers figures output performance progress report reports summary recap overview score results trend trends average avg median percentage percent share rate
    rates ratio chart charts graph breakdown history contribution contributions pace lead productive busy efficient speed achievements
    accomplishments digest scorecard"""
)
SHOWING = vocabulary(
    """show list give tell get pull plot chart graph display compute calculate compare summarise summarize recap count see know fetch
    print draw visualize visualise wondering curious break remind lmk"""
)
# What may come before such an order.
COURTING = vocabulary(
    """please pls plz can could would will you u i we i'd we'd i'm im am to me hey hi hello updraft COMMA DOT EX AT so and just also kindly
    quickly let us help want need like wanna COLON DASH QM morning good thanks everyone team all"""
)
WORKERS = vocabulary(
    "i my our we us team squad teams i've we've ive i'm we're im mine ours who whose which everyone everybody anyone dev devs developers"
)
TIMES = vocabulary(
    """today yesterday week weeks weekly month months monthly quarter quarterly q1 q2 q3 q4 sprint sprints iteration year yearly day days
    daily monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october
    november december jan feb mar apr jun jul aug sep sept oct nov dec lately recently h1 h2 ytd fortnight"""
)
COMPARING = vocabulary(
    """than more less fewer most least slower faster better worse compare compared comparison versus vs average avg median usually behind
    ahead long fast quickly often many much top best"""
)
ACHIEVING = vocabulary(
    """finish complete close resolve accomplish achieve deliver ship fix finished completed closed resolved accomplished achieved
    delivered shipped done fixed closing finishing completing resolving shipping fixing burn burned burnt open opened created create
    through solved solve knocked knock wrapped reopened worked working work"""
)
PLANNING = vocabulary("should shall will next must tomorrow when once until if")
MANNER = vocabulary("how where why")
ITEMS = vocabulary(
    """tasks issues tickets bugs stories points cards subtasks sub-tasks items task ticket issue bug story epics jiras things defects prs
    work stuff everything"""
)
# Writing what is sent by mail, and the parts of a program that mail is only the subject of.
WRITING = vocabulary(
    "write draft compose prepare formulate word phrase reply respond answer send generate turn make"
)
MAIL = vocabulary("email e-mail mail")
MAILING_MACHINES = vocabulary(
    """template templates notification notifications job jobs service server flow queue address field validation integration worker
    module service parser fails fail failing broken works slow"""
)
YES_OR_NO = vocabulary("is are am was were do does did have has had will would should can could may might")
# Whose throughput or performance is nobody's work.
MACHINES = vocabulary(
    """server servers service services api apis cpu memory cluster kafka query queries database db redis postgres pipeline build builds
    disk network endpoint endpoints page website site app model algorithm cache queue driver kernel vpn wifi laptop gpu ram rocket
    caching job jobs container pod pods nginx proxy bandwidth command script library function user customer users customers sales
    revenue traffic errors requests logs log vacation holiday holidays pto birthday weather people guests"""
)
FIGURE_WORDS = (
    MEASURES
    | LOOSE_MEASURES
    | TIMES
    | COMPARING
    | WORKERS
    | ITEMS
    | vocabulary(
        """what did do done standup end quick short the a any by type kind priority assignee project completion only just me of for in this last previous past current and to by per on over time times lead cycle completion QM DOT COMMA EX AT AND DASH
    COLON NL SLASH 's please pls thanks so far since from during two three four 1 2 3 4 5 6 7 8 9 10 12 14 30 60 90 me personal closed
    open done created completed resolved close closing resolve finish complete fix"""
    )
)
