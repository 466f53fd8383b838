"""Web API methods that read: conversations, users, the team, the bot."""

from base64 import b64decode, b64encode
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from emulators.people import APP_ID, BOT_ID, BOT_USER, TEAM, TEAM_DOMAIN, Person
from emulators.slack.api import Arguments, flag, method, required, whole
from emulators.slack.events import handle
from emulators.slack.state import Channel, Message, SlackError, bot_profile
from emulators.slack.workspace import Workspace

_KINDS = {"im": "im", "channel": "channels"}


def _scope(action: str) -> Any:
    """Return the scopes that one conversation's kind asks for; all of them when it is not known."""

    def scopes(workspace: Workspace, arguments: Arguments) -> tuple[str, ...]:
        try:
            kind = workspace.world.channel(arguments.get("channel")).kind
        except SlackError:
            return tuple(f"{name}:{action}" for name in ("channels", "groups", "im", "mpim"))
        return (f"{_KINDS[kind]}:{action}",)

    return scopes


def channel_json(workspace: Workspace, channel: Channel) -> dict[str, Any]:
    """Return a conversation object."""
    common = {
        "id": channel.id,
        "created": channel.created,
        "is_archived": False,
        "is_im": channel.kind == "im",
        "is_org_shared": False,
        "context_team_id": TEAM,
        "updated": channel.created * 1000,
    }
    if channel.kind == "im":
        return common | {
            "user": channel.members[0],
            "is_user_deleted": False,
            "priority": 0,
            "is_open": True,
            "latest": next(reversed(channel.messages.values()), None),
        }
    creator = next(iter(workspace.world.people))
    empty = {"creator": "", "last_set": 0, "value": ""}
    return common | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": True,
        "is_group": False,
        "is_mpim": False,
        "is_general": channel.name == "general",
        "is_private": False,
        "is_shared": False,
        "is_ext_shared": False,
        "is_pending_ext_shared": False,
        "is_member": BOT_USER in channel.members,
        "is_read_only": False,
        "last_read": "0000000000.000000",
        "locale": "en-US",
        "parent_conversation": None,
        "creator": creator,
        "unlinked": 0,
        "pending_shared": [],
        "previous_names": [],
        "topic": empty,
        "purpose": empty,
    }


def user_json(person: Person) -> dict[str, Any]:
    """Return a user object."""
    offset = datetime.now(ZoneInfo(person.tz)).utcoffset()
    name = handle(person)
    sizes = (24, 32, 48, 72, 192, 512)
    profile = {
        "avatar_hash": "ge3b51ca72de",
        "display_name": name,
        "display_name_normalized": name,
        "real_name": person.name,
        "real_name_normalized": person.name,
        "first_name": person.name,
        "last_name": "",
        "title": person.title,
        "phone": "",
        "skype": "",
        "status_emoji": "",
        "status_text": "",
        "status_expiration": 0,
        "email": person.email,
        "team": TEAM,
    } | {f"image_{size}": f"https://secure.gravatar.com/avatar/{name}.jpg?s={size}" for size in sizes}
    return _member(person.slack, name, person.name) | {
        "tz": person.tz,
        "tz_label": person.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": profile,
        "is_restricted": person.title.startswith("Guest"),
    }


def _member(user: str, name: str, real_name: str) -> dict[str, Any]:
    return {
        "id": user,
        "team_id": TEAM,
        "name": name,
        "real_name": real_name,
        "deleted": False,
        "color": "9f69e7",
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": False,
        "is_app_user": False,
        "is_email_confirmed": True,
        "has_2fa": False,
        "who_can_share_contact_card": "EVERYONE",
        "updated": 1760000000,
    }


def bot_user_json() -> dict[str, Any]:
    """Return the app's bot as a user object."""
    profile = {
        "real_name": "Updraft",
        "display_name": "",
        "bot_id": BOT_ID,
        "api_app_id": APP_ID,
        "team": TEAM,
    }
    zone = {"tz": "America/Los_Angeles", "tz_label": "Pacific Time", "tz_offset": -28800}
    return _member(BOT_USER, "updraft", "Updraft") | zone | {"is_bot": True, "profile": profile}


def _seen(workspace: Workspace, user: dict[str, Any]) -> dict[str, Any]:
    """Leave out the e-mail address when the app may not see it."""
    if "users:read.email" not in workspace.scopes:
        user["profile"].pop("email", None)
    return user


def _page(items: list[Any], arguments: Arguments, default: int) -> tuple[list[Any], str]:
    """Cut one page; raises invalid_cursor for a cursor of another's making."""
    limit = max(1, min(whole(arguments, "limit", default), 1000))
    start = 0
    if arguments.get("cursor"):
        try:
            start = int(b64decode(str(arguments["cursor"]), validate=True).removeprefix(b"next:"))
        except ValueError as error:
            raise SlackError("invalid_cursor") from error
    more = start + limit < len(items)
    return items[start : start + limit], b64encode(b"next:%d" % (start + limit)).decode() if more else ""


def _paged(name: str, items: list[Any], arguments: Arguments, default: int) -> dict[str, Any]:
    page, cursor = _page(items, arguments, default)
    return {name: page, "response_metadata": {"next_cursor": cursor}}


def _between(messages: list[Message], arguments: Arguments) -> list[Message]:
    oldest, latest = str(arguments.get("oldest") or "0"), str(arguments.get("latest") or "9999999999.999999")
    inclusive = flag(arguments, "inclusive")
    try:
        low, high = float(oldest), float(latest)
    except ValueError as error:
        raise SlackError("invalid_ts_oldest") from error
    if inclusive:
        return [m for m in messages if low <= float(m["ts"]) <= high]
    return [m for m in messages if low < float(m["ts"]) < high]


def _shown(messages: list[Message], arguments: Arguments) -> list[Message]:
    if flag(arguments, "include_all_metadata"):
        return messages
    return [{name: one for name, one in message.items() if name != "metadata"} for message in messages]


@method("conversations.info", scopes=_scope("read"))
async def conversations_info(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """Describe one conversation."""
    channel = workspace.world.channel(arguments.get("channel"))
    answer = channel_json(workspace, channel)
    if flag(arguments, "include_num_members"):
        answer["num_members"] = len(channel.members)
    return {"channel": answer}


@method("conversations.history", scopes=_scope("history"))
async def conversations_history(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """List top-level messages, newest first."""
    channel = workspace.world.channel(arguments.get("channel"))
    if BOT_USER not in channel.members:
        raise SlackError("not_in_channel")
    found = _between(workspace.world.history(channel.id), arguments)[::-1]
    page, cursor = _page(found, arguments, 100)
    answer = {"messages": _shown(page, arguments), "has_more": bool(cursor), "pin_count": 0}
    return answer | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


@method("conversations.replies", scopes=_scope("history"))
async def conversations_replies(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """List a thread, oldest first, its root always among them."""
    channel = workspace.world.channel(arguments.get("channel"))
    if BOT_USER not in channel.members:
        raise SlackError("channel_not_found")
    asked = channel.messages.get(str(arguments.get("ts") or ""))
    if asked is None:
        raise SlackError("thread_not_found")
    root, *replies = workspace.world.replies(channel.id, str(asked.get("thread_ts", asked["ts"])))
    page, cursor = _page(_between(replies, arguments), arguments, 1000)
    answer = {"messages": _shown([root, *page], arguments), "has_more": bool(cursor)}
    return answer | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


@method("conversations.open", scopes=("channels:manage", "groups:write", "im:write", "mpim:write"))
async def conversations_open(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """Open the direct message with one person."""
    if arguments.get("channel"):
        channel = workspace.world.channel(arguments["channel"])
    else:
        users = [one.strip() for one in str(arguments.get("users") or "").split(",") if one.strip()]
        if not users:
            raise SlackError("users_list_not_supplied")
        if len(users) > 1:
            raise SlackError(
                "missing_scope", needed="mpim:write", provided=",".join(sorted(workspace.scopes))
            )
        if users[0] not in workspace.world.people:
            raise SlackError("user_not_found")
        channel = workspace.world.channel(users[0])
    full = flag(arguments, "return_im")
    answer = {"channel": channel_json(workspace, channel) if full else {"id": channel.id}}
    return answer | {"no_op": True, "already_open": True}


@method("conversations.members", scopes=_scope("read"), tier=4)
async def conversations_members(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """List who is in a conversation."""
    channel = workspace.world.channel(arguments.get("channel"))
    return _paged("members", channel.members, arguments, 100)


@method("conversations.list", scopes=("channels:read", "groups:read", "im:read", "mpim:read"), tier=2)
async def conversations_list(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """List conversations of the kinds asked for, public channels by default; each kind needs its scope."""
    names = {"public_channel": "channel", "private_channel": "group", "mpim": "mpim", "im": "im"}
    scopes = {"channel": "channels:read", "group": "groups:read", "mpim": "mpim:read", "im": "im:read"}
    asked = str(arguments.get("types") or "public_channel").split(",")
    kinds = [names.get(one.strip(), "") for one in asked]
    if "" in kinds:
        raise SlackError("invalid_types")
    for kind in kinds:
        if scopes[kind] not in workspace.scopes:
            raise SlackError(
                "missing_scope", needed=scopes[kind], provided=",".join(sorted(workspace.scopes))
            )
    listed = [one for one in workspace.world.channels.values() if one.kind in kinds]
    found = [channel_json(workspace, one) | {"num_members": len(one.members)} for one in listed]
    return _paged("channels", found, arguments, 100)


@method("users.info", scopes=("users:read",), tier=4)
async def users_info(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """Describe one user; the e-mail address only with users:read.email."""
    required(arguments, "user")
    if arguments["user"] == BOT_USER:
        return {"user": bot_user_json()}
    person = workspace.world.people.get(arguments["user"])
    if person is None:
        raise SlackError("user_not_found")
    locale = {"locale": "en-US"} if flag(arguments, "include_locale") else {}
    return {"user": _seen(workspace, user_json(person)) | locale}


@method("users.list", scopes=("users:read",), tier=2)
async def users_list(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """List everybody, the bot too."""
    people = [_seen(workspace, user_json(person)) for person in workspace.world.people.values()]
    return _paged("members", [*people, bot_user_json()], arguments, 1000) | {
        "cache_ts": int(workspace.clock())
    }


@method("users.lookupByEmail", scopes=("users:read.email",))
async def users_lookup_by_email(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    """Find a user by e-mail address."""
    required(arguments, "email")
    wanted = str(arguments["email"]).lower()
    person = next((one for one in workspace.world.people.values() if one.email == wanted), None)
    if person is None:
        raise SlackError("users_not_found")
    return {"user": user_json(person)}


@method("team.info", scopes=("team:read",))
async def team_info(_: Workspace, __: Arguments) -> dict[str, Any]:
    """Describe the workspace."""
    icon: dict[str, Any] = {
        f"image_{size}": f"https://a.slack-edge.com/{size}.png" for size in (34, 44, 68, 88, 102, 132)
    }
    team = {"id": TEAM, "name": "Example", "domain": TEAM_DOMAIN, "email_domain": "example.com"}
    return {
        "team": team | {"url": f"https://{TEAM_DOMAIN}.slack.com/", "icon": icon | {"image_default": True}}
    }


@method("bots.info", scopes=("users:read",))
async def bots_info(_: Workspace, arguments: Arguments) -> dict[str, Any]:
    """Describe the app's bot."""
    if not arguments.get("bot"):
        raise SlackError("missing_argument")
    if arguments["bot"] != BOT_ID:
        raise SlackError("bot_not_found")
    profile = bot_profile()
    profile.pop("team_id")
    return {"bot": profile}
