"""A local Slack that speaks the real protocols: Web API, Events API, Socket Mode, interactivity, and people who use it.

One workspace with one installed app. Strict where Slack is: tokens, scopes, Block Kit, limits, triggers, response URLs, the
three seconds. What is not reproduced: OAuth, file uploads, reactions, private channels and group messages, Enterprise
Grid, styles inside the rich text of what people type; methods that are not there answer ``unknown_method``.
"""

from emulators.slack.delivery import Attempt, Delivery
from emulators.slack.state import LEAST_SCOPES, Refused
from emulators.slack.web import SlackEmulator
from emulators.slack.workspace import SUBSCRIPTIONS

__all__ = ["LEAST_SCOPES", "SUBSCRIPTIONS", "Attempt", "Delivery", "Refused", "SlackEmulator"]
