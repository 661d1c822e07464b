"""What `make bench` measures, and the document that it writes of it."""
