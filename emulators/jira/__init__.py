"""A Jira Cloud site that speaks the real REST API (v3, and v2 where clients still use it).

Who logs in: ``updraft@example.com`` with ``people.JIRA_TOKEN`` (site administrator), and Ana, Ben, Chen, Dora with
``<name>@example.com`` and ``<name>-token``. Dora only reads DEMO; SECRET is Chen's and the administrator's.
What is where: ``site`` holds the state and does the deeds, ``workflow`` and ``rights`` the rules, ``jql*`` the search,
``adf`` the document grammar, ``render`` the answers, ``api*`` the operations, ``seed*`` the project that is there at first.
"""

from emulators.jira.emulator import JiraEmulator

__all__ = ["JiraEmulator"]
