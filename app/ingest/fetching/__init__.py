"""A fetch from its beginning to its record: asks the publisher, checks, reviews, publishes."""
