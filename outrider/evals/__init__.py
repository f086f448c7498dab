"""Conversations played to judge agents: scripts with expectations, and simulated leads, in a scratch database of their own."""
