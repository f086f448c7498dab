"""Calendars that are kept outside: one port, an adapter per protocol."""
