"""Tables of another shape than one line a slice: recognised, and turned or trimmed as confirmed."""
