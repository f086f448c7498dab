"""The web application: wires every route, its database, its carrier and its models."""
