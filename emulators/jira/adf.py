"""Atlassian Document Format: is this a valid document?

The grammar is a table after Atlassian's published schema (``adf-schema`` "full", version 1). A child is named ``type`` or
``type/variant``, since the marks a node may carry depend on where it stands; a node fits when any of the variants its parent
allows accepts it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Check = Callable[[Any], bool]
MAX_DEPTH = 100


def valid(document: Any) -> bool:
    """Tell whether a value is a valid ADF document."""
    if not isinstance(document, dict) or set(document) != {"version", "type", "content"}:
        return False
    version = document["version"]
    if document["type"] != "doc" or isinstance(version, bool) or version != 1:
        return False
    return _children(document["content"], _DOC, 0)


# Attribute checks.


def _anything(_: Any) -> bool:
    return True


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _some_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) > 0


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _number(low: float | None = None, high: float | None = None) -> Check:
    def check(value: Any) -> bool:
        if not isinstance(value, int | float) or isinstance(value, bool):
            return False
        return (low is None or value >= low) and (high is None or value <= high)

    return check


def _one_of(*values: str) -> Check:
    return lambda value: isinstance(value, str) and value in values


def _matching(pattern: str) -> Check:
    return lambda value: isinstance(value, str) and re.search(pattern, value) is not None


def _list_of(check: Check, least: int = 0) -> Check:
    return lambda value: isinstance(value, list) and len(value) >= least and all(map(check, value))


@dataclass(frozen=True, slots=True)
class Attrs:
    """One allowed shape of ``attrs``; unknown names are refused."""

    required: Mapping[str, Check]
    optional: Mapping[str, Check]

    def __call__(self, value: Any) -> bool:
        """Tell whether the attributes fit."""
        if not isinstance(value, dict) or not self.required.keys() <= value.keys():
            return False
        known = {**self.optional, **self.required}
        return all(name in known and known[name](one) for name, one in value.items())


def _attrs(required: Mapping[str, Check] | None = None, **optional: Check) -> Attrs:
    return Attrs(required or {}, optional)


_LOCAL = _attrs(localId=_text)
_HEX = "^#[0-9a-fA-F]{6}$"

MARKS: dict[str, Attrs | None] = {
    "em": None,
    "strong": None,
    "strike": None,
    "underline": None,
    "code": None,
    "link": _attrs({"href": _text}, title=_text, id=_text, collection=_text, occurrenceKey=_text),
    "subsup": _attrs({"type": _one_of("sub", "sup")}),
    "textColor": _attrs({"color": _matching(_HEX)}),
    "backgroundColor": _attrs({"color": _matching(_HEX)}),
    "annotation": _attrs({"id": _text, "annotationType": _one_of("inlineComment")}),
    "alignment": _attrs({"align": _one_of("center", "end")}),
    "indentation": _attrs({"level": _number(1, 6)}),
    "fontSize": _attrs({"fontSize": _one_of("small")}),
    "breakout": _attrs({"mode": _one_of("wide", "full-width")}, width=_number()),
    "border": _attrs({"size": _number(1, 3), "color": _matching("^#[0-9a-fA-F]{8}$|^#[0-9a-fA-F]{6}$")}),
    "dataConsumer": _attrs({"sources": _list_of(_text, 1)}),
    "fragment": _attrs({"localId": _some_text}, name=_text),
}


@dataclass(frozen=True, slots=True)
class Content:
    """What may stand inside a node; ``slots`` gives each position its own choice (positions beyond them are free)."""

    allowed: str = ""
    least: int = 0
    most: int | None = None
    required: bool = False
    slots: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """One form of a node: its attributes (any of the shapes), the marks it may carry (None: no ``marks`` at all), its content."""

    attrs: tuple[Attrs, ...] = ()
    attrs_required: bool = False
    marks: str | None = None
    content: Content | None = None
    text: bool = False
    open: bool = False


_FORMATTED = "link em strong strike subsup underline textColor annotation backgroundColor"
_INLINE = "text/formatted text/code date emoji hardBreak inlineCard mention placeholder status inlineExtension mediaInline"
_MEDIA = "mediaSingle/caption mediaSingle/full"
_NON_NESTABLE = (
    f"paragraph paragraph/small panel blockquote orderedList bulletList rule heading codeBlock mediaGroup {_MEDIA} "
    "decisionList taskList table blockCard embedCard extension"
)
_BLOCK = (
    f"blockCard paragraph paragraph/align paragraph/indent {_MEDIA} codeBlock taskList bulletList orderedList heading "
    "heading/align heading/indent mediaGroup decisionList rule panel blockquote extension embedCard table expand "
    "bodiedExtension"
)
_CELL = (
    f"paragraph paragraph/align panel blockquote orderedList bulletList rule heading heading/align heading/indent "
    f"codeBlock {_MEDIA} mediaGroup decisionList taskList blockCard embedCard extension nestedExpand"
)
_NESTED_EXPAND = (
    f"paragraph paragraph/small heading {_MEDIA} mediaGroup codeBlock bulletList orderedList taskList decisionList rule "
    "panel blockquote extension"
)
_SYNCED = (
    f"paragraph/any paragraph/align paragraph/indent blockCard blockquote bulletList codeBlock decisionList embedCard "
    f"expand heading/any layoutSection/any layoutSection mediaGroup mediaSingle {_MEDIA} orderedList panel rule table "
    "taskList"
)
_DOC = Content(
    f"{_BLOCK} codeBlock/root layoutSection expand/root syncBlock bodiedSyncBlock",
    required=True,
)
_LAYOUTS = _one_of("wide", "full-width", "center", "wrap-right", "wrap-left", "align-end", "align-start")
_WIDE = _one_of("wide", "full-width", "default")
_SIZE = {"width": _number(), "height": _number()}
_MEDIA_MARKS = "dataConsumer link annotation border"
_MENTION = _attrs(
    {"id": _text}, localId=_text, text=_text, accessLevel=_text, userType=_one_of("DEFAULT", "SPECIAL", "APP")
)
_CARD = (_attrs({"url": _text}, localId=_text), _attrs({"data": _anything}, localId=_text))


def _view(value: Any) -> bool:
    return isinstance(value, dict) and _text(value.get("type")) and not value.keys() - {"type", "properties"}


_DATASOURCE = _attrs({"id": _text, "parameters": _anything, "views": _list_of(_view, 1)})
_EXTENSION = {"extensionKey": _some_text, "extensionType": _some_text}
_EXTENSION_ATTRS = _attrs(_EXTENSION, parameters=_anything, text=_text, layout=_WIDE, localId=_some_text)
_CODE = _attrs(language=_text, uniqueId=_text, localId=_text, wrap=_flag, hideLineNumbers=_flag)
_HEADING = _attrs({"level": _number(1, 6)}, localId=_text)
_CELL_ATTRS = _attrs(
    colspan=_number(),
    rowspan=_number(),
    colwidth=_list_of(_number()),
    background=_text,
    localId=_text,
    valign=_one_of("top", "middle", "bottom"),
)
_SINGLE = (
    _attrs({"layout": _LAYOUTS}, localId=_text, width=_number(0, 100), widthType=_one_of("percentage")),
    _attrs({"width": _number(0), "widthType": _one_of("pixel"), "layout": _LAYOUTS}, localId=_text),
)
_PANEL = _attrs(
    {"panelType": _one_of("info", "note", "tip", "warning", "error", "success", "custom")},
    panelIcon=_text,
    panelIconId=_text,
    panelIconText=_text,
    panelColor=_text,
    localId=_text,
)
_SYNC = _attrs({"resourceId": _text, "localId": _text})
_TASK_ITEM = _attrs({"localId": _text, "state": _one_of("TODO", "DONE")})
_TITLED = _attrs(title=_text, localId=_text)


def _paragraph(marks: str) -> Node:
    return Node((_LOCAL,), marks=marks, content=Content(_INLINE))


def _heading(marks: str) -> Node:
    return Node((_HEADING,), attrs_required=True, marks=marks, content=Content(_INLINE))


def _filled(allowed: str, most: int | None = None, least: int = 1) -> Content:
    return Content(allowed, least=least, most=most, required=True)


def _expand(marks: str) -> Node:
    return Node((_TITLED,), marks=marks, content=_filled(f"{_NON_NESTABLE} nestedExpand"))


def _single(content: Content | None) -> Node:
    return Node(_SINGLE, marks="link", content=content, open=True)


_COLUMN = _attrs({"width": _number(0, 100)}, localId=_text, valign=_one_of("top", "middle", "bottom"))
_ANY_MARK = "*"

NODES: dict[str, Node] = {
    "text": Node(text=True, marks=""),
    "text/formatted": Node(text=True, marks=_FORMATTED),
    "text/code": Node(text=True, marks="code link annotation"),
    "date": Node((_attrs({"timestamp": _some_text}, localId=_text),), attrs_required=True),
    "emoji": Node((_attrs({"shortName": _text}, id=_text, text=_text, localId=_text),), attrs_required=True),
    "hardBreak": Node((_attrs(text=_one_of("\n"), localId=_text),)),
    "inlineCard": Node(_CARD, attrs_required=True),
    "mention": Node((_MENTION,), attrs_required=True),
    "placeholder": Node((_attrs({"text": _text}, localId=_text),), attrs_required=True),
    "status": Node(
        (
            _attrs(
                {
                    "text": _some_text,
                    "color": _matching("^(neutral|purple|blue|red|yellow|green|#[0-9a-fA-F]{6})$"),
                },
                localId=_text,
                style=_text,
            ),
        ),
        attrs_required=True,
    ),
    "inlineExtension": Node(
        (_attrs(_EXTENSION, parameters=_anything, text=_text, localId=_some_text),),
        attrs_required=True,
        marks="dataConsumer fragment",
    ),
    "mediaInline": Node(
        (
            _attrs(
                {"id": _some_text, "collection": _text},
                type=_one_of("link", "file", "image"),
                localId=_text,
                alt=_text,
                occurrenceKey=_some_text,
                data=_anything,
                **_SIZE,
            ),
        ),
        attrs_required=True,
        marks=_MEDIA_MARKS,
    ),
    "paragraph": _paragraph(""),
    "paragraph/small": _paragraph("fontSize"),
    "paragraph/align": _paragraph("fontSize alignment"),
    "paragraph/indent": _paragraph("fontSize indentation"),
    "paragraph/any": _paragraph(_ANY_MARK),
    "heading": _heading(""),
    "heading/align": _heading("alignment"),
    "heading/indent": _heading("indentation"),
    "heading/any": _heading(_ANY_MARK),
    "rule": Node((_LOCAL,)),
    "codeBlock": Node((_CODE,), marks="", content=Content("text")),
    "codeBlock/root": Node((_CODE,), marks="breakout", content=Content("text")),
    "bulletList": Node((_LOCAL,), content=_filled("listItem")),
    "orderedList": Node((_attrs(order=_number(0), localId=_text),), content=_filled("listItem")),
    "listItem": Node(
        (_LOCAL,),
        content=_filled(
            f"paragraph/small paragraph bulletList orderedList taskList {_MEDIA} codeBlock extension"
        ),
    ),
    "blockquote": Node(
        (_LOCAL,),
        content=_filled(f"paragraph orderedList bulletList codeBlock {_MEDIA} mediaGroup extension"),
    ),
    "panel": Node(
        (_PANEL,),
        attrs_required=True,
        content=_filled(
            f"paragraph paragraph/small heading bulletList orderedList blockCard mediaGroup {_MEDIA} codeBlock taskList "
            "rule decisionList extension"
        ),
    ),
    "taskList": Node(
        (_attrs({"localId": _text}),), attrs_required=True, content=_filled("taskItem taskList blockTaskItem")
    ),
    "taskItem": Node((_TASK_ITEM,), attrs_required=True, content=Content(_INLINE)),
    "blockTaskItem": Node(
        (_TASK_ITEM,),
        attrs_required=True,
        content=Content(least=1, required=True, slots=("paragraph paragraph/small extension",) * 2),
    ),
    "decisionList": Node((_attrs({"localId": _text}),), attrs_required=True, content=_filled("decisionItem")),
    "decisionItem": Node(
        (_attrs({"localId": _text, "state": _text}),), attrs_required=True, content=Content(_INLINE)
    ),
    "media": Node(
        (
            _attrs(
                {"type": _one_of("link", "file"), "id": _some_text, "collection": _text},
                localId=_text,
                alt=_text,
                occurrenceKey=_some_text,
                **_SIZE,
            ),
            _attrs({"type": _one_of("external"), "url": _text}, localId=_text, alt=_text, **_SIZE),
        ),
        attrs_required=True,
        marks=_MEDIA_MARKS,
    ),
    "mediaGroup": Node(content=_filled("media")),
    "mediaSingle": _single(None),
    "mediaSingle/full": _single(_filled("media", most=1)),
    "mediaSingle/caption": _single(Content(least=1, most=2, required=True, slots=("media", "caption"))),
    "caption": Node(
        (_LOCAL,),
        content=Content(
            "hardBreak mention emoji date placeholder inlineCard status text/formatted text/code"
        ),
    ),
    "blockCard": Node(
        (
            _attrs({"datasource": _DATASOURCE}, localId=_text, url=_text, width=_number(), layout=_LAYOUTS),
            *_CARD,
        ),
        attrs_required=True,
    ),
    "embedCard": Node(
        (
            _attrs(
                {"url": _text, "layout": _LAYOUTS},
                width=_number(0, 100),
                originalHeight=_number(),
                originalWidth=_number(),
                localId=_text,
            ),
        ),
        attrs_required=True,
    ),
    "extension": Node((_EXTENSION_ATTRS,), attrs_required=True, marks="dataConsumer fragment"),
    "bodiedExtension": Node(
        (_EXTENSION_ATTRS,),
        attrs_required=True,
        marks="dataConsumer fragment",
        content=_filled(_NON_NESTABLE),
    ),
    "table": Node(
        (
            _attrs(
                displayMode=_one_of("default", "fixed"),
                isNumberColumnEnabled=_flag,
                layout=_one_of("wide", "full-width", "center", "align-end", "align-start", "default"),
                localId=_some_text,
                width=_number(),
            ),
        ),
        marks="fragment",
        content=_filled("tableRow"),
    ),
    "tableRow": Node((_LOCAL,), content=_filled("tableCell tableHeader", least=0)),
    "tableCell": Node((_CELL_ATTRS,), content=_filled(_CELL)),
    "tableHeader": Node((_CELL_ATTRS,), content=_filled(_CELL)),
    "expand": _expand(""),
    "expand/root": _expand("breakout"),
    "nestedExpand": Node((_TITLED,), attrs_required=True, content=_filled(_NESTED_EXPAND)),
    "layoutSection": Node((_LOCAL,), marks="breakout", content=_filled("layoutColumn", most=3, least=2)),
    "layoutSection/any": Node((_LOCAL,), marks="breakout", content=_filled("layoutColumn", least=0)),
    "layoutColumn": Node((_COLUMN,), attrs_required=True, content=_filled(_BLOCK)),
    "syncBlock": Node((_SYNC,), attrs_required=True, marks="breakout"),
    "bodiedSyncBlock": Node((_SYNC,), attrs_required=True, marks="breakout", content=_filled(_SYNCED)),
}


def _children(content: Any, rule: Content, depth: int) -> bool:
    if not isinstance(content, list) or len(content) < rule.least or depth > MAX_DEPTH:
        return False
    if rule.most is not None and len(content) > rule.most:
        return False
    if rule.slots:
        return all(_fits(child, slot, depth) for child, slot in zip(content, rule.slots, strict=False))
    return all(_fits(child, rule.allowed, depth) for child in content)


def _fits(child: Any, allowed: str, depth: int) -> bool:
    kind = child.get("type") if isinstance(child, dict) else None
    names = [name for name in allowed.split() if name.partition("/")[0] == kind]
    return any(_is(child, NODES[name], depth + 1) for name in names)


def _is(child: dict[str, Any], node: Node, depth: int) -> bool:
    known = {"type"}
    for name, present in (
        ("attrs", node.attrs),
        ("content", node.content),
        ("text", node.text),
        ("marks", node.marks is not None),
    ):
        if present:
            known.add(name)
    if not node.open and child.keys() - known:
        return False
    return (
        _attributes_fit(child, node)
        and (not node.text or _some_text(child.get("text")))
        and (node.marks is None or "marks" not in child or _marks_fit(child["marks"], node.marks))
        and _content_fits(child, node.content, depth)
    )


def _attributes_fit(child: dict[str, Any], node: Node) -> bool:
    if "attrs" not in child or not node.attrs:
        return not node.attrs_required
    return any(shape(child["attrs"]) for shape in node.attrs)


def _content_fits(child: dict[str, Any], rule: Content | None, depth: int) -> bool:
    if rule is None:
        return True
    return _children(child["content"], rule, depth) if "content" in child else not rule.required


def _marks_fit(marks: Any, allowed: str) -> bool:
    if not isinstance(marks, list):
        return False
    return allowed == _ANY_MARK or all(_mark_fits(mark, allowed.split()) for mark in marks)


def _mark_fits(mark: Any, allowed: list[str]) -> bool:
    if not isinstance(mark, dict) or mark.get("type") not in allowed:
        return False
    attrs = MARKS[mark["type"]]
    if attrs is None:
        return mark.keys() == {"type"}
    return mark.keys() == {"type", "attrs"} and attrs(mark["attrs"])
