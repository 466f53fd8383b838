"""What words mean to the comparison of a draft with its update: synonyms, opposites, verbs of work, marks of doubt.

Lists are data. A word on the left stands for all on its line; everything is compared by stem, whole words only.
"""

from engine.checks.stems import stem, word_set

_SYNONYMS = """
fix: fix resolve repair correct patch rectify hotfix remedy squash solve solution resolution remediate sort
complete: complete finish done finalise finalize conclude accomplish completion close wrap closed fulfil deliver
implement: implement build develop code create add introduce write make produce establish author draft put
deploy: deploy ship release rollout launch live push publish promote
test: test tests tested testing
investigate: investigate debug look dig analyse analyze examine diagnose explore inspect triage trace research explored
determine: determine identify find found discover pinpoint locate spot detect notice observe figure track isolate root narrow
review: review
approve: approve approval accept greenlight lgtm ok okay okayed
merge: merge
remove: remove delete drop eliminate strip kill clean cleanup purge clear prune
change: change modify update adjust alter edit tweak amend revise refresh adapt rework
move: move migrate migration transfer relocate port switch shift convert
refactor: refactor restructure rewrite reorganise
increase: increase raise jump spike grow rise bump up higher extend climb
decrease: decrease reduce lower cut drop shrink down lessen lowered fell fall decline
upgrade: upgrade bump
start: start begin initiate commence began kick started launch
stop: stop halt cease pause suspend
continue: continue keep proceed ongoing resume carry
work: work
fail: choke fail failure break broken broke crash error bug issue problem defect fault red flaky trouble fall exception incident malfunction misbehave glitch regression
pass: pass green succeed success successful passing
wait: wait waitingon await pending hold
block: block blocked blockedby blocker impede stall stalled stuck hinder
slow: slow sluggish lag latency delay
fast: fast quick speed faster quicker rapid
notify: notify inform tell told message ping contact reach email mail let alert communicate
say: say said report tell told state mention claim note indicate advise explain inform according accordingto confirm
ask: ask request requested requesting query
meet: meet meeting call sync discuss discussion talk spoke speak chat conversation
verify: verify verification validate validation check confirm confirmation validated double
enable: enable activate on
disable: disable deactivate off
show: show display render appear present visible
wrong: wrong incorrect inaccurate invalid bad erroneous improper
missing: missing absent lack lacking
cause: cause because reason root since
user: user customer client people
document: document documentation write-up readme wiki guide
server: server host machine box instance
environment: environment env
page: page screen view
bug: bug issue defect problem error fault
need: need require requirement necessary needto needed must
help: help assist support
send: send sent
get: get receive obtain got
repository: repository repo
schedule: schedule plan planned
prepare: prepare ready
pr: pr
team: team group
script: script
task: task ticket issue item story
todo: todo outstanding remaining remain left open pending
temporary: temporary interim workaround stopgap fornow provisional
intermittent: intermittent intermittently sporadic sometimes occasionally flaky random randomly
handle: handle deal address tackle process manage
revert: revert rollback undo back restore
connect: connect hook wire link integrate
set: set setup configure configuration config install provision
people: people users
large: large big huge
small: small minor tiny little
improve: improve better enhance optimise optimize improvement
query: query queries
load: load
application: application app
picture: picture image
email: email mail
request: request requests
retry: retry rerun
replace: replace swap substitute switch
speed: speed fast quick
duplicate: duplicate double dupe
correct: correct right proper correctly properly
login: login signin
information: information data details
run: run ran execute execution
return: return returns give
vendor: vendor supplier provider
expire: expire expired expiry
postpone: postpone delay defer push slip
deadline: deadline due
leave: leave vacation off away
stable: stable steady
available: available up reachable
ensure: ensure guarantee promise
conflict: conflict clash collide collision overlap
"""

_OPPOSITES = """
outcome: fluent pass work function succeed success successful green ok okay fine healthy operational stable good well available up reachable resolved | choke fail failure broken broke crash error red flaky down dead die bust kaput borked hosed hang unavailable unreachable unstable unhealthy badly poorly malfunction misbehave timeout
amount: high increase jump spike rise grow raise higher more up climb went-up | low decrease reduce lower drop fewer less cut shrink fell decline down lose
speed: fast faster quick quicker | slow slower sluggish
switch: enable activate | disable deactivate
existence: add create introduce include | remove delete drop exclude eliminate
access: allow permit grant unblock | deny forbid block reject refuse prohibit
opened: open reopen | close
verdict: approve accept approved | reject decline refuse deny
quality: improve better improvement | worsen worse degrade deteriorate
mood: positive good great | negative poor bad
truth: false | genuine
begin: start begin resume continue | stop pause halt cease
order: before beforehand | after afterwards afterward
size: large big | small tiny
severity: critical severe major | minor trivial cosmetic
level: upgrade bump | downgrade
attach: connect attach | disconnect detach
internal: internal | external
consent: optin | optout
public: public | private
early: early earlier | late later
valid: valid | invalid
right: correct right | wrong incorrect
lock: lock | unlock
same: same identical equal | different
bound: minimum min | maximum max
atbound: atleast | atmost upto
quantity: toomuch | toolittle
intent: purpose intentional intentionally deliberate deliberately intended | accident accidental accidentally unintended unintentional inadvertently bug
price: cheap cheaper cheapest inexpensive | expensive pricey costly dear
age: newest latest | oldest
extent: biggest largest | smallest
pace: fastest quickest | slowest
feeling: happy satisfied pleased glad | upset angry annoyed unhappy disappointed dissatisfied
day: notbefore | notafter
overunder: over above exceed | under below
manual: manual manually | automatic automatically automated
direction: deploy apply | rollback revert
length: short brief shorter | long lengthy longer
span: extend extended lengthen prolong | cut shorten shortened
width: wider broader | narrower
weight: heavier | lighter
heat: warmer hotter | colder cooler
often: always constantly consistently | never sometimes occasionally intermittently sporadically rarely
left: left | right-hand
"""


def _groups() -> dict[str, str]:
    groups: dict[str, str] = {}
    for line in _SYNONYMS.strip().splitlines():
        name, words = line.split(": ", 1)
        for word in words.split():
            groups.setdefault(stem(word), name)
    return groups


def _poles() -> dict[str, tuple[tuple[str, int], ...]]:
    poles: dict[str, tuple[tuple[str, int], ...]] = {}
    for line in _OPPOSITES.strip().splitlines():
        name, sides = line.split(": ", 1)
        for sign, words in zip((1, -1), sides.split(" | "), strict=True):
            for word in words.split():
                poles[stem(word)] = (*poles.get(stem(word), ()), (name, sign))
    return poles


GROUPS = _groups()
"""Stem -> the group of words that say the same."""
POLES = _poles()
"""Stem -> the pair of opposites it belongs to, and which side (1 or -1)."""

STOP = word_set(
    "a an the this that these those it its it's i me my mine myself we us our ours you your he him his "
    "she her hers they them their theirs who whom whose which what is am are was were be been being isn't "
    "i'm i've i'd i'll it'll we're we've we'll they're they've that's there's there here has have had "
    "having do does did doing done's get gets got getting will would shall should can could may might "
    "must to of in on at by for from with into onto upon about as than then so too very just also and or "
    "but nor if while when where why how up down out off over under again further once both each few more "
    "most other some such only own same s t now please thanks thank hi hello hey ok okay oh ah yes no not "
    "well really actually basically quite pretty rather much many lot lots bit still yet already even "
    "ever never always currently presently soon later next previously recently finally first last lastly "
    "additionally furthermore moreover however therefore thus hence meanwhile regarding concerning "
    "respect within across per via between among through during against let lets let's go goes went going "
    "come comes came see seen said guys all everyone everything anything something nothing thing things "
    "stuff way one ones any anyone someone somebody nobody none either neither because since though "
    "although unless until whether like seems goingto needto sofar notyet nolonger anymore inorder sothat "
    "todo wip today one's it'd sure kind sort maybe perhaps probably possibly likely apparently unsure "
    "ithink hopefully partof except atleast atmost upto atm fornow whole entire fully entirely completely "
    "oneof totally partially partly almost nearly mostly half every"
)
"""Words without content of their own."""

FRAME = frozenset(
    stem(word)
    for word in word_set(
        "proven prove difficult difficulty complex complexity challenge challenging anticipate anticipated estimate approximate approximately roughly subsequently instance initial initially primarily mainly specifically respectively accordingly thereof therein hereby overall general generally comment feedback commence "
        "conclude concluded accomplish accomplished execute executed undertake undertaken pursue explore utilise utilize leverage apply applied enable enabled allow allowed permit facilitate modify modified modification adjustment alteration enhancement update updates revision indicate indicates suggest suggests appear imply reveal demonstrate "
        "observation finding findings outcome effect impact affect affected contain contains include includes including consist comprise cover covers match correspond remain stay persist persists continue continues last longer extended additional extra further another different similar same several multiple various numerous few certain "
        "clarify clarification response respond responded reply answer contact coordinate coordination communicate communication discuss discussion meeting schedule scheduled reschedule rescheduled postpone postponement delay delayed time date day week period until begin beginning prior ahead forward upcoming future past present presently immediate immediately "
        "proper properly functional functionality functioning operate operational operation behave behavior behaviour condition state situation scenario context environment basis approach solution option choice decision decided select selected chosen choose choice prefer preferred favor favour opt opted arrangement agreement commitment commit attempt try tried effort "
        "person people individual member everyone colleague party side part component element aspect detail details information data content text name value amount quantity size level degree extent range limit limited limitation restriction restricted constraint exclusive exclusively sole solely compare compared comparison versus relative prior previously formerly "
        "intact untouched unaffected separate separately division divide divided split combine combined together along alongside merge unify place placed position located location put putting set setting establish established bring brought lead led cause caused reason due root underlying source origin originate follow follows followed following subsequent consequent "
        "machine device computer system tool application program software code codebase module unit file entry entries record item list number count figure rate ratio percentage majority minority remainder rest balance portion half quarter third double triple increase decrease reduce raise lower drop rise grow shrink reach reached bring high low large small big "
        "quick quickly slow slowly soon shortly later early late brief briefly temporary permanent permanently interim workaround final finally last first initial step phase stage round iteration attempt run runs running execution started starting ends ended ending finish finished done ready prepared preparing preparation "
        "discover discovered locate detect detected notice noticed realise realize understand understood learn learned know known unknown unclear clear clearly evident apparent certain uncertain sure confident confidence confirmation guarantee promise possible possibly probable likely unlikely potential potentially chance probability "
        "successful unsuccessful success fail failed failure unable inability capability ability capable manage managed able cannot prevent prevented avoid avoided stop stopped stopping keep kept hold held maintain maintained retain retained preserve preserved leave left remove removed removal eliminate eliminated delete deleted take taken "
        "originally actual actually real true correct incorrect wrong error mistake trouble problem question inquiry enquiry ask asked request requested require demand need needed necessary unnecessary essential important priority urgent critical main major minor key base basic advanced original new old current existing available unavailable accessible "
        "touch touched handle handling care attention look looking see seen view viewed show shown display displayed present presented provide provided give given send sent deliver delivered supply supplied submit submitted hand handed pass passed get got obtain obtained receive received gain acquire acquired collect collected gather gathered "
        "concerned regarding pertaining relating associated linked connected tied attached belonging via through using means way manner method procedure process order sequence turn case event occasion occurrence circumstances intended intention intentional deliberate plan planned planning goal objective target aim purpose sake resume resumed "
        "update status progress task ticket issue item work working worked works activity step effort matter "
        "note following regard implementation change changes item complete completed continue continuing "
        "begin start started remain remains remaining pending outstanding plan planned schedule expect "
        "expected current aware inform require required needed need address addressed handle handled involve "
        "involved perform performed conduct conducted carry relate related associated ensure place currently "
        "ongoing team result aim intend proceed attention additional report reported occur occurring make "
        "made take taken put set use used using have new confirm available able unable provide provided "
        "receive received cause caused identify identified find found appear appears observe observed "
        "encounter encountered experience experienced exist existing resolve resolved fix fixed bug error "
        "problem implement implemented add added create created introduce develop developed await awaiting "
        "waiting success successful part portion case time point side area once upon completion way end "
        "purpose order process processing version key person user investigation show shows displayed "
        "correctly properly failure failing fail fails unresolved incomplete prior subsequent previous "
        "earlier number total total certain specific respective particular"
    )
)
"""Words that professional rewording adds around the facts without adding one."""

NEGATORS = word_set(
    "0 didnot unsuccessful not no never none nothing nobody neither nor without cannot couldnot hardly barely scarcely nolonger "
    "notyet n't lack lacks lacking don't doesn't didn't isn't aren't wasn't weren't can't "
    "couldn't won't wouldn't shouldn't hasn't haven't hadn't mustn't needn't ain't zero unsuccessful "
    "unsuccessfully"
)

HEDGES = word_set(
    "would tryto attempt maybe perhaps probably possibly likely apparently supposedly seemingly presumably allegedly "
    "reportedly ithink unsure seems seem seemed seemingly appears appear appeared might may could "
    "hopefully suspect suspects suspected assume assumed assuming guess think thinks thought believe "
    "believes believed expectedto expected supposedto should somewhat potentially potential possible "
    "uncertain reckon reckons reckoned estimated presumes presume presumed guesses guessed suspicious questionable afaik iirc afaict imo imho tentatively tentative unconfirmed unclear hunch feels feel "
    "suspecting suspicion doubt doubtful doubts suggests suggest suggesting indicates indicate hypothesis theory hope "
    "hopes hoping presumed unverified"
)
"""Marks of doubt or opinion."""
SPEECH = word_set(
    "complaining complain say claim mention says said say saying told tells claims claimed claim reported reports reportedly mentioned mentions "
    "accordingto heard hears announced stated states confirmed confirms thinks believes suspects "
    "suspected noted notes advised advises indicated per informed suggested suggests complained complains reckons reckon insists swears"
)
"""Verbs by which somebody else's word is passed on."""
CONDITIONS = word_set(
    "whenever every during while each without only solely if unless provided aslongas assoonas incase depends assuming whether should otherwise once when "
    "until after before pending upon following waitingon blockedby contingent subject conditional prior "
    "requires require required awaiting needs providing"
)
"""Marks in a draft that keep a condition."""
HARD_CONDITIONS = word_set("whenever if unless provided aslongas assoonas incase depends assuming")
"""Marks in an update that make a condition."""
SOFT_CONDITIONS = frozenset(["once", "when", "until", "after", "before"])
"""Marks that make a condition where what follows is still to come."""
SAID_CONDITIONS = word_set(
    "subject contingent conditional pending otherwise only without requires require required needed necessary following upon prior depend whether"
)
"""By what words a draft says a condition without making a clause of it."""
BEFORE_WHETHER = word_set(
    "know knows say says tell see check checks checking wonder wondering ask asked asking unsure sure clear unclear unknown confirm tell verify test determine investigate even as what matter"
)
"""Words after which "if" and "when" make no condition: "let me see if", "even when"."""
AFTER_SHOULD = [[low] for low in "the a an any no there you we they it this that i anyone".split()]  # noqa: SIM905 - reads as a list
"""What stands after "should" where it makes a condition."""
FIRM_HEDGES = word_set(
    "maybe perhaps probably possibly apparently supposedly presumably might ithink unsure hopefully seems allegedly reportedly guess suspect likely"
)
"""Doubt that a draft says of each thing it is said of."""
WEAK_HEDGES = word_set(
    "would should may attempt tryto feel feels thought hope hopes hoping expected expectedto supposedto somewhat theory estimated hypothesis assuming assume assumed doubt doubts indicates indicate believe believes believed appear appears"
)
"""Words that doubt only sometimes."""
NOT_SPEAKERS = word_set(
    "user person request head item page unit row line seat order customer shift team run job file team"
)
"""After "per", what is counted and says nothing."""
NOUNS_OF_SPEECH = word_set("states reports claims mentions report claim")
"""Verbs of speech that name things, too."""
PART_FAMILIES = (
    word_set(
        "only just solely exclusively merely alone single sole limited last remaining remains if specifically"
    ),
    word_set("temporary temporarily fornow interim workaround provisional stopgap currently meantime now"),
    word_set("almost nearly practically virtually close about"),
    word_set("except otherwise but excluding besides apart remaining"),
    word_set(
        "sometimes occasionally occasional intermittently intermittent sporadically sporadic rarely random randomly times cases flaky"
    ),
    word_set("half halfway 50% 50"),
    word_set("most mostly majority largely bulk mainly primarily predominantly"),
)
"""Words of a part that may stand for each other."""
PARTS = word_set(
    "oneof otherwise waitingon awaiting pending blocked blockedby onethird twothirds onequarter threequarters almost nearly mostly partially partly half some most partof except only part portion majority "
    "initial largely several subset basically roughly partial bulk somewhat few many practically "
    "virtually halfway excluding incomplete remaining remains remain todo wip rest outstanding first "
    "preliminary minus but limited"
    " temporary temporarily workaround fornow interim provisional stopgap sometimes occasionally occasional intermittently intermittent sporadically sporadic rarely random randomly times cases occasions certain permanent"
)
"""Marks that less than the whole is meant."""
HARD_PARTS = word_set(
    "oneof onethird twothirds onequarter threequarters almost nearly mostly partially partly half some most partof except only temporary temporarily workaround fornow interim provisional sometimes occasionally intermittently sporadically rarely majority largely "
    "partial bulk practically virtually halfway excluding otherwise"
)
WHOLES = word_set(
    "all fully entirely completely totally every everything entire whole wholly everywhere always "
    "everyone each both 100%"
)
FUTURE = word_set(
    "will 'll goingto needto todo shall should must tomorrow upcoming planned schedule scheduled next "
    "soon later expectedto plan plans intend aim notyet supposedto want would"
)
NOMINAL_TODO = word_set(
    "pending outstanding remaining remain remains left todo upcoming planned scheduled next needed "
    "required needto waitingon blocked blockedby awaiting follow follows later open due tbd expectedto "
    "goingto readyfor incomplete"
)
NOMINAL_DOING = word_set("wip ongoing underway continues continuing currently progressing active")
NOMINAL_DONE = word_set(
    "done complete completed finished over in ready closed fixed merged live up available"
)
CLAIMS: dict[str, str] = {
    "successfully": "success", "seamlessly": "quality", "thoroughly": "quality", "thorough": "quality", "comprehensive": "quality", "comprehensively": "quality", "significantly": "quality", "significant": "quality", "robust": "quality", "robustness": "quality",
    "efficiently": "quality", "smoothly": "quality", "extensively": "quality", "extensive": "quality", "carefully": "quality", "rigorous": "quality", "rigorously": "quality", "optimal": "quality", "reliability": "benefit", "efficiency": "benefit", "stability": "benefit", "maintainability": "benefit", "scalability": "benefit",
    "ensure": "purpose", "ensures": "purpose", "ensuring": "purpose", "ensured": "purpose", "improving": "benefit", "improve": "benefit", "improves": "benefit", "improved": "benefit", "enhance": "benefit", "enhances": "benefit", "enhancing": "benefit", "enhanced": "benefit", "preventing": "purpose", "prevents": "purpose",
    "resulting": "cause", "thereby": "cause", "leading": "cause", "because": "cause", "allowing": "purpose", "enabling": "purpose", "optimizing": "benefit", "optimising": "benefit", "streamlining": "benefit", "thanks": "cause", "hence": "cause", "therefore": "cause", "consequently": "cause", "perfectly": "quality", "flawlessly": "quality", "greatly": "quality", "dramatically": "quality", "substantially": "quality", "effectively": "quality",
    "properly": "quality2", "inorder": "purpose", "sothat": "purpose", "boosting": "benefit", "boost": "benefit", "guarantee": "benefit", "guarantees": "benefit", "eliminating": "benefit", "minimizing": "benefit", "maximizing": "benefit", "enabled": "", "stemmed": "cause", "attributed": "cause",
}  # fmt: skip
"""Words by which drafts claim more than was said, with the kind of claim."""
CAUSE_WORDS = word_set(
    "because since so therefore thus hence cause caused causes causing reason due thanks as result "
    "resulted resulting consequently why fault culprit turns root broke breaks"
)

WORK_VERBS = frozenset(
    stem(word)
    for word in word_set(
        "speak fix resolve repair correct patch complete finish finalise finalize close implement build develop "
        "code create add introduce write deploy ship release launch push publish test review approve merge "
        "remove delete drop change modify update adjust move migrate transfer port switch refactor "
        "restructure rewrite increase reduce upgrade start begin stop continue investigate debug analyse "
        "analyze identify find document notify inform send verify validate check confirm enable disable "
        "configure install set rollback revert restore schedule plan prepare design discuss meet talk call "
        "contact ask request add integrate connect reproduce monitor optimise optimize clean improve run "
        "rerun retry benchmark measure escalate assign split open reopen rename replace handle address audit "
        "scan rotate renew backup archive export import submit order pay invoice hire interview demo present "
        "train onboard draft assess estimate evaluate block unblock report log file raise record wire extend "
        "bump cut cover mock stub lint format render cache index seed squash rebase commit tag pin downgrade "
        "provision scale tune profile translate localize localise wrap extract inline generate parse map hook "
        "expose rollout handled signed wait deliver cancel postpone delay accept reject decline learn "
        "research triage back rebuild automate sync publish unlock lock reset encrypt mask tidy bisect trace "
        "instrument scaffold prototype done speak receive obtain decide agree choose select pick assist pair watch spike outline compare collect gather clarify tweak"
    )
)
HARD_VERBS = frozenset(
    stem(word)
    for word in word_set(
        "test deploy release ship merge review approve notify verify validate migrate delete "
        "rollback revert monitor refactor upgrade benchmark publish escalate "
        "optimise optimize launch backup restore encrypt automate audit interview confirm"
    )
)
"""Work that cannot be read into an update that does not name it."""
GENERIC_DONE = frozenset({"complete"})
IRREGULAR_PAST = word_set(
    "done wrote written built sent found ran made broke broken began begun got put set cut read went gone "
    "took taken gave given told said spoke met kept left lost paid held shut split hit led fed drew drawn "
    "chose chosen shown seen grown thrown driven flown drawn hidden sped rebuilt rewrote rewritten rerun reran rollback taught bought brought caught "
    "understood"
)


RELATED: dict[str, frozenset[str]] = {
    "review": word_set("investigate verify test feedback"), "test": word_set("investigate verify pass fail qa run"), "verify": word_set("test review investigate say pass work check see"),
    "approve": word_set("agree say good"), "notify": word_set("ask say meet send"), "merge": frozenset(), "deploy": word_set("live out up"), "refactor": word_set("split change clean remove move simplify"),
    "move": word_set("change replace"), "document": word_set("write"), "revert": word_set("remove undo"), "schedule": word_set("todo postpone move"), "meet": word_set("ask say pair demo"), "monitor": word_set("watch investigate eye"), "optimiz": word_set("fast speed decrease improve"),
    "improve": word_set("fast speed decrease increase"), "cancel": word_set("remove stop disable dead"), "upgrade": word_set("change move increase"), "send": word_set("email"),
}  # fmt: skip
"""Work that may be called by another's name: what the update must name for the draft to say the left."""
ACHIEVING = word_set("complete pass fix work success determine implement reproduce possible")
"""Success of any kind; denying one denies the others."""
OPENING = word_set("start investigate ask meet prepare determine say notify send wait schedule")
"""Work whose being done leaves its object open."""
NEGATIVE = NEGATORS | word_set(
    "unless except fail fails failed failing unable remains remain remaining pending outstanding todo blocked blockedby waitingon missing prevents prevent absence lack stopped excluding excluded "
    "withheld hold held wait postponed avoid instead unrealistic impossible cancelled cancel skipped open unchanged stop avoid rejected declined refused away unavailable untouched insteadof declining decline silent depleted unknown doubt wontfix"
)
"""Words that make a clause negative without a "not"."""
NOT_LESS = word_set("less unless nevertheless nonetheless regardless doubtless stateless serverless")
"""Words that end like those that lack something, and do not."""
RELEASING = word_set("unless until before without")
"""What ends a denial: "not before the audit" is "only after the audit"."""
RELEASED = word_set("only requires require required needs need needto must first once provided aslongas if")
"""By what words that is said without a denial."""
ESTIMATES = word_set("eta due estimate estimated eod eow tonight tomorrow expectedto soon")
"""Words of an update by which something is still to come though its verbs tell of the past."""
PAST_RESULTS = word_set("did went ran gone passed failed died signed arrived through hadto")
"""Words that tell of something that is over."""
SOFT_NEGATIVES = word_set(
    "unsure off disabled same despite little few somehow stays stay remains remain leaving leave leaves null alone gone only instead otherwise least"
)
SOFT_STEMS = frozenset(
    map(
        stem,
        word_set(
            "drop remove delete stop lose lack miss refuse decline abandon discontinue disappear cancel"
        ),
    )
)
"""Words that may say without a "not" what another text denies."""
KNOWING = frozenset(map(stem, word_set("know known clear sure certain idea clue understand")))
NOT_KNOWN = word_set("unsure unknown uncertain unclear know known clear idea clue investigating")
"""By what words one says that one does not know."""
PREFERS = frozenset(
    map(stem, word_set("prefer prefers preferred choose chose chosen pick picked favour favor"))
)
HINDERING = frozenset(GROUPS.get(stem(word), stem(word)) for word in word_set("block wait hold"))
"""What is neither done nor to be done: being blocked, waiting."""
NO_TODO = word_set("needed required necessary need cannot can't won't")
"""Words by which a denial is more than that something is still to do."""
POLE_CANONS = frozenset(GROUPS.get(base, base) for base in POLES)

WANTS = word_set("need needs want wants wanted require requires requested requests")
"""Words of a clause that asks for something still to come."""
RELATED["say"] = word_set("verify test work pass see ok approve agree tell know")
TOPICS = word_set(
    "documentation integration regression unit e2e configuration dashboard alert report memory cpu latency queue cache database index schema migration api endpoint frontend backend server security encryption authentication authorization "
    "permission password token logging metric monitor pipeline build deployment staging production docker kubernetes branch release customer client vendor stakeholder manager qa budget cost revenue deadline audit compliance performance scalability "
    "timeout network firewall dns certificate backup replica cluster load thread concurrency race deadlock leak subscription duplicate validation typo mobile tablet desktop browser android ios windows linux macos accessibility translation design mockup wireframe invoice "
    "payment checkout cart order refund email notification webhook session cookie login signup upload download export import search filter sort pagination billing shipping inventory analytics"
)
"""Things that a draft may speak of only where the update or the issue does."""
TOPIC_STEMS = (
    frozenset(map(stem, TOPICS))
    - FRAME
    - frozenset(map(stem, word_set("report alert test review load check order export import search filter")))
)
FAILING = word_set(
    "conflicts fails failing failed broken broke breaks red crashing crashes hangs hanging flaky stuck"
)
"""Words of a clause whose thing is in trouble now."""

LOOKING = word_set(
    "open reproduce log file record raise note speak decide determine investigate test verify review ask say meet show notify work start wait get"
)
"""Work that mends nothing."""
STRONG_HEDGES = word_set(
    "maybe perhaps might possibly apparently supposedly allegedly reportedly presumably unsure unconfirmed"
)
"""Doubt that nobody adds for politeness."""
UNSURE = word_set("unsure if try trying eta sure pretty guess about approx around roughly estimate some")
"""Words of an update by which a draft's doubt is not its own."""
THINGS = word_set(
    "ci log logs error message test tests build docs documentation report page screen monitoring console script output linter compiler metrics dashboard profiler debugger"
)
"""What "says" something without being somebody."""
COLOURS = word_set("blue yellow white black orange grey gray purple pink colour color button")
"""Words beside which green and red are colours."""
PLANS = word_set("should expectedto supposedto hopefully hope")
"""Doubt that a draft may word as a plan where the update speaks of the future."""
KEEPS_DOUBT = word_set(
    "whether if question feedback looks unknown investigation investigate investigating confirmation uncertain sure certain confident estimated approximately roughly efforts suggest propose proposed recommend option consider considering intermittent "
    "feasible would opinion view unrealistic probable probability chance"
)
"""Words of a draft that keep a doubt without naming it."""
KEEPS_DUTY = word_set("insteadof needto todo shall required need needs require requires suggest must")
KEEPS_SPEECH = word_set(
    "estimate estimates estimated expect expects expected approved approve approval asked requested agreed agrees agree feedback complaint reports report requests per via by from confirmation accept accepts accepted"
)
"""Words of a draft that keep whose word something is."""
SUCCEEDED = word_set("works pass passed success ok fine green well smooth smoothly working worked")
"""Words of an update that allow "successfully"."""
TROUBLES = word_set("fail bug affect impact wrong concern object objection complaint complain")
SOUND = word_set("fine good well ok okay stable healthy unaffected")
"""What a text says of a thing that another calls free of trouble."""
