"""From a message to its reply: routed by the rules, by the person's choice, or by a model where the rules are not certain.

Working a reply out again after a crash repeats no effect: a draft exists once per message, a move is recorded before it is made.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from engine import figures
from engine.access import Access, Directory, best_matches, content_words
from engine.checks import guard
from engine.completion import Completion
from engine.drafts import Draft, DraftKind, Drafts, Target, target
from engine.errors import InvalidInput, JiraError, ModelError, Postpone
from engine.gateway import SwitchedOff
from engine.inbox import Entry, Inbox
from engine.jira import Issue, NoSuchIssue
from engine.ledger import LimitReached
from engine.notices import Notify, Routed, nobody
from engine.prompts import Intent
from engine.reply import Reply, quoted
from engine.routing import LEXICONS, Lexicon, entities, plain, route
from engine.routing.claims import claims_completion
from engine.store import Clock, Store, utcnow
from engine.types import Choice, Guarded, Option, Period, Person, Route, Routing, Sure, Verdict
from engine.writing import Writer

log = structlog.get_logger(__name__)

MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
LABELLED = re.compile(r"<(https?://[^|>\s]+)\|([^>\n\[\]]+)>")
STATE = re.compile(
    r"\b(done|finished|complete|completed|closed|resolved|open|ready|status|state|far|fertig|erledigt|stand)\b",
    re.IGNORECASE,
)
"""What a question about an issue's state has in it."""
ROUTING_TRIES = 3

MINUTE = timedelta(minutes=1)
TOO_MANY = "I take {most} messages a minute from one person, and left this one out. Please send it again in a minute."
EMPTY = "Tell me in your own words what happened, for instance “done with PAY-12” or “fixed the login timeout, QA still pending”."
WHICH_DONE = "Which issue is done? Choose it, or write its key here in this thread."
WHICH_UPDATE = "Which issue is this about? Choose it, or write its key here in this thread."
NO_OPEN_ISSUE = (
    "I find no open issue of yours. Write the issue's key here in this thread, for instance PAY-12."
)
DELETED = "The message was deleted."
UNSURE = "I am not sure what you would like. Shall I …"
NO_EMAIL = "Until then no e-mail can be written."
NO_MODEL = "No language model answers at the moment, so I cannot write an e-mail or make out what this asks for. Please try again later."


class Answers:
    """Works out the reply to each message of the inbox."""

    def __init__(
        self,
        store: Store,
        inbox: Inbox,
        drafts: Drafts,
        access: Access,
        writer: Writer,
        directory: Directory,
        *,
        input_limit: int,
        messages_a_minute: int = 100,
        sure: float = 0.8,
        lexicons: tuple[Lexicon, ...] = LEXICONS,
        clock: Clock = utcnow,
        notify: Notify = nobody,
    ) -> None:
        self.store, self.inbox, self.drafts, self.access = store, inbox, drafts, access
        self.writer, self.directory, self.input_limit, self.clock = writer, directory, input_limit, clock
        self.messages_a_minute, self.sure = messages_a_minute, sure
        self.lexicons, self.notify = lexicons, notify
        self.completion = Completion(store, access, clock)

    async def to(self, id: str, sure: Sure | None = None) -> Reply:
        """Work out the reply to a message; doing it again after a crash repeats no effect. ``sure`` is asked before each effect.

        Raises JiraUnavailable while Jira does not answer and the reply needs it.
        """
        entry = await self.inbox.entry(id)
        if (draft := await self.drafts.of_message(id)) is not None:
            return Reply(draft=draft)
        if not entry.text.strip() and entry.choice is None:
            return Reply(EMPTY)
        if len(entry.text) > self.input_limit:
            return Reply(
                f"Your message has {len(entry.text):,} characters; I take up to {self.input_limit:,}. Please send a shorter one."
            )
        if await self.inbox.before(entry, MINUTE, self.messages_a_minute) >= self.messages_a_minute:
            return Reply(TOO_MANY.format(most=self.messages_a_minute))
        person = await self.directory(entry.workspace, entry.person)
        try:
            before, (entry, routing) = entry, await self._routed(entry)
            structlog.contextvars.bind_contextvars(route=routing.route.value, rule=routing.rule)
            log.info("routed", confidence=routing.confidence)
            if before.rule != routing.rule:  # else it is tried again
                self.notify(Routed(routing.route.value, routing.rule, routing.confidence))
            return await self._reply(entry, person, routing, sure)
        except Postpone:
            raise
        except (InvalidInput, JiraError) as error:
            return Reply(str(error))

    async def _routed(self, entry: Entry) -> tuple[Entry, Routing]:
        """Route by the rules, by what the person chose, or by the question that a bare key in a thread answers."""
        projects = await self.access.project_keys()
        for _ in range(ROUTING_TRIES):
            routing = route(entry.text, projects=projects, lexicons=self.lexicons)
            if routing.rule != "error":
                break
            # The time limit counts the whole process, so a busy moment may have used it up: once more.
            log.warning("routing took too long", length=len(entry.text))
        if (
            entry.choice is None
            and routing.keys
            and not content_words(MENTION.sub("", _without(entry.text, routing.keys)))
        ):
            asked = await self.inbox.open_question(entry)
            if asked is not None:
                wanted = asked.options[0].choice.route if asked.options else asked.route
                entry = replace(entry, text=asked.text, choice=Choice(wanted or Route.REPHRASE, routing.keys))
        if entry.choice is not None:
            entities = replace(routing.entities, keys=entry.choice.keys or routing.keys)
            routing = Routing(entry.choice.route, 1.0, "chosen", "you chose it", entities)
        await self.inbox.routed(
            entry.id, routing.route, routing.rule, routing.keys[0] if routing.keys else None
        )
        return entry, routing

    async def _reply(self, entry: Entry, person: Person, routing: Routing, sure: Sure | None) -> Reply:
        match routing.route:
            case Route.COMPLETION:
                return await self._complete(entry, person, routing.keys, sure=sure)
            case Route.PRODUCTIVITY:
                return await self._figures(entry, person, routing)
            case Route.EMAIL:
                return await self._email(entry, person)
            case Route.REPHRASE:
                return await self._update(entry, person, routing.keys)
            case Route.CLASSIFY:
                return await self._understand(entry, person, routing)

    async def _complete(
        self,
        entry: Entry,
        person: Person,
        keys: Sequence[str],
        *,
        ask: bool = False,
        sure: Sure | None = None,
    ) -> Reply:
        if not keys and (unknown := entities(entry.text).keys):
            raise NoSuchIssue(" and ".join(unknown))
        if not keys:
            in_thread = await self.inbox.thread_issue(entry.workspace, entry.channel, entry.thread)
            keys = (in_thread,) if in_thread else ()
        if not keys:
            mine = await self.access.open_issues(person)
            if len(mine) == 1 and not content_words(plain(entry.text)):
                keys = (mine[0].key,)
            else:
                return _which(WHICH_DONE, Route.COMPLETION, best_matches(plain(entry.text), mine))
        if ask and entry.choice is None:
            names = " and ".join(keys)
            yes = Option(
                f"Yes, move {names} to done"[:75], Choice(Route.COMPLETION, tuple(keys)), primary=True
            )
            note = Option("No, draft a comment", Choice(Route.REPHRASE, tuple(keys)))
            return Reply(f"Is {names} done?", (yes, note))
        return await self.completion.complete(entry.id, person, keys, entry.choice, sure=sure)

    async def _figures(self, entry: Entry, person: Person, routing: Routing) -> Reply:
        text = plain(entry.text)
        mentioned = None
        if (found := MENTION.search(entry.text)) is not None:
            mentioned = await self.directory(entry.workspace, found[1])
        period = routing.entities.period or Period()
        report = await figures.report(self.access, person, text, period, self.clock(), mentioned)
        return Reply(report=report, private=report.who != figures.TEAM)

    async def _update(self, entry: Entry, person: Person, keys: Sequence[str]) -> Reply:
        update, mentions = await self._spoken(entry)
        guarded, refusal = self._guarded(update)
        if refusal is not None:
            return refusal
        if not keys and (
            in_thread := await self.inbox.thread_issue(entry.workspace, entry.channel, entry.thread)
        ):
            keys = (in_thread,)
        if not keys:
            mine = await self.access.open_issues(person)
            if len(mine) != 1:
                return _which(WHICH_UPDATE, Route.REPHRASE, best_matches(plain(entry.text), mine))
            keys = (mine[0].key,)
        issues, notes = await self._targets(person, keys)
        if not issues:
            return await self._no_target(entry, person, notes)
        named = [key for key in entities(entry.text).keys if key not in keys and key in entry.text]
        notes += tuple(str(NoSuchIssue(key)) for key in named)
        written = await self.writer.comment(person, update, issues, subject=entry.id)
        completes = claims_completion(plain(entry.text)) and not all(issue.done for issue in issues)
        draft = Draft(
            workspace=entry.workspace,
            person=entry.person,
            inbox=entry.id,
            kind=DraftKind.COMMENT,
            update=update,
            text=written.text,
            source=written.source,
            checked=written.checked,
            issues=issues,
            mentions=mentions,
            notes=(*notes, *written.notes),
            added=written.added,
            completes=completes,
            trusted=guarded.trusted and written.trusted,
        )
        return await self._drafted(entry, draft, keys[0])

    async def _email(self, entry: Entry, person: Person) -> Reply:
        request, _ = await self._spoken(entry)
        guarded, refusal = self._guarded(request)
        if refusal is not None:
            return refusal
        now = self.clock().astimezone(figures.zone_of(person.tz))
        try:
            written = await self.writer.email(person, request, now, subject=entry.id)
        except ModelError as error:
            log.warning("no e-mail", error=str(error))
            again = Option("Try again", Choice(Route.EMAIL))
            limited = isinstance(error, LimitReached | SwitchedOff)
            return Reply(f"{error} {NO_EMAIL}" if limited else NO_MODEL, (again,))
        draft = Draft(
            workspace=entry.workspace,
            person=entry.person,
            inbox=entry.id,
            kind=DraftKind.EMAIL,
            update=request,
            text=written.text,
            source=written.source,
            checked=written.checked,
            notes=written.notes,
            trusted=guarded.trusted and written.trusted,
        )
        return await self._drafted(entry, draft, None)

    async def _understand(self, entry: Entry, person: Person, routing: Routing) -> Reply:
        text = plain(entry.text).strip()
        if text.lower().strip("?!. ") in (
            "help",
            "hilfe",
            "commands",
            "hi",
            "hello",
            "hey",
            "hallo",
        ) or not re.search(r"\w", text):
            return Reply(help=True)
        if routing.keys and STATE.search(text) and (text.endswith("?") or "question" in routing.rule):
            return await self._state(person, routing.keys)
        message, _ = await self._spoken(entry)
        _, refusal = self._guarded(message)
        if refusal is not None:
            return refusal
        try:
            understood = await self.writer.understand(person, message, routing.keys, subject=entry.id)
        except ModelError as error:
            log.warning("not understood", error=str(error))
            return Reply(UNSURE, _routes(routing.keys))
        sentence = understood.message[:500]
        # A key that the message does not name is an invention of the model's.
        if understood.confidence < self.sure:
            return Reply(quoted(sentence) or UNSURE, _routes(routing.keys))
        match understood.intent:
            case Intent.COMPLETION:
                return await self._complete(entry, person, routing.keys, ask=True)
            case Intent.UPDATE:
                return await self._update(entry, person, routing.keys)
            case Intent.PRODUCTIVITY:
                return await self._figures(entry, person, routing)
            case Intent.EMAIL:
                return await self._email(entry, person)
            case Intent.QUESTION | Intent.UNCLEAR:
                return Reply(quoted(sentence), help=understood.intent is Intent.QUESTION)

    async def _state(self, person: Person, keys: Sequence[str]) -> Reply:
        """Tell how far issues are."""
        issues, notes = await self._targets(person, keys)
        link = self.access.jira.link
        lines = [
            f"[{issue.key}]({link(issue.key)}) {quoted(issue.summary)}: **{quoted(issue.status)}**"
            for issue in issues
        ]
        return Reply("\n".join([*lines, *(quoted(note) for note in notes)]))

    # -- parts of it

    def _guarded(self, said: str) -> tuple[Guarded, Reply | None]:
        guarded = guard(said, allowed_domains=self.writer.allowed_domains)
        if guarded.verdict is not Verdict.BLOCK:
            return guarded, None
        reasons = "\n".join(f"- {finding.message}" for finding in guarded.findings)
        return guarded, Reply(f"I did not pass this on, to nobody and to no model:\n{reasons}")

    async def _targets(
        self, person: Person, keys: Sequence[str]
    ) -> tuple[tuple[Target, ...], tuple[str, ...]]:
        """Read the issues named; what cannot be read becomes a note."""
        found: list[Target] = []
        notes: list[str] = []
        for key in keys:
            try:
                issue = await self.access.issue(person, key)
            except Postpone:
                raise
            except (JiraError, InvalidInput) as error:
                notes.append(str(error))
            else:
                found.append(target(issue))
        return tuple(found), tuple(notes)

    async def _no_target(self, entry: Entry, person: Person, notes: Sequence[str]) -> Reply:
        mine = best_matches(plain(entry.text), await self.access.open_issues(person))
        asked = _which(WHICH_UPDATE, Route.REPHRASE, mine)
        return replace(asked, text="\n".join(quoted(note) for note in notes) + "\n" + asked.text)

    async def _spoken(self, entry: Entry) -> tuple[str, dict[str, str]]:
        """Return the message as Markdown with people's names in it, and the Jira accounts behind those names."""
        names: dict[str, str] = {}
        accounts: dict[str, str] = {}
        for id in dict.fromkeys(MENTION.findall(entry.text)):
            person = await self.directory(entry.workspace, id)
            names[id] = person.name
            try:
                accounts[person.name] = await self.access.account(person)
            except Postpone:
                raise
            except JiraError:
                log.info("mentioned person has no account")
        text = MENTION.sub(lambda found: f"@{names[found[1]]}", entry.text)
        return plain(LABELLED.sub(r"[\2](\1)", text)).strip(), accounts

    async def _drafted(self, entry: Entry, draft: Draft, issue: str | None) -> Reply:
        async with self.store.write() as tx:
            # First: whoever deletes the message now waits, and finds the draft.
            if not await self.inbox.about(tx, entry.id, issue):
                return Reply(DELETED)
            made = await self.drafts.add(tx, draft)
        return Reply(draft=made)


def _which(question: str, route: Route, issues: Sequence[Issue]) -> Reply:
    if not issues:
        return Reply(NO_OPEN_ISSUE)
    options = [Option(f"{issue.key} {issue.summary}"[:75], Choice(route, (issue.key,))) for issue in issues]
    return Reply(question, tuple(options), private=True)


def _routes(keys: tuple[str, ...]) -> tuple[Option, ...]:
    return (
        Option("Draft a Jira comment", Choice(Route.REPHRASE, keys), primary=True),
        Option("Move to done", Choice(Route.COMPLETION, keys)),
        Option("Show figures", Choice(Route.PRODUCTIVITY)),
        Option("Draft an e-mail", Choice(Route.EMAIL)),
    )


def _without(text: str, keys: Sequence[str]) -> str:
    for key in keys:
        text = re.sub(re.escape(key), " ", text, flags=re.IGNORECASE)
    return re.sub(r"https?://\S+", " ", text)
