"""Runs that live in rows: claimed when something they wait for happened, committed by compare-and-set, woken, stopped."""
