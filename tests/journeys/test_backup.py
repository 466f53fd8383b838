"""The backup of SQLite as docs/operations.md has it: each run writes a whole database beside the others, while Updraft works."""

import re
import sqlite3
import subprocess
import sys
from pathlib import Path

from emulators.people import ANA
from emulators.site import Site
from tests.journeys.desk import Desk, served

DOCUMENT = Path(__file__).parents[2] / "docs/operations.md"


async def test_each_run_writes_a_backup_of_its_own(tmp_path: Path) -> None:
    [command] = re.findall(
        r"^    (\.venv/bin/python -c .*VACUUM INTO.*)$", DOCUMENT.read_text(), re.MULTILINE
    )
    assert "%" not in command, "a crontab ends a command there"
    data, programs = tmp_path / "data", tmp_path / ".venv/bin"
    data.mkdir()
    programs.mkdir(parents=True)
    (programs / "python").symlink_to(sys.executable)
    async with Site(port=0) as site, served(site, data):
        await Desk(site, data).say(ANA, "help")
        for _ in range(2):
            subprocess.run(command, shell=True, cwd=tmp_path, check=True)
    made = list(tmp_path.glob("updraft-*.db"))
    assert len(made) == 2
    for one in made:
        with sqlite3.connect(one) as opened:
            assert opened.execute("SELECT count(*) FROM inbox").fetchone() == (1,)
        opened.close()


def test_where_there_is_no_database_none_is_made(tmp_path: Path) -> None:
    [command] = re.findall(
        r"^    \.venv/bin/python (-c .*VACUUM INTO.*)$", DOCUMENT.read_text(), re.MULTILINE
    )
    (tmp_path / "data").mkdir()
    done = subprocess.run(f"{sys.executable} {command}", shell=True, cwd=tmp_path, capture_output=True)
    assert done.returncode == 1
    assert not list(tmp_path.rglob("*.db"))
