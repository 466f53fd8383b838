"""What the engine answers: a text and, where they apply, a draft, figures, or a question with options."""

from dataclasses import dataclass

from engine.drafts import Draft
from engine.figures import Report
from engine.types import Option


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. ``text`` is Markdown; ``options`` make it a question; ``help`` asks for the list of what Updraft can do.

    A ``private`` answer is for the person's eyes only, wherever they asked.
    """

    text: str = ""
    options: tuple[Option, ...] = ()
    draft: Draft | None = None
    report: Report | None = None
    help: bool = False
    private: bool = False


def quoted(text: str) -> str:
    """Escape what Markdown would take for markup, for words that are not ours."""
    return "".join("\\" + sign if sign in "\\`*_{}[]<>#|~!" else sign for sign in text)
