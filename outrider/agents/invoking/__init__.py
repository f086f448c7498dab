"""Agents used alone, over the API: nothing is sent or booked; what an agent wants to happen is in its answer."""
