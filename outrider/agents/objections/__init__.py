"""The objection library: the doubts that leads raise, and how they are answered."""
