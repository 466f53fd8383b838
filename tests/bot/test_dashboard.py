"""The dashboard and the documents name figures that exist, and all of them are somewhere to be seen."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from emulators.people import ANA
from engine.troubles import PLAYBOOKS
from tests.bot.test_metrics import UPDATE, product

DOCS = Path(__file__).parents[2] / "docs"
NAME = re.compile(r"\b(?:updraft|process|python)_[a-z_]+")
LABELS = re.compile(r"(\w+)\s*(?:=~|!=|!~|=)\s*\"|by \(([^)]*)\)")


@pytest.fixture
def dashboard() -> dict[str, Any]:
    return dict(json.loads((DOCS / "grafana-dashboard.json").read_text()))


def expressions(dashboard: dict[str, Any]) -> list[str]:
    return [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]


async def exported(folder: Path) -> dict[str, set[str]]:
    """Return the names of all samples that a process gives after a day's work, with their labels."""
    found: dict[str, set[str]] = {}
    more = {"UPDRAFT_PERSON_CALLS_AN_HOUR": "2", "UPDRAFT_BREAKER_FAILURES": "1", "UPDRAFT_HEALTH_EVERY": "1"}
    async with product(folder, **more) as (desk, session):
        card = await desk.say(ANA, UPDATE)
        await desk.press(ANA, card, "Post")
        await desk.becomes(card, "Posted comment", ANA.dm)
        desk.site.models.behave(down=True)
        for key in ("DEMO-17", "DEMO-12"):
            await desk.say(ANA, UPDATE.replace("DEMO-14", key))
        await desk.say(ANA, "fixed the menu in DEMO-12, QA is next on staging")
        async with session.get("/metrics") as answer:
            text = await answer.text()
    for family in text_string_to_metric_families(text):
        # A counter that counted nothing yet has no sample, but it is there.
        found.setdefault(f"{family.name}_total" if family.type == "counter" else family.name, set())
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


async def test_what_the_dashboard_asks_for_exists(tmp_path: Path, dashboard: dict[str, Any]) -> None:
    there = await exported(tmp_path)
    asked = {name for one in expressions(dashboard) for name in NAME.findall(one)}
    assert sorted(asked - there.keys()) == []
    for one in expressions(dashboard):
        known = {"le", "instance", "version"} | {label for name in NAME.findall(one) for label in there[name]}
        used = {
            label.strip()
            for equal, grouped in LABELS.findall(one)
            for label in (equal or grouped).split(",")
            if label.strip()
        }
        assert used <= known, one
    ours = {
        re.sub(r"_(bucket|sum|count|total|created)$", "", name)
        for name in there
        if name.startswith("updraft_")
    }
    shown = {re.sub(r"_(bucket|sum|count|total)$", "", name) for name in asked}
    assert sorted(ours - shown) == []
    told = (DOCS / "operations.md").read_text()
    told = told.replace("`_quality`", "updraft_recent_drafts_quality").replace(
        "`_auto_posted`", "updraft_recent_drafts_auto_posted"
    )
    assert sorted(ours - {re.sub(r"_total$", "", name) for name in NAME.findall(told)}) == []


def test_the_dashboard_is_one_that_grafana_takes(dashboard: dict[str, Any]) -> None:
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    for panel in panels:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        if panel["type"] != "row":
            assert panel["datasource"] == {"type": "prometheus", "uid": "${source}"}
            assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])
    assert dashboard["templating"]["list"][0]["type"] == "datasource"


def test_every_alert_names_a_playbook_that_is_there() -> None:
    told = (DOCS / "operations.md").read_text()
    assert [name for _, name in PLAYBOOKS.values() if f"### {name}\n" not in told] == []
