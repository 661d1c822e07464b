"""The command line, and the server processes that it starts."""
