"""The workbench in a real browser, driven by keyboard and mouse against a small Bolt app."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright, expect
from slack_sdk.web.async_client import AsyncWebClient

from emulators.people import ANA, BEN, BOT_TOKEN, CHANNEL, OTHER_CHANNEL
from emulators.site import Site
from tests.emulators.workbench_app import running

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

PATIENCE = 20_000
"""Milliseconds; a busy machine is slow, and nothing here waits longer than it must."""
expect.set_options(timeout=PATIENCE)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no {CHROMIUM}"),
]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def site() -> AsyncIterator[Site]:
    async with Site() as site, running(site):
        yield site


@pytest_asyncio.fixture(loop_scope="module")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    yield context
    await context.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(site: Site, context: BrowserContext) -> AsyncIterator[Page]:
    """The page open as Ana; whatever the console complains of fails the test."""
    page = await context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "console",
        lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None,
    )
    await page.goto(site.url)
    await expect(page.get_by_role("heading", name="This is Updraft")).to_be_visible()
    yield page
    assert [
        text for text in wrong if "400 (Bad Request)" not in text
    ] == []  # refused on purpose, told to the person


def log(page: Page) -> Locator:
    return page.get_by_role("log", name="Messages")


async def say(page: Page, text: str) -> None:
    field = page.locator(".foot textarea")
    await field.fill(text)
    await field.press("Enter")


async def show(page: Page) -> None:
    await say(page, "show me everything")
    await expect(page.get_by_text("Choose a size")).to_be_visible()


async def test_blocks_are_drawn(page: Page) -> None:
    await show(page)
    body = page.locator(".thread .message .body")
    await expect(body.locator("h3.header")).to_have_text("Everything ✨")
    section = body.locator(".section .text").first
    for tag, text in {"strong": "Bold", "em": "italic", "s": "struck", "code": "code with *stars*"}.items():
        await expect(section.locator(tag).first).to_have_text(text)
    await expect(section.locator("a")).to_have_attribute("href", "https://example.com")
    await expect(section.locator(".mention")).to_have_text(["@Ana", "#payments"])
    await expect(section.locator("blockquote")).to_have_text("quoted & Oct 9, 2025")
    await expect(section.locator("pre")).to_have_text("x < 1 && *not bold*")
    await expect(section).to_contain_text("snake_case_name and 2*3*4 stay")
    await expect(body.locator(".fields > div")).to_have_count(4)
    await expect(body.locator("ul li").first).to_have_text("first")
    await expect(body.locator(".markdown ol > li")).to_have_count(2)
    await expect(body.locator(".markdown table td code")).to_have_text("2")
    await expect(body.get_by_text("<b>no html</b>")).to_be_visible()
    await expect(body.get_by_role("columnheader", name="Closed")).to_be_visible()
    await expect(body.get_by_role("img", name="arrow")).to_be_visible()
    await expect(body.get_by_role("button", name="Approve")).to_have_class("button primary")


async def test_message_changes_in_place_and_its_link_opens_the_issue(page: Page) -> None:
    await show(page)
    await page.get_by_role("button", name="Approve", exact=True).click()
    await expect(page.get_by_text("Posted")).to_be_visible()
    await expect(page.get_by_role("button", name="Approve", exact=True)).to_have_count(0)
    await page.get_by_role("link", name="DEMO-12").click()
    await expect(page.get_by_role("complementary", name="Issue")).to_contain_text("Cache exchange rates")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("complementary", name="Issue")).to_be_hidden()


async def test_confirmation_and_deletion(page: Page) -> None:
    await show(page)
    await page.get_by_role("button", name="Reject", exact=True).click()
    dialog = page.get_by_role("dialog", name="Are you sure?")
    await dialog.get_by_role("button", name="No").click()
    await expect(page.get_by_role("button", name="Reject", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Reject", exact=True).click()
    await dialog.get_by_role("button", name="Yes").click()
    await expect(page.get_by_role("button", name="Reject", exact=True)).to_have_count(0)


async def test_button_that_the_app_does_not_ack(page: Page) -> None:
    await show(page)
    button = page.get_by_role("button", name="Never acks", exact=True)
    await button.click()
    await expect(button).to_have_attribute("aria-busy", "true")
    await expect(page.locator(".body .failed")).to_contain_text("Updraft is not responding")
    await expect(button).not_to_have_attribute("aria-busy", "true")


async def test_modal_with_errors_from_page_and_app(page: Page) -> None:
    await show(page)
    await page.get_by_role("button", name="Edit", exact=True).click()
    dialog = page.get_by_role("dialog", name="Edit the draft")
    comment = dialog.get_by_label("Comment")
    await expect(comment).to_be_focused()
    await expect(comment).to_have_value("Fixed the timeout.")
    await comment.fill("")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_text("Please complete this required field.")).to_be_visible()
    await comment.fill("this is bad")
    await dialog.locator("summary").click()
    await dialog.get_by_label("Medium").check()
    await dialog.get_by_label("Who").select_option(label="Ben")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_text("That is not fit to post.")).to_be_visible()
    await expect(comment).to_be_focused()
    await comment.fill("Fixed it & tested <it>.")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_be_hidden()
    await expect(
        log(page).get_by_text(f"Saved: Fixed it & tested <it>. ['medium'] {BEN.slack}")
    ).to_be_visible()


async def test_pushed_modal_goes_back_and_escape_closes(page: Page) -> None:
    await show(page)
    await page.get_by_role("button", name="Edit", exact=True).click()
    await page.get_by_role("dialog", name="Edit the draft").get_by_role("button", name="Push").click()
    top = page.get_by_role("dialog", name="On top")
    await expect(top).to_be_visible()
    await top.get_by_role("button", name="Back").first.click()
    await expect(page.get_by_role("dialog", name="Edit the draft")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_focus_stays_in_a_modal(page: Page) -> None:
    await show(page)
    await page.get_by_role("button", name="Edit", exact=True).click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    for _ in range(30):
        await page.keyboard.press("Tab")
        inside = "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        assert await page.evaluate(inside)


async def test_select_answers_with_an_ephemeral_message(page: Page) -> None:
    await show(page)
    await page.get_by_label("Size").select_option("medium")
    only = page.locator(".message.ephemeral")
    await expect(only).to_contain_text("Only visible to you")
    await expect(only.locator("strong").last).to_have_text("medium")
    await only.get_by_role("button", name="Dismiss message").click()
    await expect(only).to_have_count(0)


async def test_commands_complete_and_fail_as_in_slack(page: Page) -> None:
    field = page.locator(".foot textarea")
    await field.press_sequentially("/up")
    await expect(page.locator(".suggestions li")).to_have_count(6)
    await field.press("Tab")
    await field.press_sequentially("st")
    await expect(page.locator(".suggestions li")).to_have_text(
        ["/updraft stats [me, a colleague or team] [period]Show figures from Jira"]
    )
    await field.press("Enter")
    await expect(field).to_have_value("/updraft stats ")
    await field.press_sequentially("last week")
    await field.press("Enter")
    await expect(page.locator(".message.ephemeral")).to_contain_text("You said: stats last week")
    await say(page, "/updraft deaf")
    await expect(page.locator(".status .failed")).to_have_text(
        '/updraft failed with the error "dispatch_failed"'
    )
    await say(page, "/nonsense")
    await expect(page.locator(".toast")).to_contain_text("/nonsense is not a valid command")


async def test_editing_with_the_arrow_and_deleting(page: Page, site: Site) -> None:
    await say(page, "a typo hree")
    await expect(log(page).get_by_text("Heard: a typo hree")).to_be_visible()
    field = page.locator(".foot textarea")
    await field.press("ArrowUp")
    editor = page.locator(".editing textarea")
    await expect(editor).to_have_value("a typo hree")
    await editor.fill("a typo here")
    await editor.press("Enter")
    await expect(page.get_by_text("(edited)")).to_be_visible()
    message = page.locator(".message").first
    await message.hover()
    await message.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Delete message").click()
    await expect(page.get_by_text("This message was deleted.")).to_be_visible()


async def test_message_shortcut_opens_a_modal(page: Page) -> None:
    await page.get_by_role("button", name="payments").click()
    await say(page, "@ben look at this :tada: x@Ben @Benjamin")
    message = page.locator(".message").last
    await expect(message.locator(".mention")).to_have_text(["@Ben"])
    await message.hover()
    await message.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Draft a Jira comment").click()
    await expect(page.get_by_role("dialog", name="Edit the draft")).to_be_visible()


async def test_status_while_the_app_thinks(page: Page) -> None:
    await say(page, "think")
    await expect(page.locator(".thinking")).to_have_text("Updraft is thinking…")


async def test_thread_reply(page: Page) -> None:
    await say(page, "hello")
    await expect(log(page).get_by_text("Heard: hello")).to_be_visible()
    await page.get_by_role("button", name="Reply…", exact=True).click()
    reply = page.get_by_label("Reply in thread").and_(page.locator("textarea"))
    await expect(reply).to_be_focused()
    await reply.fill("and more")
    await reply.press("Enter")
    await expect(page.locator(".thread").get_by_text("Heard: and more")).to_be_visible()
    await expect(reply).to_be_focused()


async def test_home(page: Page) -> None:
    await page.get_by_role("tab", name="Home").click()
    await expect(page.get_by_role("heading", name="Welcome home")).to_be_visible()
    await page.get_by_role("button", name="Refresh", exact=True).click()
    await expect(page.locator(".home .failed")).to_have_count(0)


async def test_each_person_has_their_own_view(page: Page, site: Site) -> None:
    await say(page, "for Ana alone")
    await expect(log(page).get_by_text("Heard: for Ana alone")).to_be_visible()
    await page.get_by_label("Person you act as").select_option(BEN.slack)
    await expect(log(page).get_by_text("Heard: for Ana alone")).to_have_count(0)
    await say(page, "Ben here")
    await expect(log(page).get_by_text("Heard: Ben here")).to_be_visible()
    assert [one["text"] for one in site.slack.history(BEN.dm)] == ["Ben here"]


async def test_markup_in_messages_stays_words(page: Page, site: Site) -> None:
    evil = "<img src=x onerror=alert(1)> <script>alert(2)</script> <javascript:alert(3)|click> *b*"
    await site.slack.say(BEN.slack, CHANNEL, evil)
    await page.get_by_role("button", name="payments").click()
    text = page.locator(".message .body").last
    await expect(text).to_contain_text("<script>alert(2)</script>")
    await expect(text.locator("img, script, a")).to_have_count(0)


async def test_board_and_issue_follow_jira(page: Page, site: Site) -> None:
    await page.get_by_role("button", name="DEMO-12 Cache exchange rates").click()
    issue = page.get_by_role("complementary", name="Issue")
    site.jira.comment("DEMO-12", "Deployed to staging.")
    await expect(issue.locator("[data-comment]").last).to_contain_text("Deployed to staging.")
    await expect(issue.locator("[data-comment]").last).to_have_class("comment changed")
    await issue.get_by_role("button", name="→ Done").click()
    await expect(issue.locator(".lozenge").first).to_have_text("Done")
    await issue.get_by_text("History").click()
    await expect(issue.locator(".history li").first).to_contain_text("status: In Progress → Done")
    await issue.get_by_role("button", name="Close issue").click()
    done = page.get_by_role("region", name="Done", exact=False).or_(page.locator("[data-status=Done]"))
    await expect(done.locator(".card[data-key=DEMO-12]")).to_be_visible()


async def test_what_a_person_may_not_do_in_jira_is_told(page: Page) -> None:
    await page.get_by_label("Person you act as").select_option(label="Dora (Guest, reads only)")
    await page.get_by_role("button", name="DEMO-12 Cache exchange rates").click()
    await page.get_by_role("complementary", name="Issue").get_by_role("button", name="→ Done").click()
    await expect(page.locator(".toast.error")).to_be_visible()


async def test_controls_of_the_stand_ins(page: Page, site: Site) -> None:
    await page.get_by_role("button", name="Stand-ins", exact=True).click()
    panel = page.get_by_role("dialog", name="Stand-ins")
    await panel.get_by_label("Model").select_option("down")
    await panel.get_by_label("Jira").select_option("down")
    await panel.get_by_role("button", name="Done", exact=True).click()
    await expect(page.locator("#odd")).to_have_text("On purpose — the model: Down; Jira: Down (503)")
    assert site.models.behaviour.down
    assert [fault.status for fault in site.jira.faults.active] == [503]
    await page.get_by_role("button", name="Stand-ins", exact=True).click()
    await panel.get_by_role("button", name="Start over").click()
    await expect(page.locator("#odd")).to_be_hidden()
    assert not site.jira.faults.active


async def test_hints_are_clickable_and_go_away(page: Page) -> None:
    hints = page.get_by_role("complementary", name="Five things to try")
    await hints.get_by_role("button", name="done with DEMO-12").click()
    await expect(log(page).get_by_text("Heard: done with DEMO-12")).to_be_visible()
    await expect(hints.locator(".tried")).to_have_count(1)
    await hints.get_by_role("button", name="Hide hints").click()
    await page.reload()
    await expect(page.get_by_role("button", name="Hints", exact=True)).to_have_attribute(
        "aria-expanded", "false"
    )
    await expect(hints).to_be_hidden()
    await page.get_by_role("button", name="Hints", exact=True).click()
    await expect(hints).to_be_visible()


async def test_page_comes_back_after_a_restart(context: BrowserContext) -> None:
    page = await context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    async with Site() as site:
        await page.goto(site.url)
        await expect(page.get_by_text("Updraft is not connected")).to_be_visible()
        port = site.port
    await expect(page.get_by_role("alert").filter(has_text="reconnecting")).to_be_visible()
    async with Site(port=port) as site:
        await expect(page.get_by_text("Connected again.")).to_be_visible()
        await site.slack.say(ANA.slack, ANA.dm, "after the restart")
        await expect(page.get_by_text("after the restart")).to_be_visible()
    assert wrong == []


async def test_phone(page: Page) -> None:
    await page.set_viewport_size({"width": 375, "height": 740})
    await show(page)
    wide = "[...document.querySelectorAll('body, #top, #chat, .log, .message')].filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.className || e.id)"
    assert await page.evaluate(wide) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= 375
    for name in ("Stand-ins", "Use dark colours", "Hints"):
        box = await page.get_by_role("button", name=name, exact=True).bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 375
    await page.get_by_role("tab", name="Jira").click()
    await expect(page.locator(".card").first).to_be_visible()
    await expect(page.locator("#chat")).to_be_hidden()
    await page.locator(".card").first.click()
    await expect(page.get_by_role("complementary", name="Issue")).to_be_visible()


CONTRAST = """() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = colour => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data; return [r, g, b, a / 255]; };
  const over = (top, below) => [0, 1, 2].map(i => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = element => { const layers = []; let gradient = false;
    for (let e = element; e; e = e.parentElement) { const style = getComputedStyle(e);
      if (style.backgroundImage !== 'none') gradient = true; layers.push(rgba(style.backgroundColor)); if (layers.at(-1)[3] === 1) break; }
    return gradient ? null : layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]); };
  const poor = [];
  for (const element of document.querySelectorAll('body *')) {
    const words = [...element.childNodes].filter(n => n.nodeType === 3).map(n => n.textContent.trim()).join('');
    if (!words || !element.checkVisibility({opacityProperty: true, visibilityProperty: true}) || element.closest('.emoji, option')) continue;
    const below = ground(element); if (!below) continue;
    const style = getComputedStyle(element); const text = over(rgba(style.color), below);
    const [a, b] = [light(text), light(below)].sort((x, y) => y - x); const ratio = (a + 0.05) / (b + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5)) poor.push(`${words.slice(0, 30)}: ${ratio.toFixed(2)} (${element.className})`);
  }
  return poor;
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_contrast(page: Page, theme: str) -> None:
    if theme == "dark":
        await page.get_by_role("button", name="Use dark colours").click()
    await show(page)
    await page.get_by_label("Size").select_option("medium")
    await expect(page.locator(".message.ephemeral")).to_be_visible()
    await page.locator(".card[data-key=DEMO-12]").click()
    assert await page.evaluate(CONTRAST) == []
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Edit", exact=True).click()
    await expect(page.get_by_role("dialog", name="Edit the draft")).to_be_visible()
    assert await page.evaluate(CONTRAST) == []
    pictures = os.environ.get("WORKBENCH_PICTURES")
    if pictures:
        await page.keyboard.press("Escape")
        await page.screenshot(path=Path(pictures) / f"workbench-{theme}.png")


async def test_what_is_typed_and_focused_survives_changes(page: Page, site: Site) -> None:
    await say(page, "hello")
    await page.get_by_role("button", name="Reply…", exact=True).click()
    reply = page.locator(".thread textarea")
    await reply.fill("half a sen")
    root = site.slack.history(ANA.dm)[0]["ts"]
    await site.slack.say(ANA.slack, ANA.dm, "from my phone", root)
    await site.slack.say(ANA.slack, ANA.dm, "another")
    await expect(log(page).get_by_text("Heard: another")).to_be_visible()
    await expect(log(page).get_by_text("Heard: from my phone")).to_be_visible()
    await expect(reply).to_be_focused()
    await expect(reply).to_have_value("half a sen")


async def test_other_conversations_show_that_something_is_new(page: Page, site: Site) -> None:
    await site.slack.say(BEN.slack, CHANNEL, "anybody there?")
    entry = page.get_by_role("navigation", name="Conversations").get_by_role("button", name="payments")
    await expect(entry.get_by_label("unread")).to_be_visible()
    await entry.click()
    await expect(entry.get_by_label("unread")).to_have_count(0)


async def test_app_is_invited_to_a_channel(page: Page) -> None:
    await page.get_by_role("button", name="general").click()
    await page.get_by_role("button", name="Invite it").click()
    await expect(page.get_by_text("Updraft is not in this channel.")).to_be_hidden()


async def test_streamed_message_grows(page: Page, site: Site) -> None:
    root = await site.slack.say(ANA.slack, ANA.dm, "think")
    web = AsyncWebClient(token=BOT_TOKEN, base_url=f"{site.url}/slack/api/")
    began = await web.chat_startStream(channel=ANA.dm, thread_ts=root, markdown_text="**Fixed** the")
    await expect(log(page).locator("[aria-busy] strong")).to_have_text("Fixed")
    await web.chat_appendStream(channel=ANA.dm, ts=began["ts"], markdown_text=" timeout")
    await expect(log(page).get_by_text("the timeout")).to_be_visible()
    await web.chat_stopStream(channel=ANA.dm, ts=began["ts"])
    await expect(log(page).get_by_role("button", name="Stop")).to_have_count(0)


async def test_only_recent_messages_are_drawn(page: Page, site: Site) -> None:
    for number in range(130):
        await site.slack.say(BEN.slack, OTHER_CHANNEL, f"number {number}")
    await page.get_by_role("button", name="general").click()
    await expect(log(page).get_by_text("number 129")).to_be_visible()
    await expect(log(page).locator(".message")).to_have_count(100)
    await page.get_by_role("button", name="Show 30 earlier messages").click()
    await expect(log(page).locator(".message")).to_have_count(130)


async def test_reader_of_old_messages_is_told_of_a_new_one(page: Page, site: Site) -> None:
    for number in range(40):
        await site.slack.say(BEN.slack, CHANNEL, f"number {number}")
    await page.get_by_role("button", name="payments").click()
    await expect(log(page).get_by_text("number 39")).to_be_in_viewport()
    await log(page).evaluate("element => { element.scrollTop = 0; }")
    await site.slack.say(BEN.slack, CHANNEL, "the newest")
    await page.get_by_role("button", name="New message").click()
    await expect(log(page).get_by_text("the newest")).to_be_in_viewport()
    await expect(page.get_by_role("button", name="New message")).to_be_hidden()
