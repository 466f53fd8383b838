"""Local Slack, Jira and model services that speak the real protocols, strictly, and remember what they were sent."""
