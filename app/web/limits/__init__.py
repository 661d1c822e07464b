"""What one visitor may ask of the others: costs, queues, turns."""
