"""What language models may cost, what they did cost, and how they are doing."""
