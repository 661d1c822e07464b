"""The suggestions for one kind of mistake written into a copy of a file."""
