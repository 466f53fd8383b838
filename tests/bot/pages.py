"""Answers that come from something between Updraft and Slack, as faults of the stand-in."""

from typing import Any

PAGE = "<html><body>The service is temporarily unavailable.</body></html>"
PAGES: dict[str, dict[str, Any]] = {
    "a page with 503": {"kind": "status", "status": 503, "body": PAGE},
    "a page with 200": {"kind": "status", "status": 200, "body": PAGE},
    "a page that claims to be JSON": {
        "kind": "status",
        "status": 502,
        "body": PAGE,
        "headers": {"Content-Type": "application/json"},
    },
    "JSON of somebody else's": {"kind": "status", "status": 200, "body": ["up", "down"]},
}
