"""“done with DEMO-12”: Jira changes at once, within the workflow and the person's rights, and no model is asked."""

from pathlib import Path

from emulators.people import ANA, DORA
from emulators.site import Site
from tests.journeys.desk import Desk, on_both_databases, served, text_of


def status(desk: Desk, key: str) -> str:
    return str(desk.site.jira.issue(key)["fields"]["status"]["name"])


async def test_done_moves_the_issue_without_a_model(desk: Desk) -> None:
    answer = await desk.say(ANA, "done with DEMO-12")
    assert "In Progress → *Done*" in text_of(answer)
    assert status(desk, "DEMO-12") == "Done"
    assert not desk.site.models.requests


async def test_several_keys_are_all_moved(desk: Desk) -> None:
    answer = await desk.say(ANA, "finished DEMO-12 and DEMO-14")
    assert (status(desk, "DEMO-12"), status(desk, "DEMO-14")) == ("Done", "Done")
    assert text_of(answer).count("→ *Done*") >= 2


@on_both_databases
async def test_done_alone_asks_which(desk: Desk) -> None:
    answer = await desk.say(ANA, "done")
    assert "Which issue is done?" in text_of(answer)
    await desk.press(ANA, answer, "DEMO-12")
    await desk.becomes(answer, r"→ \*Done\*", ANA.dm)
    assert status(desk, "DEMO-12") == "Done"


@on_both_databases
async def test_required_fields_are_asked_for(desk: Desk) -> None:
    answer = await desk.say(ANA, "DEMO-17 is done")
    assert "Jira needs" in text_of(answer)
    assert status(desk, "DEMO-17") != "Done"
    await desk.press(ANA, answer, "Fill in")
    form = await desk.form(ANA)
    values = {}
    for block in form["blocks"]:
        element = block["element"]
        options = element.get("options")
        values[element["action_id"]] = options[0]["value"] if options else "A race in the retry"
    assert await desk.submit(ANA, values) == {"ok": True}
    await desk.becomes(answer, r"→ \*Done\*", ANA.dm)
    assert status(desk, "DEMO-17") == "Done"


async def test_what_cannot_be_moved_is_told_in_plain_words(desk: Desk) -> None:
    assert "already *Done*" in text_of(await desk.say(ANA, "done with DEMO-3"))
    assert "cannot find DEMO-999" in text_of(await desk.say(ANA, "done with DEMO-999"))
    assert "cannot find NOPE-7" in text_of(await desk.say(ANA, "done with NOPE-7"))
    assert "cannot find SECRET-1" in text_of(await desk.say(ANA, "done with SECRET-1"))
    assert "does not let you move" in text_of(await desk.say(DORA, "done with DEMO-12"))
    assert "this workflow offers only" in text_of(await desk.say(ANA, "done with DEMO-21"))
    assert status(desk, "DEMO-12") == "In Progress"


async def test_a_workspace_has_its_own_words_for_done(tmp_path: Path) -> None:
    async with Site(port=0) as site, served(site, tmp_path, UPDRAFT_DONE_PHRASES="in the can, sorted"):
        desk = Desk(site, tmp_path)
        assert "→ *Done*" in text_of(await desk.say(ANA, "DEMO-12 is in the can"))
        assert "→ *Done*" not in text_of(await desk.say(ANA, "DEMO-14 is not in the can yet"))
