"""The API explained to people, and the data described to machines."""
