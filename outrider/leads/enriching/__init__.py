"""What providers say about a lead, kept with its sources, and the few fields that it fills."""
