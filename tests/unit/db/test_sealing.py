"""Secrets in the database: sealed with the installation's key, opened with it or an older one, and with no other."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from outrider.config import Settings
from outrider.db import sealing
from outrider.db.sealing import KEY_FILE, Sealer, SecretUnreadable, sealer_of
from outrider.errors import ConfigurationError

OLD, NEW = "an old key that nobody guesses at all", "a new key that nobody guesses at all"


@pytest.fixture(autouse=True)
def fresh_process() -> None:
    sealing._sealer.cache_clear()


def settings(home: Path, *keys: str) -> Settings:
    return Settings(home=home, secret_key=SecretStr(",".join(keys)) if keys else None, _env_file=None)


def test_what_is_sealed_tells_nothing_and_comes_back(tmp_path: Path) -> None:
    sealer = sealer_of(settings(tmp_path, OLD))
    sealed = sealer.seal("whsec_12345")
    assert "whsec" not in sealed and sealed != sealer.seal("whsec_12345")
    assert sealer.open(sealed) == "whsec_12345" and sealer.is_current(sealed)
    assert not (tmp_path / KEY_FILE).exists()


def test_a_key_is_changed_by_naming_both_for_a_while(tmp_path: Path) -> None:
    sealed = sealer_of(settings(tmp_path, OLD)).seal("whsec_12345")
    both = sealer_of(settings(tmp_path, NEW, OLD))
    assert both.open(sealed) == "whsec_12345" and not both.is_current(sealed)
    assert sealer_of(settings(tmp_path, NEW)).open(both.seal("x")) == "x"


@pytest.mark.parametrize("damage", [lambda text: text[:-6] + "AAAA==", lambda _: "whsec_plain", lambda _: "", lambda text: text])
def test_what_another_key_sealed_names_setting_and_remedy(tmp_path: Path, damage: object) -> None:
    assert callable(damage)
    sealed = damage(Sealer([OLD]).seal("whsec_12345"))
    with pytest.raises(SecretUnreadable) as caught:
        sealer_of(settings(tmp_path, NEW)).open(sealed)
    assert "OUTRIDER_SECRET_KEY" in caught.value.detail and "OUTRIDER_SECRET_KEY" in caught.value.remedy
    assert KEY_FILE in caught.value.remedy and "whsec" not in str(caught.value)


def test_without_the_setting_a_key_is_kept_in_the_data_folder_for_nobody_else(tmp_path: Path) -> None:
    home = tmp_path / "new"
    sealed = sealer_of(settings(home)).seal("whsec_12345")
    assert stat.S_IMODE((home / KEY_FILE).stat().st_mode) == 0o600
    assert [path.name for path in home.iterdir()] == [KEY_FILE]
    sealing._sealer.cache_clear()
    assert sealer_of(settings(home)).open(sealed) == "whsec_12345"
    # Once the setting is there the file still opens what it sealed.
    both = sealer_of(settings(home, NEW))
    assert both.open(sealed) == "whsec_12345" and not both.is_current(sealed)


def test_processes_that_begin_at_once_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: sealing._made(tmp_path / KEY_FILE), range(64)))
    assert len(made) == 1 and [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


def test_a_folder_that_takes_no_key_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match=KEY_FILE) as caught:
        sealer_of(settings(tmp_path / "file"))
    assert "OUTRIDER_SECRET_KEY" in caught.value.remedy


@pytest.mark.parametrize("keys", [("short",), (NEW, ""), (NEW, "short")])
def test_a_key_that_can_be_guessed_is_refused(tmp_path: Path, keys: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError, match="at least 32 characters") as caught:
        settings(tmp_path, *keys)
    assert NEW not in str(caught.value)
