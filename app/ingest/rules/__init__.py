"""The rules of an upload: what a file may say, whatever the database holds."""
