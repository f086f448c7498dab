"""Commands refuse what they can't use with one clear message and exit code 1, never with a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from outrider.campaigns.files import read_campaign_file
from outrider.config import read_settings
from outrider.errors import ConfigurationError, InvalidInput


def problems(path: Path) -> dict[str, str]:
    with pytest.raises(InvalidInput) as caught:
        read_campaign_file(path)
    return {field.field: field.problem for field in caught.value.fields}


def test_every_problem_of_a_campaign_file_is_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "campaign.yaml"
    path.write_text("name: Spring\nsms_temperature: 500\nnonsense: 1\n")
    assert set(problems(path)) == {"leads", "sms_temperature", "nonsense"}
    path.write_text("leads: {file: leads.csv, colour: red}\n")
    assert set(problems(path)) == {"name", "leads.colour"}
    path.write_text("name: Spring\nleads: {file: missing.csv}\n")
    assert set(problems(path)) == {"leads.file"}


@pytest.mark.parametrize("content", ["", "- a\n- b\n", "name: [", "text", "\x00"])
def test_a_file_that_is_no_campaign_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "campaign.yaml"
    path.write_text(content)
    assert problems(path) == {}


def test_a_database_that_is_away_is_one_clear_message() -> None:
    # As a process of its own: a command sets up logging for the terminal it was started in.
    environment = os.environ | {"DATABASE_URL": "postgresql://someone:hidden@127.0.0.1:1/outrider"}
    command = [sys.executable, "-m", "outrider", "migrate"]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 1
    assert "The database does not answer" in result.stderr
    assert "DATABASE_URL" in result.stderr
    assert "hidden" not in result.stderr
    assert "Traceback" not in result.stderr


def test_a_wrong_port_is_named_and_nothing_that_follows_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTRIDER_PORT", "abc")
    with pytest.raises(ConfigurationError) as caught:
        read_settings()
    assert "OUTRIDER_PORT" in caught.value.detail
    assert "PUBLIC_URL" not in caught.value.detail


def test_the_public_address_follows_the_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PUBLIC_URL", raising=False)
    monkeypatch.setenv("OUTRIDER_PORT", "8123")
    assert read_settings().public_url == "http://127.0.0.1:8123"
    monkeypatch.setenv("PUBLIC_URL", "https://outrider.example.com")
    assert read_settings().public_url == "https://outrider.example.com"
