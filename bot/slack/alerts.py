"""What the people who run a workspace's Updraft are told, in the channel that they chose for it."""

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.client import meaning
from bot.slack.delivery import reaching_slack
from engine import Job, Jobs

log = structlog.get_logger(__name__)

JOIN = ("not_in_channel", "channel_not_found", "is_archived", "restricted_action")
"""Slack's answers that somebody has to mend (https://docs.slack.dev/reference/methods/chat.postMessage#errors)."""


class Alerts:
    """Posts alerts to a channel; without one they are lines of the log."""

    def __init__(self, client: AsyncWebClient, channel: str | None, jobs: Jobs) -> None:
        self.client, self.channel = client, channel
        jobs.handle("alert", self.post)

    async def post(self, job: Job) -> None:
        """Tell of one thing."""
        words = str(job.payload["text"])
        if job.tries == 0:
            # What waits for Slack is tried again and again, and who watches the log is called by each line.
            log.warning("alert", alert=words)
        if self.channel is None:
            return
        async with reaching_slack():
            try:
                await self.client.chat_postMessage(channel=self.channel, text=words)
            except SlackApiError as error:
                if (what := meaning(error)).reason not in JOIN:
                    raise
                log.warning(
                    "alert not posted: invite the app to the channel of UPDRAFT_ALERT_CHANNEL",
                    reason=what.reason,
                )
