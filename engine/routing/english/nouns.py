"""What English speakers name as work, and what they call done, finished or complete in another sense, by meaning."""

ITEM = "task | ticket | story | subtask | sub-task | epic | todo | to-do | assignment | user story | action item | work item"
"""What Jira holds: may be closed and resolved, too."""

ACCOUNT = """
    weekly | monthly | quarterly | annual | yearly | status | sales | expense | expenses | audit | progress | project | financial | finance
    | budget | research | sprint | compliance | marketing | performance | analysis | qa | test | security | management | board | year-end
    | incident | market | competitor | analytics | feasibility | investor | tax | travel | handover | usability | accessibility | spending | cost | q1 | q2 | q3 | q4"""
"""Of which reports it may be said that they are done; others (bug, crash, book) are whole, or read."""

DOCUMENT = """
    release notes | notes | documentation | docs | doc | document | documents | readme | {account} (report|reports) | slides | slide deck | deck | presentation
    | proposal | mockup | mockups | mock-ups | mock-up | wireframe | wireframes | spec | specs | specification | guide | tutorial | manual
    | runbook | playbook | handbook | changelog | diagram | diagrams | prototype | poc | landing page | blog post | article | newsletter | roadmap
    | checklist | refactoring | refactor | redesign | rewrite | translation | translations | write-up | writeup | designs | summary | whitepaper
    | case study | faq | faqs | design | plan | agenda | template | templates | wiki | wiki page | budget | invoice | invoices
    | (page|campaign|web|ad|ads|email|marketing|website|site|blog|product|sales|ux|ui|button|banner|newsletter|homepage) (copy|text|texts) | test cases | acceptance criteria
    | spreadsheet | sheet | brief | briefing | memo | estimate | estimates | estimation | forecast | analysis | questionnaire | logo | logos
    | icon | icons | illustration | illustrations | storyboard | style guide | styleguide | brochure | flyer | poster | leaflet | infographic
    | screenshots | persona | personas | sitemap | press release | job (description|posting|ad) | letter | paper | outline | post-mortem | postmortem | rca
    | assessment | evaluation | policy | policies | glossary | inventory | handover | handoff | walkthrough | layout | layouts | animation | animations
    | white paper | cheat sheet | pitch | mood board | moodboard | business case | concept | taxonomy | org chart | job descriptions | one-pager | meeting minutes | talking points
    | (access|security|quarterly|performance|vendor|contract|compliance|risk|policy|accounts|privacy|accessibility|usability|annual|literature|permissions|supplier) (review|reviews)
    | (user|customer|stakeholder|expert|research) interviews | root cause analysis | threat model | data model | style sheet | test script | test scripts
    | (demo|explainer|product|training|tutorial|onboarding|promo|intro|welcome) (video|videos) | rfc | adr | proof of concept | brand book | minutes
    | timesheet | timesheets | (self|peer) (review|assessment|evaluation) | self-review | self-assessment | self-evaluation | nda | quote | quotation | (hero|cover|header|product|profile|background|title) (image|images|photo|photos|video)
    | (tax|expense|reimbursement|order|intake|consent|application|review|request|claim|travel|enrolment|enrollment|registration|contact|signup|sign-up|feedback|complaint|order|entry|assessment|evaluation|disclosure|transfer|declaration|vacation|leave) (form|forms) | agreement | agreements | notice | notices | filing | filings | shortlist | paperwork | bookkeeping | invoicing | payroll | expenses | expense claim
    | (price|contact|supplier|vendor|guest|mailing|packing|parts|attendee|speaker|task|distribution|customer|client|asset|equipment|invite|invitation|address|keyword
      |feature|stock|inventory|requirements|prospect|partner|media|press|reading|material|shipping|participant|participants|seating|short|name|item|gift) (list|lists)
    | (welcome|info|information|press|media|board|onboarding|starter|training|brand) (pack|packs|kit|kits) | rfp | rfps | rfq | rfi | (rfp|rfq|rfi|tender) (response|responses|answer|answers)
    | sow | statement of work | dpa | msa | purchase order | purchase orders | (tax|vat) (return|returns) | rota | roster | reconciliation | reconciliations | accruals
    | (content|editorial|marketing|event|events|holiday|release|media|posting|publishing) calendar | schedule | schedules | (stock|inventory|cycle) count | stocktake | stock take
    | (success|customer) (story|stories) | testimonial | testimonials | (video|call|sales|podcast|phone|film|ad|webinar) (script|scripts) | voiceover | subtitles | captions | transcript
    | (icon|illustration|question|card|sticker) set | set of (icons|illustrations|slides|questions) | artwork | blueprint | blueprints | drawings | schematic | schematics | bom | bill of materials
    | syllabus | curriculum | (training|course|teaching|workshop|marketing|onboarding|sales|learning|exam|print|promo) (material|materials)
    | (interview|exam|quiz|survey|screening) questions | thesis | bibliography | appendix | cv | resume | bio | bios | (product|meta|role|event|course|item|category) (description|descriptions)
    | alt texts | (seo|security|content|accessibility|tax|website|design|ux|internal|brand|data|process|safety|license|licence|pricing) (audit|audits)
    | figures | breakdown | (quarterly|monthly|annual|budget|sales) numbers | posters | flyers | brochures | leaflets | banners | badges | goodie bags | market research | desk research | protocol | trailer | script for the (video|demo|call|podcast|film|webinar|event)
    | user (journey|journeys|flow|flows) | journey map | information architecture | rate card | tender | (employment|rental|vendor|lease|service|supplier|freelance|maintenance|customer|client) (contract|contracts)
    | (color|colour)? palette | typography | mind map | disclaimer | terms (of (service|use)|and conditions) | imprint | (gantt|helm|bar|pie) chart | pivot table | copywriting | proofreading
    | (month-end|month end|year-end|year end|quarter-end|quarter end|monthly|quarterly|annual) (close|closing) | overhaul | revamp | rework | rebrand | rebranding | makeover | facelift
    | (brand|content|design|website|logo|docs) refresh | (travel|hotel|flight|venue|catering|conference|accommodation) (booking|bookings|reservation|reservations|arrangements)
    | (laptop|workstation|desk|booth) setup | (contract|lease|insurance|visa|passport|permit|vendor|supplier) (renewal|renewals)
    | (board|backlog|wiki|docs|doc|documentation|spreadsheet|inbox|mailbox|calendar|contact|contacts|crm|account|accounts|rules|permissions|codebase|channel|channels|label|labels|tag|tags
      |copy|css|figma|ticket|tickets|jira|desk|office|folder|folders|list|repo|repository|flag|flags|vendor|supplier|content|site|website|naming|translation|address|phonebook|library|drive) (cleanup|clean-up|clean up|tidy-up|reorganisation|reorganization)
    | (export|exports|extract|extracts|import|pull|form|forms|list|lists|data|package|file|files|figures|numbers|paperwork|documents) for the? (bank|customs|lawyer|client|legal|finance|accounting|hr|marketing|sales|procurement|compliance|audit|auditors|controlling|board|management|leadership|accountant|lawyers|auditor)
    | (business|greeting|christmas|xmas|name) cards | (name|staff|visitor) (badges|tags) | invites | invitations | (grant|permit|visa|loan|job|patent|trademark|funding|insurance) (application|applications)
    | (insurance|expense|travel|damage) (claim|claims) | credit notes | (bank|account) (reconciliation|statements|rec) | bank rec | cash count | till count | (january|february|april|june|july|august|september|october|november|december|q1|q2|q3|q4) (numbers|figures|accounts|books)
    | thumbnails | storyboards | cover art | avatars | favicon | swatches | lookbook | component library | (video|photo|audio) (edit|edits|editing) | retouching | (print|figma|design|source) files
    | jd | jds | appraisals | (performance|salary|pay) reviews | (social|insta|instagram|linkedin|facebook|blog|forum) (post|posts) | tweets | (banner|search|google|facebook|display) ads | landing pages | keyword research
    | mailshot | mailer | teaser | (call|lead|call-back|pick|check|phone|email|price|watch|task|todo|to-do) (list|lists) | test matrix | access matrix | decision matrix | comparison table | api (spec|specs|docs|reference) | swagger file | openapi spec
    | (fire safety|safety|hygiene|first aid|first-aid) (plan|sheet|checklist) | (catering|badge|swag|stationery|merch|hardware|laptop|equipment|furniture|supplies|flower|flowers) (order|orders) | price tags | minutes of the meeting | handbook | glossary | study guide | cookbook | recipe book | user guides | how-to | howto
    | grading | report cards | (inventory|stock) check | data entry | (comparison|vendor comparison|feature comparison) | (decision|change|risk|issue) log | raci | stakeholder map | project charter | charter | kickoff deck | status deck
    | demo script | user manual | flowchart | flow chart | datasheet | data sheet | scorecard | okrs | backlog grooming | user research | user stories"""
"""What people write or draw; done only by them, so that one word tells enough."""

REVISION = "update | updates | revision | revisions | edits | corrections | cleanup | clean-up"
"""What is done to a document, by those who write it."""

MACHINE_TASK = """
    background | cron | scheduled | async | asynchronous | celery | ansible | gradle | ecs | fargate | windows | worker | queue | queued | recurring | periodic | ci
    | airflow | kernel | rake | maven | ant | grunt | gulp | npm | docker | kubernetes | k8s | spark | dag | nightly | hourly | automated | automatic | sidekiq
    | lambda | init | foreground | rtos | freertos
"""
"""What makes a task of machines."""

SOLD = "concert | train | parking | lottery | movie | flight | bus | plane | speeding | festival | cinema | theatre | theater | museum | raffle | season | opera | ferry"
"""Which tickets are bought."""

TOLD = "bedtime | short | ghost | horror | love | sad | true | funny | news | cover | back | fairy | detective | scary | long | war | life"
"""Which stories are read or told."""

MACHINE_REPORT = """
    bug | bugs | crash | error | errors | coverage | nightly | hourly | automated | automatic | scheduled | lighthouse | build | ci | log | diagnostic | diagnostics
    | memory | heap | lint | scan | system | profiler | debug | dump | weather | news | school | police | medical | book | traffic | usage | junit | allure | pipeline"""
"""Reports that nobody writes, or that are made where something breaks."""

MADE = """
    homepage | home page | banner | banners | navbar | sidebar | footer | header | modal | dropdown | carousel | tooltip | tooltips | widget
    | widgets | microsite | website | login page | signup | sign-up | onboarding | dashboard | dashboards | audit | hotfix | fix | bug fix | about page | button | menu | feature | bugfix | flow"""
"""What people build, done by them where it is said to be, though of one word a person may be done with it in another sense."""

AUTOMATIC = """
    download | downloads | upload | uploads | install | installs | installation | installer | update | updates | upgrade | upgrades | build | builds
    | compile | compilation | deploy | deploys | deployment | deployments | rollout | rollback | release | releases | job | jobs | backup | backups | restore
    | sync | synchronisation | synchronization | import | imports | export | exports | boot | reboot | restart | startup | shutdown | scan | scans | index
    | indexing | reindex | reindexing | rebuild | query | queries | run | runs | batch | cron | pipeline | pipelines | ci | transfer | transfers | copy | clone | fetch
    | pull | push | merge | commit | checkout | conversion | rendering | render | encoding | transcoding | replication | failover | snapshot | crawl | scrape
    | ingestion | backfill | load | loading | reload | refresh | wipe | formatting | defrag | check | checks | verification | validation | process | processes
    | processing | operation | transaction | transactions | payment | payments | purchase | order | orders | delivery | shipment | shipping | registration
    | setup | provisioning | initialisation | initialization | handshake | connection | request | requests | timer | countdown | timeout | server
    | servers | cluster | database | db | container | instance | vm | service | daemon | queue | cache | simulation | calculation | sort
    | extraction | optimization | optimisation | training run | generation | iteration | loop | cycle | transition | booking | charge
    | subscription | trial | license | licence | execution | dump | trace | log | logs | bundle | image | package | packages | worker | workers
    | propagation | migration | migrations | cleanup | clean-up | prewarm | warmup | garbage collection | notification | notifications | transmission
    | reset | swap | switchover | cutover | maintenance | freeze | renewal | rebase | calibration | charging | printing | flashing | partition | decryption | encryption | mining | polling | ping | probe | healthcheck | teardown | cooldown | seeding | aggregation | computation | inference | epoch | backtest | benchmark | benchmarks | profiling | fuzzing | linting | typecheck | lockdown | outage | incident | downtime | window | promotion"""
"""What machines finish by themselves."""

EVENT = """
    meeting | meetings | call | calls | standup | standups | stand-up | retro | retros | retrospective | planning | grooming | refinement | demo | demos
    | webinar | workshop | workshops | training | trainings | course | courses | class | classes | lesson | lessons | exam | exams | test | tests | testing | qa | uat
    | quiz | interview | interviews | appointment | appointments | session | sessions | conference | event | events | party | lunch | dinner | breakfast | brunch | meal
    | coffee | tea | drink | drinks | beer | snack | snacks | pizza | cake | food | sandwich | break | pause | shift | shifts | day | days | week | weeks | month | months | year
    | years | quarter | sprint | sprints | morning | afternoon | evening | night | weekend | vacation | holiday | holidays | trip | flight | ride
    | drive | commute | walk | game | games | match | season | movie | film | show | series | episode | book | books | novel | podcast | song | concert | marathon
    | race | workout | gym | school | college | university | degree | internship | probation | life | weather | winter | summer | spring | autumn | rain | poll | polls
    | survey | surveys | vote | voting | election | contest | competition | hackathon | auction | sale | deal | deals | discussion | talk | talks | conversation
    | chat | debate | argument | hearing | offsite | onsite | all-hands | townhall | kickoff | kick-off | sync-up | huddle | catch-up | review | reviews
    | inspection | experiment | pilot | beta | campaign | war | fight | project | projects | programme | program | era | century | minute | minutes | hour | hours
    | homework | chores | errands | groceries | shopping | laundry | dishes | cooking | treatment | therapy | surgery | vaccine | vaccination | meds
    | pregnancy | funeral | wedding | birthday | divorce | relationship | marriage | career | job hunt | search | hunt | drill | drills | rehearsal | ceremony | tour | visit | visits | orientation | bootcamp | lecture
    | seminar | panel | fair | expo | raffle | tournament | league | festival | parade | strike | protest | shoot | recording | stream | broadcast | screening
    | premiere | nap | sleep | bath | shower | diet | detox | cruise | hike | climb | swim | practice | recital | dentist | antibiotics | travel | lunch break"""
"""What comes to its end, is eaten, read, watched or attended."""

PEOPLE = """
    team | teams | guy | guys | people | folks | customer | customers | client | clients | vendor | vendors | user | users | manager | managers | boss | bosses
    | lead | leads | intern | interns | dev | devs | developer | developers | engineer | engineers | designer | designers | tester | testers | kid
    | kids | wife | husband | partner | partners | colleague | colleagues | coworker | coworkers | hire | hires | candidate | candidates | contractor | contractors
    | supplier | suppliers | squad | crew | department | company | companies | support | staff | admin | admins | owner | owners | reviewer | reviewers | dog | cat | baby
    | friend | friends | neighbour | neighbor | dad | mom | brother | sister | son | daughter | student | students | teacher | teachers | trainer | lawyer
    | lawyers | auditor | auditors | accountant | recruiter | recruiters | agency | agencies | consultant | consultants | group | groups | committee | board | ceo
    | cto | cfo | pm | po | hr | government | landlord | bank | bot | bots | host | president | party | gang | mates | mate | member | members | lads | ladies | auditors | crews | trainee | trainees | apprentice | volunteers | freelancer | freelancers | copywriter | illustrator
    | photographer | translator | electrician | plumber | movers | cleaners | chef | nurse | doctor | therapist | judge | jury | speaker | speakers | guest | guests
    | visitor | visitors | attendees | participants | audience | tenants | buyer | buyers | seller | investors | shareholders | stakeholders | stakeholder
    | sponsor | director | directors | vp | analyst | analysts | scientist | scientists | researcher | researchers | architect | architects | writer | writers | authors
    | secretary | receptionist | technician | technicians | mechanic | programmers | maintainers | contributors | teammates | teammate | mentor | supervisor"""
"""Who is done, which says nothing about what."""

PARTIAL = """
    part | parts | bit | bits | half | halves | side | sides | portion | chunk | chunks | piece | pieces | step | steps | stage | stages | phase | phases
    | round | rounds | frontend | front-end | backend | back-end | version | wip | section | sections | chapter | chapters | page 1 | paragraph
    | percent | percentage | majority | bulk | beginning | start | basics | foundation | groundwork | skeleton | scaffolding | aspect | leg | layer
    | server-side | client-side | milestone | draft | drafts | approach | prep | preparation | preparations | groundwork | spike | alpha | attempt | try | pr | prs | mr | mrs | branch | pass | work | code | implementation
    | integration | development | coding"""
"""What makes a part of something, or comes before the end of it."""

ELSEWHERE = """
    parcel | toner | ink | sugar | oil | gas | fuel | petrol | bottle | jar | tank | stock | supply | supplies | wine | juice | bread | cookies | chocolate | soup
    | bbq | barbecue | fruit | wash | dryer | oven | microwave | heating | elevator | lift | toilet | shower | bed | nap | storm | snow | heatwave | eclipse | alarm
    | wifi | internet connection | signal | reception | power | electricity | credit | credits | quota | allowance | seats | tickets | sales | offer |     laptop | phone | battery | milk | water | printer | machine | dishwasher | kitchen | room | office | shop | store | bathroom | car | bike | bus | road
    | ship | door | port | tab | browser | monitor | keyboard | mouse | cable | disk | drive | memory | ram | cpu | gpu | tape | fridge | desk | chair | damage | harm
    | patience | energy | money | time | stuff | thing | things | everything | lot | rest | hair | nails | taxes | house | flat | garden | wall | roof | paint
    | queue | line | circle | collection | set | nonsense | disaster | failure | idiot | joke | mystery | opposite | world | internet | sense | waste
    | report | reports | system | systems | tracker | tool | tools | technology | framework | platform | card | contract | bullshit | bs | crap | shit | drama | mess | chaos | noise
    | politics | bureaucracy | excuses | excuse | complaints | complaining | whining | gossip | jam | traffic | attitude | circus | hassle | pain
    | madness | insanity | situation | culture | spam | bugs | outages | errors | crashes | alerts | incidents | delays | interruptions | reorg | reorgs
    | changes | blame | slack | jira | emails | mails | e-mails | news | twitter | pandemic | covid | stress | pressure | waiting | worrying | guessing"""
"""What is used up, broken or whole, and what people are fed up with."""

VERBS = """
    works | passes | fails | breaks | crashes | helps | goes | went | came | comes | shows | showed | gave | gives | took | takes | uses | used | makes | lets
    | runs | loads | saves | keeps | handles | supports | allows | prevents | fixes | solves | requires | depends | causes | caused | wants | knows | feels
    | felt | likes | loves | hates | calls | opens | ships | lands | starts | begins | ends | stops | returns | sends | reads | renders | loads | consider | considering | call"""
"""What would make a sentence of what looks like a name."""

STAGE = """
    design | designs | analysis | research | user research | refactoring | refactor | rewrite | concept | estimation | evaluation | assessment
    | prototype | backlog grooming"""
"""What by itself is as well a stage of the work on something else."""

ADVERB = """
    locally | manually | automatically | temporarily | remotely | globally | internally | externally | initially | originally | badly | poorly | wrongly | quickly
    | hastily | nightly | hourly | daily | alone | together | online | offline | overnight | twice | sometime | someday | monday | tuesday | wednesday
    | thursday | friday | saturday | sunday | eod | eow | asynchronously | properly | correctly | incorrectly | accidentally | mistakenly | prematurely"""
"""How and when something was done, which is no name of it."""

PLATFORM = """
    staging | prod | production | android | ios | mobile | desktop | web | tablet | tablets | safari | chrome | firefox | windows | mac | linux | dev | qa | test | lunch
    | dinner | everyone | everybody | lol | fun | good | real | sure | free"""
"""What a thing is done for where more of it is to come."""
