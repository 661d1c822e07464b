"""The rings around the application, each of one concern."""
