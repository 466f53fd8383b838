"""Rules of this house that no other tool checks: names, settings, documents and the closed network."""

import ast
import re
import socket
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

import engine
from bot.__main__ import main
from bot.settings import Settings, explained
from emulators.people import APP_TOKEN, BOT_TOKEN

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "engine", "emulators")
Function = ast.FunctionDef | ast.AsyncFunctionDef
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXAMPLE = (ROOT / ".env.example").read_text()
LINE = re.compile(r"^(# )?([A-Z][A-Z0-9_]+)=(.*)$")
TEXTS = {".py", ".md", ".toml", ".yml", ".yaml", ".json", ".js", ".css", ".html", ".svg", ".example", ""}


def tracked() -> Iterator[Path]:
    """Yield the files of the repository, those not committed yet too."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("this is no git checkout")
    yield from (path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file())


def modules() -> Iterator[Path]:
    """Yield the modules of the product and its stand-ins."""
    for package in PACKAGES:
        yield from (ROOT / package).rglob("*.py")


# -- names


def test_the_engines_names_are_sorted_and_there() -> None:
    assert engine.__all__ == sorted(engine.__all__)
    assert all(hasattr(engine, name) for name in engine.__all__)


def test_the_engine_offers_what_it_imports() -> None:
    tree = ast.parse((ROOT / "engine/__init__.py").read_text())
    imported = [
        alias.asname or alias.name
        for one in tree.body
        if isinstance(one, ast.ImportFrom)
        for alias in one.names
    ]
    assert sorted(imported) == engine.__all__


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in modules()
        if (source := path.read_text()).strip() and ast.get_docstring(ast.parse(source)) is None
    ]
    assert [path for path in silent if "migrations" not in path] == []


def test_every_name_of_the_engine_says_what_it_is() -> None:
    # A dataclass without a docstring of its own is given its signature for one.
    silent = [
        name
        for name in engine.__all__
        if not (doc := getattr(engine, name).__doc__) or doc.startswith(f"{name}(")
    ]
    assert silent == []


def test_modules_and_functions_stay_small() -> None:
    """About 600 and 50 lines are meant; a list of words may run a little over, and a migration is one long list."""
    files = [str(path.relative_to(ROOT)) for path in modules() if path.read_text().count("\n") > 650]
    functions = [
        f"{path.relative_to(ROOT)}: {node.name} ({_length(node)} lines)"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, Function) and _length(node) > 60 and "migrations" not in path.parts
    ]
    assert files + functions == []


def _length(node: Function) -> int:
    """Return a function's lines without its docstring."""
    first = node.body[0]
    told = first.end_lineno or 0 if ast.get_docstring(node) else node.lineno
    return (node.end_lineno or 0) - told


# -- settings


def documented() -> dict[str, tuple[bool, str]]:
    """Return the settings of .env.example: whether each is commented out, and its value."""
    found = (LINE.match(line) for line in EXAMPLE.splitlines())
    return {one[2]: (one[1] is not None, one[3]) for one in found if one}


def fields() -> dict[str, FieldInfo]:
    return {str(field.alias): field for field in Settings.model_fields.values()}


def test_every_setting_is_explained() -> None:
    assert documented().keys() == fields().keys()


def test_a_default_is_shown_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is commented out has a default, and the line shows it; the rest is to be filled in."""
    monkeypatch.chdir(tmp_path)  # away from a developer's own .env
    for name in fields():
        monkeypatch.delenv(name, raising=False)
    given = {
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "JIRA_URL": "https://x.example",
        "JIRA_EMAIL": "a@x.example",
        "JIRA_API_TOKEN": "t",
    }
    plain = Settings.model_validate(given)
    for name, (optional, value) in documented().items():
        if not optional:
            assert value == "", name
            continue
        assert fields()[name].default is not PydanticUndefined, name
        shown = Settings.model_validate(given | {name: value})
        assert shown == plain, f"{name}={value} is not the default"


def test_each_setting_has_words_before_it() -> None:
    blocks = EXAMPLE.split("\n\n")
    named = [block for block in blocks if any(LINE.match(line) for line in block.splitlines())]
    for block in named:
        assert block.startswith("# "), block
        assert not LINE.match(block.splitlines()[0]), block


def test_a_wrong_setting_is_named_and_its_value_is_not() -> None:
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate({"SLACK_BOT_TOKEN": "hunter2", "PORT": "many"})
    told = explained(caught.value)
    assert "SLACK_BOT_TOKEN: must be a bot token" in told
    assert "JIRA_URL: is not set" in told
    assert "PORT:" in told
    assert "hunter2" not in told


def test_secrets_are_secret() -> None:
    secret = {name for name, field in fields().items() if "SecretStr" in str(field.annotation)}
    assert secret == {name for name in fields() if name.endswith(("_TOKEN", "_KEY", "_SECRET", "_HEADERS"))}
    assert "xoxb-1" not in repr(SecretStr("xoxb-1"))


# -- documents


def test_the_changelog_has_this_version() -> None:
    assert f"## {PROJECT['version']}" in (ROOT / "CHANGELOG.md").read_text()


def test_the_documents_lead_somewhere() -> None:
    broken = []
    for path in tracked():
        if path.suffix == ".md" and "prompts" not in path.parts:
            links = re.findall(r"\]\(([^)#\s]+)|(?:src|srcset)=\"([^\"]+)\"", path.read_text())
            local = [one or other for one, other in links if "://" not in (one or other)]
            broken += [f"{path.name}: {link}" for link in local if not (path.parent / link).exists()]
    assert broken == []


def test_the_command_line_is_documented(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    offered = set(re.findall(r"^    (\w+) ", capsys.readouterr().out, re.MULTILINE))
    told = (ROOT / "docs/api.md").read_text()
    assert offered >= {"demo", "serve", "work", "migrate", "doctor", "route", "check", "guard"}
    assert [name for name in sorted(offered) if f"`updraft {name}" not in told] == []


def test_every_action_id_is_documented() -> None:
    told = (ROOT / "docs/api.md").read_text()
    sources = "\n".join(path.read_text() for path in (ROOT / "bot/slack").glob("*.py"))
    ids = set(re.findall(r"\"(draft_\w+|fill_blanks|compose)\"", sources))
    assert len(ids) > 5
    assert [one for one in sorted(ids) if f"`{one}`" not in told] == []


def test_nothing_names_a_machine() -> None:
    """Paths of a developer's machine and addresses of package registries have no place in a repository."""
    foreign = re.compile(
        "|".join(
            (
                "/" + "home/",
                "/" + "root/",
                "/" + "work/",
                "/" + "Users/",
                "index" + "-url = ",
                "pypi" + r"\.org",
            )
        )
    )
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        if path.suffix in TEXTS and path.parent.name != "requirements"
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if foreign.search(line)
    ]
    assert found == []


# -- tests


def test_the_network_is_closed() -> None:
    with pytest.raises(AssertionError, match="closed network"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(AssertionError, match="closed network"):
        socket.getaddrinfo("slack.com", 443)


def test_tests_replace_nothing() -> None:
    """Stand-ins speak the real protocols; patched internals would only agree with themselves."""
    patched = re.compile("unittest" + r"\.mock|monkeypatch" + r"\.setattr|mocker" + r"\.")
    found = [path.name for path in (ROOT / "tests").rglob("*.py") if patched.search(path.read_text())]
    assert found == []


def test_folders_of_tests_are_packages() -> None:
    """Two files of the same name do not collide, and helpers can be imported."""
    folders = {path.parent for path in (ROOT / "tests").rglob("test_*.py")}
    assert [str(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []
