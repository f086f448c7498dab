"""The settings choose the carrier."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from outrider.channels.base import Accepted, OutgoingText
from outrider.channels.build import build_carrier
from outrider.config import Settings
from outrider.errors import ConfigurationError


async def send(settings: Settings) -> object:
    carrier = build_carrier(settings)
    try:
        return await carrier.send_text(OutgoingText("+12025550199", "Hi", "+12025550143"))
    finally:
        await carrier.aclose()


async def test_the_account_and_address_of_the_settings_are_used(
    standin: Any, answers: Any, row: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = "AC" + "7" * 32
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", account)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "hush")
    monkeypatch.setenv("TWILIO_API_BASE_URL", standin.base_url)
    standin.answer(answers.json(row()))
    assert isinstance(await send(Settings(home=tmp_path, _env_file=None)), Accepted)
    assert standin.requests[0].path == f"/2010-04-01/Accounts/{account}/Messages.json"
    assert standin.requests[0].headers["authorization"] == "Basic " + base64.b64encode(f"{account}:hush".encode()).decode()


async def test_without_an_account_the_simulators_port_is_used(standin: Any, answers: Any, row: Any, tmp_path: Path) -> None:
    standin.answer(answers.json(row()))
    settings = Settings(home=tmp_path, simulator_port=int(standin.base_url.rsplit(":", 1)[1]), _env_file=None)
    assert isinstance(await send(settings), Accepted)
    assert standin.requests[0].path.startswith("/2010-04-01/Accounts/AC5555")


def test_an_account_without_a_token_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC" + "7" * 32)
    monkeypatch.delenv("TWILIO_AUTH_TOKEN", raising=False)
    with pytest.raises(ConfigurationError, match="TWILIO_AUTH_TOKEN"):
        build_carrier(Settings(home=tmp_path, _env_file=None))
