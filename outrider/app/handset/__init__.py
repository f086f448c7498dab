"""The handset: the far end of a thread, played by the person at the screen while the shipped simulator is the carrier."""
