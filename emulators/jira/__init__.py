"""A Jira Cloud site that speaks the real REST API (v3, and v2 where clients still use it)."""

from emulators.jira.emulator import JiraEmulator

__all__ = ["JiraEmulator"]
