"""The seeded state, told relative to now: six weeks of a team's work, on working hours, the same for the same moment."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from emulators.jira import adf_text, catalog, rights, seed_data
from emulators.jira.seed_data import Moment, Story
from emulators.jira.state import Adf, Change, Comment, History, Issue, Link, State, Worklog

ZONE = ZoneInfo("Europe/Berlin")
_STATUS = {
    "t": catalog.TO_DO,
    "p": catalog.IN_PROGRESS,
    "r": catalog.IN_REVIEW,
    "d": catalog.DONE,
    "w": catalog.WONT_DO,
}
_OPEN, _CLOSE = 9.0, 17.5
_DAY = _CLOSE - _OPEN


class Weeks:
    """Turns (weeks ago, weekday, hour) into moments before ``now``.

    The week that is running is squeezed into the working hours that have passed of it, so that a Tuesday shows some of this
    week's work as well; before it has begun, its work is told as Friday evening's.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now.astimezone(ZONE)
        midnight = self.now.replace(hour=0, minute=0, second=0, microsecond=0)
        self.monday = midnight - timedelta(days=midnight.weekday())
        hour = self.now.hour + self.now.minute / 60
        today = min(max(hour - _OPEN, 0.0), _DAY) if self.now.weekday() < 5 else 0.0
        self.worked = min(self.now.weekday(), 5) * _DAY + today

    def at(self, moment: Moment) -> datetime:
        """Return the moment."""
        weeks, day, hour = moment
        if weeks:
            return self._day(self.monday - timedelta(weeks=weeks) + timedelta(days=day), hour)
        # The table tells the running week as three days.
        share = (day * _DAY + hour - _OPEN) / (3 * _DAY)
        if self.worked < 1:
            return self._day(self.monday - timedelta(days=3), 17.5 + 4 * share)
        full, rest = divmod(share * self.worked, _DAY)
        return self._day(self.monday + timedelta(days=full), _OPEN + rest)

    def _day(self, day: datetime, hour: float) -> datetime:
        # Wall-clock hours on that day, whatever the offset is; odd minutes look less like a table.
        minutes = round(hour * 60)
        return day.replace(hour=0, minute=0) + timedelta(minutes=minutes, seconds=(minutes * 37) % 60)


def build(now: datetime) -> State:
    """Return the seeded state."""
    state, weeks = State(), Weeks(now)
    for project, stories in (
        (catalog.DEMO, seed_data.DEMO),
        (catalog.OPS, seed_data.OPS),
        (catalog.SECRET, seed_data.SECRET),
    ):
        for number, story in enumerate(stories, 1):
            issue = _issue(state, project, number, story, weeks)
            state.issues[issue.key] = issue
        state.counters[f"issue {project.key}"] = len(stories)
    for kind, pairs in (("Blocks", seed_data.BLOCKS), ("Relates", seed_data.RELATES)):
        for inward, outward in pairs:
            state.links.append(Link(state.next("link"), catalog.link_type(kind).id, inward, outward))
    for key, days in seed_data.DUE_IN.items():
        state.issues[key].due = weeks.now.date() + timedelta(days=days)
    for key, logs in seed_data.TIME_SPENT.items():
        for who, moment, hours in logs:
            when = weeks.at(moment)
            log = Worklog(state.next("worklog"), who, when, round(hours * 3600), when, when)
            state.issues[key].worklogs.append(log)
    return state


def _issue(state: State, project: catalog.Project, number: int, story: Story, weeks: Weeks) -> Issue:
    created = weeks.at(story.created)
    issue = Issue(
        id=state.next("issue"),
        key=f"{project.key}-{number}",
        project=project.key,
        type=next(one.id for one in catalog.ISSUE_TYPES if one.name == story.type),
        summary=story.summary,
        status=catalog.TO_DO.id,
        priority=next(one.id for one in catalog.PRIORITIES if one.name == story.priority),
        reporter=story.reporter,
        creator=story.reporter,
        created=created,
        updated=created,
        status_category_changed=created,
        description=_description(story),
        assignee=story.handed[1] if story.handed else story.who,
        parent=f"{project.key}-{story.parent}" if story.parent else None,
        labels=sorted(story.labels),
    )
    if story.handed:
        _hand(state, issue, story, weeks.at(story.handed[0]))
    for letter, moment in story.moves:
        _move(state, issue, story, _STATUS[letter], weeks.at(moment))
    for author, moment, text in story.comments:
        when = weeks.at(moment)
        issue.comments.append(
            Comment(state.next("comment"), author, adf_text.document(text), when, when, author)
        )
        issue.updated = max(issue.updated, when)
    return issue


def _hand(state: State, issue: Issue, story: Story, when: datetime) -> None:
    """Hand the issue over; the seed does so before the first move."""
    before, after = issue.assignee, story.who
    names = [rights.BY_ID[id].name if id else None for id in (before, after)]
    change = Change("assignee", "assignee", before, names[0], after, names[1])
    issue.assignee, issue.updated = after, when
    issue.history.append(History(state.next("history"), story.reporter, when, [change]))


def _move(state: State, issue: Issue, story: Story, to: catalog.Status, when: datetime) -> None:
    before = catalog.status(issue.status)
    items = [Change("status", "status", before.id, before.name, to.id, to.name)]
    if to.category == catalog.DONE_CATEGORY:
        name = story.resolution or ("Won't Do" if to == catalog.WONT_DO else "Done")
        chosen = next(one for one in catalog.RESOLUTIONS if one.name == name)
        issue.resolution, issue.resolved = chosen.id, when
        items.insert(0, Change("resolution", "resolution", None, None, chosen.id, chosen.name))
    if to.category != before.category:
        issue.status_category_changed = when
    issue.status, issue.updated = to.id, when
    author = issue.assignee or issue.reporter
    issue.history.append(History(state.next("history"), author, when, items))


def _description(story: Story) -> Adf | None:
    if not story.text and not story.steps:
        return None
    document = adf_text.document(story.text)
    if story.steps:
        items = [{"type": "listItem", "content": adf_text.document(step)["content"]} for step in story.steps]
        document["content"].append({"type": "bulletList", "content": items})
    return document
