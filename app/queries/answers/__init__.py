"""A question answered: shares summed, sorted into groups, bounded, and found again."""
