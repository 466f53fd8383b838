"""Words that may stand for each other in a rewording, though they do not mean the same everywhere."""

from engine.checks.stems import stem

_ALIKE = """
fail break crash die choke error exception problem issue trouble fault outage kaput bust dead stop fall abort wrong
fail bounce reject refuse unsuccessful unable cannot time timeout
broken faulty defective damaged corrupt corrupted garbled malformed invalid mangled
wrong incorrect off inaccurate bad mistaken misaligned erroneous invalid
work function operate run behave pass succeed fine ok okay good normal healthy correct correctly problem issue properly
clean clear free empty affect problem issue error
happen occur arise appear take see observe experience result
go move proceed head switch
get receive obtain have see retrieve fetch arrive come deliver
see notice observe find spot visible view display encounter experience
show display render present indicate appear reveal return list
say state mention report tell claim indicate note explain inform according advise suggest describe complain
tell inform notify say let know advise
ask request query inquire enquire want
want need require prefer like wish request desire would
need require must necessary should depend
think believe opinion suspect assume feel consider expect view guess estimate
guess estimate reckon approximate rough
know clear aware unknown unclear idea clue certain sure
try attempt aim effort work trying
retry attempt again repeat rerun
help assist support benefit effect
change modify alter update adjust edit switch revise rework amend touch
touch change modify start edit alter
bump raise increase upgrade update
raise increase lift extend bump open create file escalate
lower reduce cut decrease drop shrink trim bring down minus less
drop fall decrease decline reduce remove discard abandon lose
grow increase rise climb expand build
expand extend increase enlarge resize grow add
double twofold twice
slow sluggish long delay lag latency
fast quick quicker speed faster rapid improve
fix solve resolve repair correct address sort patch mend cure remedy gone handle
finish complete end conclude close done through ready
finish end stop over
close shut complete finalise book
begin start initiate launch commence kick open
start boot launch begin run restart come up
restart reboot relaunch bounce reset kick restart
stop end halt cease discontinue die expire shut abandon terminate
wait pending hold await outstanding postpone until delay
hold keep retain withhold pause wait
keep retain remain stay leave maintain preserve continue save
leave depart exit away remain off stay abandon quit bail
bail abandon leave drop quit exit
stay remain keep continue persist
still remain continue yet
left remain remaining outstanding open rest todo
rest remainder remaining other others everything
miss lack absent lost without gone missing outstanding
lose drop loss missing lost
block prevent stop impede stuck stall hold hinder wait
stuck block hang freeze stall blocked halted
hang freeze stall stuck unresponsive
wire connect hook set configure link integrate
wired connect configure set
connect link join attach couple connection
disable off deactivate switch turn shut
enable on activate switch turn
shut off down disable close switch
remove delete drop take strip clear eliminate gone purge discard rid
clear flush purge empty clean drain gone process
add include introduce put insert create append new write extend
write add create draft author compose produce
make create build produce do render
build make implement develop create compile construct
code implement write develop build program
put place set add move
set configure define assign plan schedule establish
move migrate shift transfer relocate port reschedule postpone change convert
migrate port convert move transfer
push postpone delay defer move publish release upload
upload push send submit
send mail deliver submit forward provide transmit pass share return give
share send provide publish
give provide supply hand offer return grant
provide supply give send offer hand
return come give back send
bring take move lower raise
take last require need accept use
use utilise employ apply run rely
call invoke use request hit name phone
hit reach press trigger encounter exceed
reach hit attain achieve
hammer overload flood hit strain swamp
overload overwhelm strain
die crash fail stop expire end
die expire terminate decommission retire
kill terminate stop end
roll deploy release revert restore
ship release deploy deliver launch
deploy release roll ship live publish
release publish ship patch issue out
patch fix update release upgrade hotfix
live production deployed
out available released away absent unavailable
available ready up out online live
offline unavailable away down out
away absent leave off out vacation holiday
leave vacation holiday pto off
sick ill unwell
kid child children son daughter
dad father mum mother
boss manager lead
person people someone somebody user individual human
customer client user account
guy person people colleague
people user person everyone staff employee
hire engage recruit employ employee
buy purchase order acquire procure
pay payment settle
sell sale sales
order buy request purchase
bill invoice billing
cheap inexpensive low
pricey expensive costly
enough sufficient suffice adequate
messy cluttered untidy
silent quiet unresponsive
offer do give provide
spit output produce print export
stale outdated old unused
choke fail stumble
expensive costly dear high
big large huge major great
small little minor tiny few low
few small several couple handful number
couple two few several
several few multiple some various
many numerous lot large majority much several
most majority mostly largely
all every each entire whole everything full
half 50
part section portion bit piece component some
bit section part piece slightly
thing item matter stuff issue
stuff thing item material task
item point thing entry
piece part
step stage phase
dash dashboard board
dashboard board panel
dlq queue letter dead
queue backlog line
backlog queue pile
box machine server host instance vm
machine host computer server laptop
page screen view form
screen page view display mask
form page screen
button btn control
picture image photo avatar icon
image picture photo
doc document documentation guide page readme wiki article
docs documentation guide
note remark comment
ticket issue story task case
case ticket instance scenario issue
bug defect issue error problem fault
glitch bug issue
dup duplicate copy double
copy duplicate clone replica
merge combine integrate
split divide separate break
branch fork
review check look inspect feedback examine eyes go
check verify look review examine validate test confirm inspect see
look review check investigate inspect examine view appear seem
dig investigate analyse search research examine look go
investigate analyse look debug examine dig find explore chase
analyse analyze go investigate examine look review study
chase follow pursue
follow pursue track come
track trace monitor follow record
watch monitor observe keep eye
monitor watch observe eye keep
eye monitor watch look review
test check try verify trial
repro reproduce replicate
reproduce replicate repeat happen occur
prove show confirm demonstrate
confirm verify approve acknowledge agree
approve sign ok okay accept agree approval go signoff permission confirm
agree accept approve consent confirm
decide determine choose conclude settle agree decision
choose select pick opt decide
pick choose select take
discuss talk speak chat cover meeting
talk speak discuss communicate conversation
meet meeting call
reply respond answer response feedback hear
answer reply respond response hear feedback
hear learn tell inform receive
learn find discover hear
find discover identify locate determine detect figure see search
figure number determine find
number figure value count amount
cause reason root result lead trigger make due source origin
lead cause result
turn prove switch
reason cause why explain
explain clarify describe reason
affect impact influence concern touch hit
impact affect effect
effect help impact consequence
compare versus against relative before
before previously prior earlier beforehand advance first until
after afterwards following since once subsequently later upon
since after from following
until before
later subsequently afterwards after next
soon shortly
now currently present today
again another further additional
again anew back repeat return
back return restore again revert
another additional further second more
additional extra further more another second new
extra additional further spare
new fresh additional recent latest
fresh new clean
old previous former legacy existing earlier outdated
previous old former earlier last prior
last previous past final recent
next following upcoming subsequent coming
tonight evening
lunch noon midday
morning am
night overnight
daily day
hourly hour
weekly week
per each every
manual hand manually
automatic automatically own automated itself
own automatic itself self
alone only
only just solely merely exclusively limited sole last
just only recently simply merely
nearly almost about close
almost nearly close
about approximately around roughly regarding nearly circa
through complete done finish
maybe possibly perhaps might may
probably likely probable presumably expect
hopefully hope
apparently seem appear reportedly likely
like approximately want
intentionally purpose deliberate intended design
purpose intentional goal aim deliberate
temporary interim workaround temporarily
permanent lasting
easy simple straightforward
simple easy
hard difficult challenging tough tricky heavy
difficult hard tricky pain troublesome problematic complicate
pain difficult troublesome painful
complicate complex difficult
complex complicate
weird strange odd unusual
strange weird odd suspicious
nice good
great good
great good excellent
strict restrictive
cosmetic visual minor
critical severe serious urgent major
urgent critical priority
high large great
useful helpful relevant
usable useful
important essential key
main primary principal
primary main master
second other
other remain rest additional another further
different other separate
same identical equal unchanged
common frequent
often frequently
rare seldom
sometimes occasionally intermittent sporadic
flaky intermittent unstable unreliable
unstable flaky unreliable
stable steady
consistent every always reliable
conflict clash appointment overlap
clash conflict
slot appointment time window
window slot period
date day deadline
deadline due date
due expected deadline schedule
plan schedule intend expect set aim project
schedule plan set book arrange
late delay overdue
early soon advance
extend lengthen prolong postpone another
limit cap restrict maximum threshold quota
cap limit
exceed over above beyond
over above exceed
above over exceed more
under below less
size volume capacity
volume disk storage size amount
disk storage drive space
storage disk space
memory ram heap
heap memory
traffic request load
load traffic open
network connection
site website page
app application
backend server
login log sign authentication
logout log sign
password credential
cred credential
credential password login
permission access right
access permission reach
account user customer
record entry row data
row record entry
entry record
field column
column field
data information record
info information detail
detail information
message msg notification
mail email
alert alarm notification
alarm alert
notify alert inform
file document
folder directory
log logging
script job
job task process run
task job item
process handle run
handle process support deal
support handle help
deal handle
cover handle include
include cover contain
contain include
mixed mix
fetch load retrieve
save store persist
store save
read load
import load
export download
download export
print printing printer
scan read
sort order arrange
order sort sequence
search find lookup
filter search
click press
press click hit
tap click
scroll swipe
type enter
enter type
open create raise
create open raise
raise open
page alert call
paged page alert
oncall duty
duty oncall call
supplier vendor provider
vendor supplier provider
partner vendor
company firm
firm company
legal lawyer
lawyer legal
finance accounting controlling
accounting finance
design designer mockup
figma design mockup
designer design
throw exception error fail
alone unchanged change untouched
join start begin
point question item
bear pay cost
support allow
suite test
performance fast slow speed measure
familiar know
developer dev engineer
engineer developer
tester qa
qa quality
teacher trainer
school training
event conference
talk presentation
slide deck presentation
deck slide presentation
demo presentation show
poster flyer
video clip recording
clip video
subtitle caption
text copy wording
wording text
typo spelling mistake
spelling typo
mistake error typo
translate localise
translation locale
label tag
tag label
flag toggle switch
toggle flag
feature function functionality
function feature
setting configuration option
config configuration setting
option choice setting
choice option
property attribute
parameter argument
library package dependency
package library dependency
dependency library package
version release
build compile pipeline
pipeline build ci
nightly build night
commit change
pr request pull
rebase merge
rollback revert
revert undo restore back roll
undo revert
restore recover revert back
recover restore reconnect
reconnect recover connect
cluster environment
environment system
system environment
instance server
replica copy
primary master
certificate cert
cert certificate
key secret
secret key
token key
breach violate miss
violate breach
miss breach fail
sla agreement
contract agreement
agreement contract
budget money cost
cost price
price cost
money budget
team group
group team
department team
office site
home remote
remote home
travel trip
trip travel
cut reduce edit trim
edit cut change
reword rephrase
rephrase reword
redo rework repeat rewrite
rework redo revise rewrite
rewrite rework
refactor rework restructure
tidy clean
clean tidy
polish refine
refine polish improve
improve better enhance
better improve
worse degrade
degrade worse
garble corrupt
mess corrupt confuse
confuse unclear
unclear confuse uncertain
uncertain unsure unclear
sure certain
suggest recommend propose think
recommend suggest
propose suggest
offer propose
promise commit assure
expect due plan anticipate
look seem appear
seem appear look
sit stand lie
stand sit
climb rise increase grow
spike increase peak jump
peak spike maximum
jump rise spike increase
hurry accelerate rush speed
accelerate hurry speed
rush hurry
object objection
objection object
complain report complaint
complaint complain
respond reply
talk communicate
land end arrive
arrive come land receive
come arrive originate follow
originate come
end land result
produce give yield
warn alert
accept allow
allow permit let
permit allow
let allow permit
forbid prohibit
ban block
quarantine isolate
isolate quarantine
dedupe dedup deduplicate duplicate
dead discontinued
park hold postpone block
readonly read
unavailable down away offline
down unavailable outage offline
downtime outage down unavailable
outage downtime down
"""


def _neighbours() -> dict[str, frozenset[str]]:
    near: dict[str, set[str]] = {}
    for line in _ALIKE.strip().splitlines():
        head, *others = map(stem, line.split())
        for other in others:
            near.setdefault(head, set()).add(other)
            near.setdefault(other, set()).add(head)
    return {base: frozenset(others) for base, others in near.items()}


ALIKE = _neighbours()
"""Stem -> the stems it may stand for; the first word of a line with each of the others."""


def alike(one: str, other: str) -> bool:
    """Tell whether two stems may stand for each other."""
    return other in ALIKE.get(one, ())
