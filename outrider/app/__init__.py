"""The web application: wires every route, its database, its carrier and its models."""

from outrider.app.build import create_app

__all__ = ["create_app"]
