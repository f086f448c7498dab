from __future__ import annotations

import pytest

from simulator.__main__ import main


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--numbers", "5550100"], "--numbers"),
        (["--speed", "0"], "--speed"),
        (["--rate", "-1"], "--rate"),
        (["--fault", "429=2"], "429"),
        (["--fault", "429"], "NAME=NUMBER"),
        (["--persona", "angry=1"], "angry"),
        (["--webhook-url", "nowhere"], "--webhook-url"),
    ],
)
def test_unusable_options_are_named(monkeypatch: pytest.MonkeyPatch, arguments: list[str], expected: str) -> None:
    monkeypatch.setattr("sys.argv", ["simulator", "--port", "0", *arguments])
    with pytest.raises(SystemExit, match=expected):
        main()


def test_help_lists_faults_and_personas(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["simulator", "--help"])
    with pytest.raises(SystemExit):
        main()
    text = capsys.readouterr().out
    assert "timeout_after_accept" in text
    assert "wrong_number" in text
