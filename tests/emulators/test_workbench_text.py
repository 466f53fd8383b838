"""The page's readers of mrkdwn, Markdown and ADF, as modules in a real browser."""

import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, async_playwright

from emulators.site import Site
from tests.emulators.test_workbench_page import ARGUMENTS, CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no {CHROMIUM}"),
]

DRAW = """async ([module, reader, input]) => {
  const read = (await import(`/static/${module}.js`))[reader];
  const names = {user: id => id === 'U1' ? 'Ana' : id, channel: id => id === 'C1' ? 'payments' : id, me: 'U1'};
  const box = document.createElement('div');
  box.append(...read(input, names));
  for (const one of box.querySelectorAll('*')) for (const {name} of [...one.attributes])
    if (!['href', 'class', 'start'].includes(name)) one.removeAttribute(name);
  return box.innerHTML.replaceAll('&nbsp;', ' ');
}"""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def page() -> AsyncIterator[Page]:
    async with Site() as site, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = await browser.new_page()
        await page.goto(site.url)
        yield page
        await browser.close()


MRKDWN = [
    ("*bold* _it_ ~no~ `x`", "<strong>bold</strong> <em>it</em> <s>no</s> <code>x</code>"),
    ("*bold _and slanted_*", "<strong>bold <em>and slanted</em></strong>"),
    ("snake_case_name 2*3*4 ~/.config a ~ b", "snake_case_name 2*3*4 ~/.config a ~ b"),
    ("* not bold * and ** nothing **", "* not bold * and ** nothing **"),
    ("`*code*` *a `b* c` d*", "<code>*code*</code> <strong>a <code>b* c</code> d</strong>"),
    ("*over\nlines*", "*over\nlines*"),
    ("(*x*), “_y_”!", "(<strong>x</strong>), “<em>y</em>”!"),
    ("&lt;b&gt; &amp;amp; &amp;", "&lt;b&gt; &amp;amp; &amp;"),
    ("<https://a.example/?x=1&amp;y=2|the *link*>", '<a href="https://a.example/?x=1&amp;y=2">the <strong>link</strong></a>'),
    ("<https://a.example>", '<a href="https://a.example">https://a.example</a>'),
    ("see https://a.example/x_y_z, ok", 'see <a href="https://a.example/x_y_z">https://a.example/x_y_z</a>, ok'),
    ("<mailto:a@b.example|a@b.example>", '<a href="mailto:a@b.example">a@b.example</a>'),
    ("<javascript:alert(1)|x>", "<span>x</span>"),
    (
        "<@U1> <@U2> <#C1> <#C9|old> <!here>",
        (
            '<span class="mention own">@Ana</span> <span class="mention">@U2</span> <span class="mention">#payments</span> '
            '<span class="mention">#old</span> <span class="mention own">@here</span>'
        ),
    ),
    (":tada: :+1: :no_such: 10:30:45", '<span class="emoji">🎉</span> <span class="emoji">👍</span> :no_such: 10:30:45'),
    ("&gt; quoted\n&gt; more\nnot", "<blockquote>quoted\nmore</blockquote>not"),
    ("```\na &lt; <http://b.example|b>\n```after", "<pre>a &lt; b</pre>after"),
    ("``` *one* ``` and `` ` ``", "<pre> *one* </pre> and `` ` ``"),
    ("<!date^1392734382^{date_num}|x> <!date^oops^{date}|fallback>", "<time>2014-02-18</time> fallback"),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), MRKDWN)
async def test_mrkdwn(page: Page, text: str, expected: str) -> None:
    assert await page.evaluate(DRAW, ["mrkdwn", "mrkdwn", text]) == expected


MARKDOWN = [
    ("**b** *i* _i_ ~~s~~ `c*d*`", "<p><strong>b</strong> <em>i</em> <em>i</em> <s>s</s> <code>c*d*</code></p>"),
    ("# One\n## Two ##", "<h3>One</h3><h4>Two</h4>"),
    ("- a\n- b\n  1. c\n  2. d\n- e", '<ul><li>a</li><li>b<ol start="1"><li>c</li><li>d</li></ol></li><li>e</li></ul>'),
    ("3. three\n4. four", '<ol start="3"><li>three</li><li>four</li></ol>'),
    ("> a\n> b", "<blockquote><p>a<br>b</p></blockquote>"),
    ("```py\nx = *1*\n```\nafter", "<pre>x = *1*</pre><p>after</p>"),
    ("```\nnever closed", "<pre>never closed</pre>"),
    ("[a *b*](https://x.example/(1)) [bad](javascript:1)",
     '<p><a href="https://x.example/(1)">a <em>b</em></a> <span>bad</span></p>'),
    ("<b>no</b> \\*plain\\* 2*3*4", "<p>&lt;b&gt;no&lt;/b&gt; *plain* 2*3*4</p>"),
    ("a\n\n---\n\nb", "<p>a</p><hr><p>b</p>"),
    ("snake_case_here :rocket:", "<p>snake_case_here 🚀</p>"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), MARKDOWN)
async def test_markdown(page: Page, text: str, expected: str) -> None:
    assert await page.evaluate(DRAW, ["markdown", "markdown", text]) == expected


def _text(text: str, *marks: dict[str, Any]) -> dict[str, Any]:
    return {"type": "text", "text": text} | ({"marks": list(marks)} if marks else {})


async def test_adf(page: Page) -> None:
    link = {"type": "link", "attrs": {"href": "https://x.example"}}
    evil = {"type": "link", "attrs": {"href": "javascript:1"}}
    items = [
        {
            "type": "listItem",
            "content": [{"type": "paragraph", "content": [_text("a <b>", {"type": "strong"})]}],
        }
    ]
    document = {
        "type": "doc",
        "version": 1,
        "content": [
            {"type": "heading", "attrs": {"level": 2}, "content": [_text("Title")]},
            {"type": "bulletList", "content": items},
            {"type": "codeBlock", "attrs": {"language": "py"}, "content": [_text("x < 1")]},
            {
                "type": "paragraph",
                "content": [
                    {"type": "mention", "attrs": {"id": "1", "text": "@Ana"}},
                    {"type": "hardBreak"},
                    _text("l", link),
                    _text("e", evil),
                    {"type": "emoji", "attrs": {"shortName": ":x:", "text": "❌"}},
                ],
            },
            {"type": "somethingNew", "content": [_text("still shown")]},
        ],
    }
    assert await page.evaluate(DRAW, ["adf", "adf", document]) == (
        "<h4>Title</h4><ul><li><p><strong>a &lt;b&gt;</strong></p></li></ul><pre>x &lt; 1</pre>"
        '<p><span class="mention">@Ana</span><br><a href="https://x.example">l</a><span>e</span><span class="emoji">❌</span></p>'
        "<div>still shown</div>"
    )


SOUND = """async texts => {
  const {mrkdwn} = await import('/static/mrkdwn.js');
  const {markdown} = await import('/static/markdown.js');
  const names = {user: id => id, channel: id => id};
  const allowed = new Set('A BLOCKQUOTE BR CODE EM H3 H4 H5 H6 HR LI OL P PRE S SPAN STRONG TABLE TBODY TD TH THEAD TIME TR UL DIV INPUT'.split(' '));
  const wrong = [];
  for (const text of texts) for (const read of [mrkdwn, markdown]) {
    const box = document.createElement('div');
    const began = performance.now();
    try { box.append(...read(text, names)); } catch (error) { wrong.push([text, String(error)]); }
    if (performance.now() - began > 500) wrong.push([text.slice(0, 60), 'slow']);
    for (const one of box.querySelectorAll('*'))
      if (!allowed.has(one.tagName) || (one.href && !/^(https?|mailto):/.test(one.href))) wrong.push([text, one.outerHTML]);
  }
  return wrong;
}"""


async def test_any_text_is_drawn_safely_and_quickly(page: Page) -> None:
    pieces = ["*", "_", "~", "`", "```", "<", ">", "|", "&lt;", "&amp;", "\n", " ", "a", "<@U1>", "http://x.y/", "[", "](", ")", "#", "- ",
              "1. ", "| a |", "|---|", ":tada:", "<script>", "javascript:", "\\", "é", "🎉", "\0", "שלום", "&gt;", "!date^1^{date}"]  # fmt: skip
    chance = random.Random(7)
    texts = ["".join(chance.choices(pieces, k=chance.randint(1, 40))) for _ in range(1500)]
    long = [piece * (12_000 // len(piece)) for piece in pieces]
    assert await page.evaluate(SOUND, texts) == []
    assert await page.evaluate(SOUND, long) == []
