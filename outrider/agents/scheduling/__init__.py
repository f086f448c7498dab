"""Meetings with leads: calendars, free slots, bookings, and what follows from them outside."""
