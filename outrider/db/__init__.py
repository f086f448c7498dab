"""Engine, sessions, base model, migrations and the embedded server."""
