"""What the lists of the API share: parameters, cursors, envelopes, CSV."""
