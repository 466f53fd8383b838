"""The words by which tone is judged, and the technical terms that a draft should keep; whole words, lower case."""

from engine.checks.stems import word_set

PROFESSIONAL = word_set(
    "accomplished achieved added addressed adjusted aligned analyzed analysed approved assessed assigned "
    "clarified collaborated completed conducted configured confirmed consolidated coordinated corrected "
    "created currently delivered deployed designed determined developed documented enabled enhanced "
    "ensured established evaluated examined executed expected facilitated finalized finalised following "
    "identified implementation implemented improved incorporated initiated integrated investigated "
    "investigation investigating issue launched merged migrated monitored monitoring ongoing optimized "
    "optimised outstanding pending performed planned prepared prioritized progress proposed provided "
    "received recommended refactored regarding released remaining removed replaced reported requested "
    "required requirements researched resolved resolution restored reviewed reviewing revised scheduled "
    "secured streamlined submitted successfully tested testing updated upgraded validated validation "
    "verified verification sincerely regards appreciate dear kindly please thank"
)
CASUAL = word_set(
    "gonna wanna gotta kinda sorta dunno lemme gimme yeah yep yup nope nah dude bro bruh buddy guys folks "
    "hey hiya sup lol lmao rofl omg btw tbh imo imho idk ikr afaik iirc thx pls plz ty cuz coz "
    "bc wtf ugh meh yay woohoo awesome cool crap crappy stuff thingy gotcha ain't ya y'all u ur tho "
    "tmrw yday sucks sucked screwed borked janky wonky hacky totally literally "
    "anyways haha hehe hmm huh oops ooops whoops nuked yolo legit chill sweet dope"
)
PROFANE = word_set(
    "fuck fucked fucking fucker motherfucker shit shitty shitshow bullshit damn damned goddamn dammit ass "
    "asshole arse bastard bitch bitching bollocks bloody crap dick dickhead piss pissed prick cunt twat "
    "wanker hell fck fkn effing stfu retarded"
)
TECHNICAL = word_set(
    "api apis endpoint endpoints backend frontend database databases db sql nosql postgres postgresql "
    "mysql sqlite mongodb redis kafka rabbitmq docker kubernetes k8s helm terraform ansible jenkins ci cd "
    "pipeline pipelines build builds aws azure gcp s3 lambda ec2 nginx apache linux python java "
    "javascript typescript golang rust ruby php scala kotlin swift react angular vue svelte django flask "
    "fastapi rails spring node npm webpack vite css html http https grpc rest graphql websocket "
    "websockets json yaml xml csv pdf oauth oauth2 sso saml jwt ldap tls ssl cors csrf xss cache caching "
    "index indexes query queries schema schemas migration migrations transaction transactions deadlock "
    "mutex thread threads async queue queues worker workers cron webhook webhooks sdk cli ui ux unit "
    "integration regression e2e selenium playwright cypress jest pytest staging production prod sandbox "
    "canary rollback hotfix patch branch merge commit repo repository git github gitlab pr prs mr latency "
    "throughput timeout timeouts memory cpu heap gc leak leaks null exception exceptions stacktrace log "
    "logs logging metrics grafana prometheus datadog sentry kibana elasticsearch opensearch proxy gateway "
    "firewall dns vpn ssh token tokens session sessions auth authentication authorization encryption "
    "login logout signup checkout payment payments parser compiler linter serializer validator middleware "
    "microservice microservices container containers cluster node nodes pod pods server servers client "
    "clients replica shard config configuration env feature flag flags module library dependency "
    "dependencies package packages version release releases bug bugs"
)
