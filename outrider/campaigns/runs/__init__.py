"""Runs for people: found, looked into, cancelled, replayed, and counted over whole campaigns."""
