"""Open Model Share: how much of the world's use of AI models goes to open models."""
