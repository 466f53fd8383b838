"""A local Slack that speaks the real protocols: Web API, Events API, Socket Mode, interactivity, and people who use it."""

from emulators.slack.delivery import Attempt, Delivery
from emulators.slack.state import LEAST_SCOPES, Refused
from emulators.slack.web import SlackEmulator
from emulators.slack.workspace import SUBSCRIPTIONS

__all__ = ["LEAST_SCOPES", "SUBSCRIPTIONS", "Attempt", "Delivery", "Refused", "SlackEmulator"]
