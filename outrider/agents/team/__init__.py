"""The agents that hold a conversation together: read, qualify, route, speak, guard."""
