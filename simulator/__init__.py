"""A local carrier that behaves as Twilio does for messaging.

It is a second, independent party: it imports nothing of the product, keeps its own truth in memory and counts what it
accepted, so that its counters can decide whether the product sent twice, lost a reply or texted somebody who said stop.
"""
