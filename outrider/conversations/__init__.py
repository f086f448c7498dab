"""Threads with leads: messages in and out, the outbox, opt-out, quiet hours and the carrier's webhooks."""
