"""How often models may be tested: each test is a call that somebody pays for."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from httpx import AsyncClient
from pydantic import SecretStr

from outrider.app.models import MOST_TESTS, TESTS_PERIOD, Allowance, TooManyTests
from outrider.config import Settings
from outrider.db.engine import Database
from tests.worlds import client_of


@pytest.fixture
async def paid(database: Database, settings: Settings) -> AsyncIterator[AsyncClient]:
    """An installation with a model that costs money, at an address where nobody answers."""
    configured = settings.model_copy(
        update={"openai_api_key": SecretStr("key"), "openai_base_url": "http://127.0.0.1:1/v1", "model_max_retries": 0}
    )
    async with client_of(configured, database) as client:
        yield client


async def test_a_storm_of_clicks_is_refused(paid: AsyncClient) -> None:
    answers = [await paid.post("/api/models/test", json={}) for _ in range(MOST_TESTS + 2)]
    assert [answer.status_code for answer in answers] == [200] * MOST_TESTS + [429] * 2
    refused = answers[-1].json()
    assert refused["type"] == "urn:outrider:problem:too-many-tests"
    assert f"{MOST_TESTS} times within a minute" in refused["detail"]
    assert 0 < refused["retry_after"] <= TESTS_PERIOD and str(refused["retry_after"]) in refused["remedy"]


async def test_what_costs_nothing_is_tested_at_will(paid: AsyncClient) -> None:
    for model in ("offline", "nobody:model"):
        answers = [await paid.post("/api/models/test", json={"model": model}) for _ in range(MOST_TESTS + 1)]
        assert {answer.status_code for answer in answers} == {200}
    assert (await paid.post("/api/models/test", json={})).status_code == 200


def test_the_oldest_test_makes_room() -> None:
    allowance = Allowance()
    for second in range(MOST_TESTS):
        allowance.take(float(second))
    with pytest.raises(TooManyTests) as refused:
        allowance.take(TESTS_PERIOD - 0.5)
    assert refused.value.remedy == "Test again in 1 second."
    allowance.take(TESTS_PERIOD)
    with pytest.raises(TooManyTests):
        allowance.take(TESTS_PERIOD)
    allowance.take(TESTS_PERIOD + 1)
