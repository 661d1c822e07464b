"""What reads a publisher's answers: one file a publisher, from bytes to rows. Pure: no network."""
