"""What tests on a database start from."""

from __future__ import annotations

import pytest

from outrider.db.engine import Database
from tests.worlds import World


@pytest.fixture
def world(database: Database) -> World:
    return World(database)
