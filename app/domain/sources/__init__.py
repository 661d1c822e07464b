"""What a source says of itself: its terms, how often it comes, where a file comes from."""
