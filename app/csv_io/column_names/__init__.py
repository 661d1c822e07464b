"""What files call their columns, and which column of a format is meant."""
