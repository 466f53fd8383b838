"""How people reach Updraft: Slack, HTTP, the command line. Knows only the public names of the engine."""
