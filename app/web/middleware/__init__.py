"""ASGI middlewares around the application, each of one concern; `main` says their order."""
