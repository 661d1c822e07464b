"""Which database answers a read of the public, and how new what it holds is."""
