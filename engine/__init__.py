"""What Updraft does; knows neither Slack nor an HTTP server."""
