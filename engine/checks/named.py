"""The words of hard facts: days, numbers, units, environments, products, first names; lower case, whole words."""

from engine.checks.stems import word_set

WEEKDAYS = {
    "monday": "mon",
    "tuesday": "tue",
    "wednesday": "wed",
    "thursday": "thu",
    "friday": "fri",
    "saturday": "sat",
    "sunday": "sun",
    "mon": "mon",
    "tue": "tue",
    "tues": "tue",
    "wed": "wed",
    "weds": "wed",
    "thu": "thu",
    "thur": "thu",
    "thurs": "thu",
    "fri": "fri",
}
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sep sept",
            "october oct",
            "november nov",
            "december dec",
        ),
        1,
    )
    for name in names.split()
}
DAYS = {
    "today": "today",
    "tonight": "today",
    "tomorrow": "tomorrow",
    "yesterday": "yesterday",
    "thismorning": "today",
    "eod": "eod",
    "eow": "eow",
    "noon": "noon",
    "midnight": "midnight",
    "overnight": "overnight",
    "weekend": "weekend",
    "morning": "morning",
    "afternoon": "afternoon",
    "evening": "evening",
}
SAME_DAYS: dict[str, frozenset[str]] = {
    "evening": word_set("tonight eod night"), "eod": word_set("today tonight evening"), "today": word_set("eod evening morning afternoon"), "overnight": word_set("night tonight"), "noon": word_set("lunch lunchtime midday 12"),
}  # fmt: skip
"""Times of day that another text may call so."""
VERBS_AFTER_MODAL = word_set("be have take need want also still come show help not cause")
"""What stands after "may" where it is no month."""
SOFT_DAYS = frozenset({"today", "yesterday", "morning", "afternoon", "evening", "overnight"})
"""Days that a report may leave out because its date says them."""
NUMBER_WORDS = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
} | {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
    "dozen": 12,
    "couple": 2,
    "twice": 2,
    "thrice": 3,
}
SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000, "k": 1000}
ORDINALS = {
    word: value
    for value, word in enumerate(
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"], 1
    )
}
UNITS: dict[str, tuple[str, float]] = {
    **dict.fromkeys(("ms", "msec", "millisecond", "milliseconds", "millis"), ("time", 0.001)), **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), ("time", 1.0)),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), ("time", 60.0)), **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), ("time", 3600.0)),
    **dict.fromkeys(("d", "day", "days"), ("time", 86400.0)), **dict.fromkeys(("wk", "wks", "week", "weeks"), ("time", 604800.0)), **dict.fromkeys(("month", "months"), ("months", 1.0)), **dict.fromkeys(("year", "years", "yr", "yrs"), ("months", 12.0)),
    "g": ("bytes", 1e9), "gig": ("bytes", 1e9), "gigs": ("bytes", 1e9),
    "kb": ("bytes", 1e3), "mb": ("bytes", 1e6), "gb": ("bytes", 1e9), "tb": ("bytes", 1e12), "kib": ("bytes", 1024.0), "mib": ("bytes", 1024.0**2), "gib": ("bytes", 1024.0**3),
    "megabytes": ("bytes", 1e6), "gigabytes": ("bytes", 1e9), "kilobytes": ("bytes", 1e3), "%": ("percent", 1.0), "percent": ("percent", 1.0), "pct": ("percent", 1.0),
    **dict.fromkeys(("c", "celsius", "degrees"), ("degrees", 1.0)), "$": ("$", 1.0), "usd": ("$", 1.0), "dollars": ("$", 1.0), "bucks": ("$", 1.0), "€": ("€", 1.0), "eur": ("€", 1.0), "euros": ("€", 1.0), "euro": ("€", 1.0), "£": ("£", 1.0), "chf": ("CHF", 1.0), "gbp": ("£", 1.0), "pounds": ("£", 1.0), "x": ("times", 1.0), "times": ("times", 1.0),
}  # fmt: skip
ENVIRONMENTS = {
    **dict.fromkeys(("production", "prod", "live"), "production"), **dict.fromkeys(("staging", "stg", "preprod", "preproduction"), "staging"), **dict.fromkeys(("uat",), "uat"),
    **dict.fromkeys(("local", "locally", "localhost"), "local"), "sandbox": "sandbox", "canary": "canary", "dev": "development", "development": "development", "qa": "qa",
}  # fmt: skip
LOOSE_ENVIRONMENTS = frozenset({"dev", "development", "qa", "live", "stage"})
"""Words that mean an environment only beside a word such as "on" or "environment"."""
PRODUCTS = word_set(
    "czech slovak hungarian turkish swedish danish finnish romanian norwegian korean greek ukrainian arabic hindi english german french spanish italian dutch polish portuguese chinese japanese russian kafka rabbitmq redis postgres mysql mongodb sqlite oracle cassandra dynamodb elasticsearch "
    "opensearch memcached stripe paypal adyen twilio sendgrid mailgun slack teams zoom jira confluence "
    "github gitlab bitbucket jenkins circleci docker kubernetes helm terraform ansible aws azure gcp "
    "heroku vercel netlify cloudflare nginx apache grafana prometheus datadog sentry splunk pagerduty "
    "okta auth0 salesforce hubspot zendesk figma react angular vue svelte django flask fastapi rails "
    "spring laravel node python java golang rust ruby php typescript javascript swift kotlin chrome "
    "firefox safari edge android ios windows linux macos ubuntu debian selenium cypress playwright pytest "
    "jest webpack vite s3 ec2 lambda snowflake bigquery airflow spark"
)
PEOPLE = word_set(
    "aaron adam adrian ahmed aisha alan albert alejandro alex alexa alexander alexandra alexei ali alice "
    "alicia alina alison allison amanda amber amir amit amy ana anders andre andrea andreas andrei andrew "
    "andy angela anita anja anna anne annie anthony antonio anya arjun arthur ashley aya barbara ben "
    "benjamin beth bianca bjorn bob boris brad brandon brenda brian bruno bryan camila carla carlos "
    "carmen carol caroline catherine cathy cecilia charles charlie charlotte chen chloe chris christian "
    "christina christine christopher cindy claire clara claudia colin connor craig cynthia dan dana "
    "daniel daniela danny dave david debbie deborah dennis derek diana diego dieter dimitri dmitri "
    "dominic donna doug douglas dylan eduardo elena eli elias elif elizabeth ella ellen emily emma eric "
    "erik erika erin ethan eva evan fatima felix fernando fiona florian francesca francis frank fred "
    "gabriel gary george gerald giulia gloria greg gregory hana hannah hans harold harry hassan heather "
    "heidi helen helena henrik henry hiroshi hugo ian ibrahim igor ingrid irene isaac isabel isabella "
    "ivan jacob jake james jamie jan jane janet jason javier jay jean jeff jeffrey jen jenna jennifer "
    "jenny jens jeremy jerry jess jesse jessica jill jim joan joanna joao joe joel johan johanna john "
    "johnny jon jonas jonathan jordan jorge jose joseph josh joshua juan judy julia julian julie justin "
    "kai karen karim karl kate katherine kathy katie keiko keith kelly ken kenji kenneth kevin khalid kim "
    "kristen kumar kurt kyle lara larry laura lauren lea leila lena leo leon leonie li liam lin linda "
    "lisa liu liz louis louise luca lucas lucia lucy luis luke lukas maja malik manuel marco marcus "
    "margaret maria mariana marie marina mario marko markus marta martin martina mary mateo matt matthew "
    "maya megan mei melissa mia michael michelle miguel mike mila milan mina ming miriam mohamed mohammed "
    "monica monika morgan nadia nancy naomi natalia natalie natasha nathan neha neil nick nicolas nicole "
    "nigel nikita nikolai nina noah nora oleg oliver olivia omar oscar otto pablo paola patricia patrick "
    "paul paula pedro peter petra phil philip pierre pilar piotr priya rachel rafael raj rajesh ralf ravi "
    "raymond rebecca renee ricardo richard rick rita robert roberto robin roger rohan roman ron rosa ross "
    "ruben russell ruth ryan sally sam samantha samuel sandra sanjay sara sarah sasha scott sean "
    "sebastian sergei sergey seth shannon sharon shreya simon simone sofia sonia sophia sophie stefan "
    "stella stephanie stephen steve steven stuart sunita susan sven svetlana sylvia tara tatiana ted "
    "teresa terry thomas tim timothy tina todd tom tomas toni tony tracy tyler uma ursula valentina "
    "vanessa vera veronica victor victoria vijay vikram vincent viktor virginia vivek vlad walter wei "
    "wendy werner yan yana yara yasmin yuki yusuf zach zhang zoe"
)
"""Common first names, lower case, without those that are also everyday words."""
SPANS: dict[str, str] = {
    "rps": "second", "qps": "second", "persecond": "second", "rpm": "minute",
    "min": "minute", "mins": "minute", "sec": "second", "secs": "second", "hour": "hour", "hours": "hour", "hourly": "hour", "day": "day", "days": "day", "daily": "day", "week": "week", "weeks": "week", "weekly": "week", "month": "month", "months": "month", "monthly": "month", "year": "year", "years": "year", "yearly": "year",
    "quarter": "quarter", "quarterly": "quarter", "minute": "minute", "minutes": "minute", "nightly": "night", "night": "night",
}  # fmt: skip
"""Words for spans of time."""
LANGUAGE_CODES = {"czech": "cz", "slovak": "sk", "hungarian": "hu", "turkish": "tr", "swedish": "sv", "danish": "da", "finnish": "fi", "romanian": "ro", "english": "en", "german": "de", "french": "fr", "spanish": "es", "italian": "it", "dutch": "nl", "polish": "pl", "portuguese": "pt", "chinese": "zh", "japanese": "ja", "russian": "ru"}  # fmt: skip
