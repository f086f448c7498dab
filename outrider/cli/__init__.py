"""The command line: `outrider --help`."""

from outrider.cli.main import main

__all__ = ["main"]
