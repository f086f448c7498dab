"""The carrier: sending texts, hearing what became of them, receiving texts.

`base` is the port, `twilio` its adapter, `build.build_carrier` the one from the settings. Nothing in here knows
leads, campaigns or the database.
"""
