"""A model's e-mail taken apart, linked and cleaned."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.email import Email, clean, mailto, parse

LETTER = """Subject: Sick leave on Monday

Dear [manager],

I am ill and will not be able to work on Monday. I will be back on Tuesday.

Best regards,
Ann Lee"""


def rules(text: str) -> set[str]:
    return {finding.rule for finding in parse(text).findings}


def test_parts() -> None:
    email = parse(LETTER)
    assert email.subject == "Sick leave on Monday"
    assert email.greeting == "Dear [manager],"
    assert email.body == "I am ill and will not be able to work on Monday. I will be back on Tuesday."
    assert email.closing == "Best regards,\nAnn Lee"
    assert email.findings == ()
    assert email.body_text.startswith("Dear [manager],\n\nI am ill")


@pytest.mark.parametrize(
    "text",
    [
        LETTER.replace("Subject:", "**Subject:**"),
        "Here is the e-mail:\n\n" + LETTER,
        "```\n" + LETTER + "\n```",
        LETTER.replace("\n", "\r\n"),
        "To: boss@acme.com\n" + LETTER,
    ],
)
def test_wrappings_of_models_do_not_matter(text: str) -> None:
    email = parse(text)
    assert (email.subject, email.greeting) == ("Sick leave on Monday", "Dear [manager],")
    assert "Ann Lee" in email.closing
    assert "```" not in email.body_text


def test_what_is_missing_is_told() -> None:
    assert rules("Too short") == {"email.no-subject", "email.short", "email.no-greeting", "email.no-closing"}
    assert rules("Subject: x\n\nHi,\n" + "word " * 301 + "\nRegards,\nA") == {"email.long"}


def test_mailto_survives_the_mail_program() -> None:
    email = Email("Q3 & costs?", "Hi,", "100% done\n\n- a+b", "Bye")
    link = urlsplit(mailto(email, "bob@acme.com"))
    query = parse_qs(link.query)
    assert (link.scheme, link.path) == ("mailto", "bob@acme.com")
    assert query == {"subject": ["Q3 & costs?"], "body": ["Hi,\r\n\r\n100% done\r\n\r\n- a+b\r\n\r\nBye"]}


@pytest.mark.parametrize(
    ("value", "most", "wanted"),
    [
        ("Ann\nLee", 100, "Ann Lee"),
        ("A\x00nn\u202e Lee", 100, "Ann Lee"),
        ("<b>Ann</b> `x` {{role}}", 100, "Ann x role"),
        ("<<b>script> hi", 100, "script hi"),
        ("a" * 120, 100, "a" * 100),
        ("snake_case O'Neil-Smith", 50, "snake_case O'Neil-Smith"),
    ],
)
def test_context_values_are_cleaned(value: str, most: int, wanted: str) -> None:
    assert clean(value, most) == wanted


@given(st.text(max_size=200))
def test_anything_can_be_parsed_and_cleaned(text: str) -> None:
    email = parse(text)
    assert all(0 <= finding.start <= finding.end <= len(text) for finding in email.findings)
    mailto(email)
    assert "\n" not in clean(text, 20)
    assert len(clean(text, 20)) <= 20
