"""A question: its parameters, read and checked, and its canonical address."""
