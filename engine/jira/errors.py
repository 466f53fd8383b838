"""What Jira refuses, in the person's words.

JiraError
├── NoSuchIssue            404, or the person may not see it: the same sentence, so nothing is disclosed
├── NoPermission           the person (or the service account) may not do this
├── TransitionRefused      the workflow does not offer it, or fields are missing; ``offered`` names what it offers
├── JiraRefused            any other 4xx, with Jira's own words
├── JiraMisconfigured      wrong address or credentials: an administrator has to act
└── JiraUnavailable        no answer, 429 or 5xx: kept and tried again (not permanent)
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from jira.exceptions import JIRAError
from jira.resilientsession import parse_errors
from requests import RequestException

from engine.errors import JiraError, Postpone


class NoSuchIssue(JiraError):
    """The issue does not exist for this person."""

    def __init__(self, key: str) -> None:
        super().__init__(f"I cannot find {key} in Jira, or you may not see it.")
        self.key = key


class NoPermission(JiraError):
    """A right is missing."""


class TransitionRefused(JiraError):
    """The workflow does not allow the move."""


class JiraRefused(JiraError):
    """Jira says the request is wrong."""


class JiraMisconfigured(JiraError):
    """Updraft's own access to Jira does not work."""


class JiraUnavailable(JiraError, Postpone):
    """Jira does not answer now; ``retry_after`` is in seconds when Jira said it.

    ``refused`` tells that a write has certainly not been made; else Jira may have made it, or may still.
    """

    permanent = False

    def __init__(
        self,
        sentence: str = "Jira does not answer right now.",
        retry_after: float | None = None,
        *,
        refused: bool = False,
    ) -> None:
        super().__init__(sentence)
        self.retry_after, self.refused = retry_after, refused


@contextmanager
def translated(key: str = "") -> Iterator[None]:
    """Turn the jira library's and requests' exceptions into ours; the originals hold credentials and are not chained."""
    try:
        yield
    except JIRAError as error:
        raise _from_answer(error, key) from None
    except RequestException as error:
        raise JiraUnavailable(f"Jira does not answer right now ({type(error).__name__}).") from None


def _from_answer(error: JIRAError, key: str) -> JiraError:
    status = error.status_code or 0
    words = "; ".join(parse_errors(error.response)) if error.response is not None else ""
    if len(words) > 300 or "<html" in words.lower():
        words = ""
    if status == 404 and key:
        return NoSuchIssue(key)
    if status == 401:
        return JiraMisconfigured(
            "Jira does not accept Updraft's credentials; an administrator has to renew them."
        )
    if status == 403:
        return NoPermission(words or "Jira does not permit this.")
    if status == 429 or status >= 500:
        headers = error.response.headers if error.response is not None else {}
        return JiraUnavailable(
            f"Jira does not answer right now ({status}).",
            seconds(headers.get("Retry-After")),
            refused=status == 429,
        )
    return JiraRefused(f"Jira says: {words}" if words else f"Jira refused the request ({status}).")


def seconds(header: str | None) -> float | None:
    """Read a Retry-After header: whole or decimal seconds, or an HTTP date; None when absent or unreadable."""
    if not header:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())
