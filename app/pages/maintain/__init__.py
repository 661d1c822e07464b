"""What maintainers do: sign in, upload, review, correct the catalogue."""
