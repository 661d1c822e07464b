"""Pages that explain the API to people, and files that describe the data to machines."""
