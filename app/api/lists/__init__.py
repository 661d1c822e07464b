"""The frame of every list of the API: parameters, cursors, envelopes, JSON and CSV."""
