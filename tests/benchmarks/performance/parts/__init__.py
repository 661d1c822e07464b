"""The parts of a run: each measures some of the goals."""
