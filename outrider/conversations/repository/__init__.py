"""Every query of the conversations, by subject."""
