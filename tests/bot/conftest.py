"""What tests of the bot share: an environment without any setting of this machine's, and no ``.env`` file."""

import os
from pathlib import Path

import pytest

from bot.settings import Settings

NAMES = tuple(str(field.alias) for field in Settings.model_fields.values())


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the settings and the ``.env`` of whoever runs the tests out of them."""
    for name in {*NAMES, *(name for name in os.environ if name.startswith("UPDRAFT_"))}:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
