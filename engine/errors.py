"""The errors of the engine. ``str(error)`` is a sentence fit for the person who asked.

    UpdraftError
    ├── InvalidInput          the request itself is wrong; saying it differently helps
    ├── NotYours              somebody else's draft or question
    ├── Gone                  the draft was decided, expired or never existed
    ├── Postpone              what the work needs is down: the job waits and does not count it as its own failure
    ├── JiraError             what Jira answered, translated (engine.jira)
    ├── ModelError            what a model's provider answered, translated (engine.models)
    └── SealingError          a secret or a master key is of no use (engine.sealing)

``permanent`` decides whether trying again later can help.
"""


class UpdraftError(Exception):
    """Base of all errors that Updraft raises on purpose."""

    permanent = True


class InvalidInput(UpdraftError):
    """The request cannot be understood or is over a limit."""


class NotYours(UpdraftError):
    """Only the author may decide."""


class Gone(UpdraftError):
    """Nothing is left to decide."""


class Postpone(UpdraftError):
    """What the work needs is down; ``retry_after`` is in seconds when the service said it."""

    permanent = False
    retry_after: float | None = None


class JiraError(UpdraftError):
    """Jira refused or did not answer."""


class ModelError(UpdraftError):
    """A model's provider refused or did not answer."""
