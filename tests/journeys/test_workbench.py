"""The whole product in a real browser: what a first visitor does, with mouse, keyboard and a phone.

``UPDRAFT_PICTURES=docs pytest tests/journeys/test_workbench.py`` takes the pictures of the README.
"""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from emulators.people import ANA, BEN, CHANNEL
from emulators.site import Site
from tests.emulators.test_workbench_page import ARGUMENTS, CHROMIUM, CONTRAST, log, say
from tests.journeys.desk import served

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no {CHROMIUM}"),
]

UPDATE = "fixed the timeout in DEMO-14, retries 3 times now, still need QA on staging"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """The stand-ins with the product connected to them."""
    async with Site(port=0) as site, served(site, tmp_path):
        yield site


@pytest_asyncio.fixture(loop_scope="module")
async def page(site: Site, browser: Browser) -> AsyncIterator[Page]:
    """The page open as Ana; whatever the console complains of fails the test."""
    context = await browser.new_context(viewport={"width": 1280, "height": 860}, reduced_motion="reduce")
    context.set_default_timeout(15_000)
    page = await context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda told: wrong.append(told.text) if told.type in ("error", "warning") else None)
    await page.goto(site.url)
    await expect(log(page).get_by_text("Tell me what happened, in your own words.")).to_be_visible()
    yield page
    await context.close()
    assert wrong == []


def answer(page: Page, words: str) -> Locator:
    """Return the app's answer that shows these words."""
    return page.locator(".thread .message").filter(has_text=words)


def issue_pane(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Issue")


async def press(card: Locator, label: str) -> None:
    await card.get_by_role("button", name=label, exact=True).click()


async def test_the_five_hints_one_after_the_other(page: Page, site: Site) -> None:
    hints = page.get_by_role("complementary", name="Five things to try").locator("button.hint")
    await expect(hints).to_have_count(5)
    shown = (
        "DEMO-12 Cache exchange rates in the checkout service: In Progress → Done",
        "Your figures, last week",
        "Draft comment on DEMO-14",
        "Draft e-mail",
        "Draft a Jira comment",
    )
    for place, words in enumerate(shown):
        await hints.nth(place).click()
        await expect(answer(page, words)).to_be_visible()
    done = page.locator("[data-status=Done] .card[data-key=DEMO-12]")
    await expect(done).to_be_visible()
    await expect(hints.first).to_be_hidden()
    assert site.jira.issue("DEMO-12")["fields"]["status"]["name"] == "Done"


async def test_an_approved_update_is_seen_in_jira_and_becomes_a_receipt(page: Page, site: Site) -> None:
    before = len(site.jira.comments("DEMO-14"))
    await page.locator(".card[data-key=DEMO-14]").click()
    comments = issue_pane(page).locator("[data-comment]")
    await expect(comments).to_have_count(before)
    await say(page, UPDATE)
    await press(answer(page, "Draft comment on DEMO-14"), "Post")
    receipt = answer(page, "✅ Posted comment on DEMO-14")
    await expect(receipt).to_be_visible()
    await expect(receipt.get_by_role("button", name="Post", exact=True)).to_have_count(0)
    await expect(comments).to_have_count(before + 1)
    await expect(comments.last).to_contain_text("3 times")
    await expect(page.locator(".card[data-key=DEMO-14] .comments")).to_have_text(f"💬 {before + 1}")


async def test_a_draft_is_edited_in_its_form(page: Page, site: Site) -> None:
    await say(page, UPDATE)
    await press(answer(page, "Draft comment on DEMO-14"), "Edit")
    form = page.get_by_role("dialog", name="Edit the draft")
    text = form.get_by_label("Your comment")
    await expect(text).to_be_focused()
    await expect(text).to_have_value(
        "Fixed the timeout in DEMO-14. It now retries 3 times. QA on staging is still needed."
    )
    await text.fill("The key is " + "AKIA" + "IOSFODNN7" + "QWERTYU")
    await press(form, "Save")
    await expect(form.get_by_text("AWS access key")).to_be_visible()
    await text.fill("Fixed the timeout; it retries **3** times.\n\n- QA on staging is pending")
    await press(form, "Save")
    await expect(form).to_be_hidden()
    edited = answer(page, "QA on staging is pending")
    await expect(edited.locator(".markdown strong")).to_have_text("3")
    await press(edited, "Post")
    await expect(answer(page, "✅ Posted comment on DEMO-14")).to_be_visible()
    assert "QA on staging is pending" in str(site.jira.comments("DEMO-14")[-1]["body"])


async def test_another_wording_and_a_rejection(page: Page) -> None:
    await say(page, UPDATE)
    card = answer(page, "Draft comment on DEMO-14")
    await press(card, "Regenerate")
    form = page.get_by_role("dialog", name="Another text")
    await form.get_by_label("What should be different?").fill("as a list")
    await press(form, "Write again")
    await expect(card.locator(".markdown li").first).to_be_visible()
    await press(card, "Reject")
    form = page.get_by_role("dialog", name="Reject the draft")
    await form.get_by_label("What was wrong with it?").fill("QA is done by now")
    await press(form, "Reject")
    rejected = answer(page, "Rejected comment on DEMO-14")
    await expect(rejected).to_contain_text("Reason: QA is done by now")


async def test_nobody_else_decides_on_a_draft(page: Page, site: Site) -> None:
    await site.slack.invite(ANA.slack, CHANNEL)
    await page.get_by_role("button", name="payments").click()
    await say(page, f"@Updraft {UPDATE}")
    await expect(answer(page, "Draft comment on DEMO-14")).to_be_visible()
    await page.get_by_label("Person you act as").select_option(BEN.slack)
    await page.get_by_role("button", name="payments").click()
    await press(answer(page, "Draft comment on DEMO-14"), "Post")
    told = page.locator(".message.ephemeral")
    await expect(told).to_contain_text("This draft belongs to @Ana; only they can decide on it.")
    await expect(
        answer(page, "Draft comment on DEMO-14").get_by_role("button", name="Post", exact=True)
    ).to_be_visible()
    assert not any("3 times" in str(one["body"]) for one in site.jira.comments("DEMO-14"))


async def test_a_question_is_answered_by_a_button(page: Page, site: Site) -> None:
    await say(page, "done")
    asked = page.locator(".thread .message").last
    await asked.get_by_role("button", name="DEMO-12").click()
    await expect(page.locator("[data-status=Done] .card[data-key=DEMO-12]")).to_be_visible()
    await expect(answer(page, "→ Done")).to_be_visible()


async def test_the_home_shows_what_waits(page: Page) -> None:
    await say(page, UPDATE)
    await expect(answer(page, "Draft comment on DEMO-14")).to_be_visible()
    await page.get_by_role("tab", name="Home").click()
    await expect(page.get_by_role("heading", name="Waiting for you")).to_be_visible()
    await expect(page.locator(".home")).to_contain_text("DEMO-14 Fixed the timeout")


async def test_with_the_keyboard_alone(page: Page, site: Site) -> None:
    """From the address bar to a posted comment by Tab, Enter and typing."""
    keys = page.keyboard

    async def reach(name: str) -> None:
        here = (
            "(document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent).trim()"
        )
        for _ in range(60):
            if (await page.evaluate(here)).startswith(name):
                return
            await keys.press("Tab")
        raise AssertionError(f"no way to “{name}” by Tab")

    field = page.locator(".foot textarea")
    for _ in range(40):
        await keys.press("Tab")
        if await field.evaluate("field => field === document.activeElement"):
            break
    await keys.type(UPDATE)
    await keys.press("Enter")
    await expect(answer(page, "Draft comment on DEMO-14")).to_be_visible()
    await field.evaluate("() => document.querySelector('.skip').focus()")
    await reach("Edit")
    await keys.press("Enter")
    form = page.get_by_role("dialog", name="Edit the draft")
    await expect(form.get_by_label("Your comment")).to_be_focused()
    await keys.press("Control+End")
    await keys.type(" Rollout is on Friday.")
    await reach("Save")
    await keys.press("Enter")
    await expect(form).to_be_hidden()
    await expect(answer(page, "Rollout is on Friday.")).to_be_visible()
    await field.evaluate("() => document.querySelector('.skip').focus()")
    await reach("Post")
    await keys.press("Enter")
    await expect(answer(page, "✅ Posted comment on DEMO-14")).to_be_visible()
    assert "Rollout is on Friday." in str(site.jira.comments("DEMO-14")[-1]["body"])


async def test_on_a_phone(page: Page, site: Site) -> None:
    await page.set_viewport_size({"width": 375, "height": 740})
    await say(page, UPDATE)
    card = answer(page, "Draft comment on DEMO-14")
    await expect(card).to_be_visible()
    await say(page, "how productive was the team last week?")
    await expect(answer(page, "Figures of the team, last week")).to_be_visible()
    for button in await page.locator(".thread .message button.button").all():
        box = await button.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 375
    assert await page.evaluate("document.documentElement.scrollWidth") <= 375
    await press(card, "Post")
    await expect(answer(page, "✅ Posted comment on DEMO-14")).to_be_visible()
    await answer(page, "✅ Posted comment on DEMO-14").get_by_role("link", name="DEMO-14").click()
    await expect(issue_pane(page).locator("[data-comment]").last).to_contain_text("3 times")


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_a_little_story_reads_well_in_both_themes(page: Page, site: Site, theme: str) -> None:
    if theme == "dark":
        await page.get_by_role("button", name="Use dark colours").click()
    await say(page, "how productive was I last week?")
    await expect(answer(page, "Your figures, last week")).to_be_visible()
    await say(page, "done with DEMO-12")
    await expect(answer(page, "→ Done")).to_be_visible()
    await say(page, UPDATE)
    await press(answer(page, "Draft comment on DEMO-14"), "Post")
    await expect(answer(page, "✅ Posted comment on DEMO-14")).to_be_visible()
    await answer(page, "✅ Posted comment on DEMO-14").get_by_role("link", name="DEMO-14").first.click()
    await expect(issue_pane(page).locator("[data-comment]").last).to_contain_text("3 times")
    await say(page, "finished DEMO-17, it was the popup blocker, fix is on staging")
    await expect(page.get_by_role("button", name="Post and move to Done")).to_be_visible()
    assert await page.evaluate(CONTRAST) == []
    await _picture(page, "workbench.png" if theme == "light" else "workbench-dark.png")


async def _picture(page: Page, name: str) -> None:
    """Take a picture for the README where one is asked for."""
    folder = os.environ.get("UPDRAFT_PICTURES")
    if folder:
        await page.mouse.move(640, 855)
        await page.screenshot(path=Path(folder) / name)
