"""Official schemas and payloads that contract tests compare with; present beside the repository or not at all."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2] / "shared" / "data"


def official(name: str) -> Path:
    """Return the path of one official file, or skip the test with the reason."""
    path = ROOT / name
    if not path.exists():
        pytest.skip(f"official material {name} is not beside this checkout")
    return path


@cache
def _parsed(path: Path) -> Any:
    return json.loads(path.read_text())


def official_json(name: str) -> Any:
    """Return one official JSON file parsed; treat it as read-only."""
    return _parsed(official(name))
