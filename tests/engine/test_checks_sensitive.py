"""What is found of secrets and personal data, and what is left alone."""

import pytest

from engine.checks.credentials import CREDENTIALS, sample
from engine.checks.guard import guard, restore
from engine.checks.sensitive import iban, luhn, sensitive
from engine.types import Verdict

CARD = "4111 1111 " + "1111 1111"


def names(text: str, *domains: str) -> list[str]:
    return [one.name for one in sensitive(text, domains)]


@pytest.mark.parametrize(("name", "text"), [(one.name, text) for one in CREDENTIALS for text in one.examples])
def test_each_providers_credential_is_found_and_blocks(name: str, text: str) -> None:
    secret = sample(text)
    assert name in names(secret) or any(found for found in names(secret))
    assert guard(f"here you go: {secret} thanks").verdict is Verdict.BLOCK


@pytest.mark.parametrize("text", [text for one in CREDENTIALS for text in one.counterexamples])
def test_what_only_resembles_a_credential_is_left_alone(text: str) -> None:
    assert names(sample(text)) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("password", "the password is " + "hunter2"),
        ("password", "pw: " + "S3cure!pass"),
        ("password", "password for the admin account is " + "Tr0ub4dor"),
        ("password", "login with user admin, passwd=" + "letmein99"),
        ("password", 'my password is "' + 'correct horse"'.replace(" ", "-")),
        ("login-url", "postgres://app:" + "s3cret@db.internal:5432/app"),
        ("login-url", "use https://bob:" + "pa55@ci.example.com/job"),
        ("login-url", "redis://:" + "topsecret@cache:6379/0"),
        ("connection-string", "Server=db1;Database=crm;User Id=sa;Password=" + "Pa55word!;"),
        ("card", f"card {CARD}"),
        ("card", "the amex was 3782-822463-" + "10005"),
        ("iban", "pay to DE89 3704 0044 " + "0532 0130 00"),
        ("iban", "GB29NWBK6016" + "1331926819"),
        ("ssn", "her SSN is 078-05-" + "1120"),
        ("ssn", "ssn 219 09 " + "9999"),
        ("phone", "call me at +49 170 " + "1234567"),
        ("phone", "reach me: (415) 555-" + "2671"),
        ("phone", "phone 030 " + "1234567"),
        ("email", "mail jane.doe@" + "gmail.com"),
        ("ip-address", "the box is at 203.0.113.77 now"),
    ],
)
def test_personal_data_and_passwords_are_found(name: str, text: str) -> None:
    assert names(text) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "sent the password reset mail, the password field is broken",
        "password is required and the password was wrong",
        "forgot password flow: done",
        "pass: 34, fail: 2",
        "commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
        "id 3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        "md5 d41d8cd98f00b204e9800998ecf8427e",
        "order 4111111111111111 is stuck",
        "test id TC-1234-5678-9012",
        "bumped to 10.2.3.4 and 192.168.0.12",
        "kernel version 5.15.0.91",
        "run 20260312 took 1234567890 ms",
        "git clone git@github.com:acme/app.git",
        "2026-03-12 10:00 - 2026-03-14",
        "call foo 1234 times",
        "PAY-1234 and PAY-12345",
    ],
)
def test_ordinary_figures_and_words_are_left_alone(text: str) -> None:
    assert names(text) == []


def test_allowed_domains_cover_their_subdomains_and_nothing_else() -> None:
    assert names("ann@acme.com bob@mail.acme.com", "acme.com") == []
    assert names("eve@notacme.com", "acme.com") == ["email"]
    assert names("eve@acme.com.evil.io", "acme.com") == ["email"]


def test_places_are_those_of_the_original_text_despite_hidden_characters() -> None:
    text = "päss: card 4111\u200b 1111 1111 " + "1111"
    (one,) = sensitive(text)
    assert text[one.start : one.end].endswith("4111\u200b 1111 1111 1111")


def test_redaction_comes_back_only_where_that_is_safe() -> None:
    said = "call +49 170 " + "1234567 and use password: " + "hunter22"
    guarded = guard(said)
    assert guarded.verdict is Verdict.REDACT
    assert "hunter22" not in guarded.redacted
    assert "1234567" not in guarded.redacted
    back = restore(guarded.redacted, guarded.secrets)
    assert "1234567" in back
    assert "hunter22" not in back


def test_one_value_has_one_placeholder_and_typed_ones_are_not_taken_for_ours() -> None:
    pw = "password: " + "hunter22"
    guarded = guard(f"[redacted-password-1] {pw} and again {pw}")
    assert list(guarded.secrets) == ["[redacted-password-2]"]
    assert guarded.redacted.count("[redacted-password-2]") == 2


@pytest.mark.parametrize(("digits", "valid"), [("4111111111111111", True), ("4111111111111112", False)])
def test_luhn(digits: str, valid: bool) -> None:
    assert luhn(digits) is valid


@pytest.mark.parametrize(
    ("account", "valid"),
    [("DE89370400440532013000", True), ("DE88370400440532013000", False), ("XX89370400440532013000", False)],
)
def test_iban(account: str, valid: bool) -> None:
    assert iban(account) is valid


def test_findings_do_not_repeat_the_secret() -> None:
    guarded = guard("password: " + "hunter22")
    assert all("hunter22" not in finding.message for finding in guarded.findings)
