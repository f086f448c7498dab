"""Browser tests: the built application in the machine's own Chromium, against a running installation."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.clocks import PATIENCE

ROOT = Path(__file__).parents[2]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update")
EXAMPLES = ROOT / "examples"

expect.set_options(timeout=1000 * PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Playwright's synchronous interface and asyncio's tests can't share a process: these run on their own."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.e2e)


@dataclass(frozen=True, slots=True)
class Installation:
    """A running Outrider."""

    url: str
    carrier_url: str
    api: httpx.Client
    carrier: httpx.Client
    home: Path
    """Its data folder."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.skip("There is no Chromium on this machine: apt-get install chromium")
    if not (ROOT / "web/dist/index.html").is_file():
        pytest.skip("The web application is not built: make web")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation nobody has used yet."""
    with serving(tmp_path_factory.mktemp("empty")) as installation:
        yield installation


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation with the demo's leads and its campaign, not started."""
    with serving(tmp_path_factory.mktemp("demo")) as installation:
        installation.api.post("/api/demo").raise_for_status()
        yield installation


@pytest.fixture(scope="module")
def paid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation with a model that costs money and a real carrier; nobody answers at either's address."""
    nowhere = f"http://127.0.0.1:{free_port()}"
    settings = {
        "OUTRIDER_QUIET_HOURS": "enforced",
        "OUTRIDER_MODEL_MAX_RETRIES": "0",
        "OPENAI_API_KEY": "not-a-key",
        "OPENAI_BASE_URL": f"{nowhere}/v1",
        "TWILIO_ACCOUNT_SID": f"AC{'1' * 32}",
        "TWILIO_AUTH_TOKEN": "not-a-token",
        "TWILIO_API_BASE_URL": nowhere,
        "PUBLIC_URL": "https://outrider.example.com",
    }
    with serving(tmp_path_factory.mktemp("paid"), **settings) as installation:
        yield installation


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of a fresh browser profile; anything the page reports as an error fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    with watched(context) as page:
        yield page


@contextmanager
def watched(context: BrowserContext) -> Iterator[Page]:
    context.set_default_timeout(1000 * PATIENCE)
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # A refused request shows up here, too; whether it should have been refused is for the test to say.
        if message.type == "error" and "Failed to load resource" not in message.text:
            errors.append(message.text)

    page = context.new_page()
    page.on("console", note)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors, errors


@contextmanager
def serving(home: Path, **more: str) -> Iterator[Installation]:
    """An installation of its own in the folder `home`; `more` settings are variables of the environment."""
    home.chmod(0o755)
    port, simulator_port = free_port(), free_port()
    settings = {
        "OUTRIDER_HOME": str(home),
        "OUTRIDER_PORT": str(port),
        "OUTRIDER_SIMULATOR_PORT": str(simulator_port),
        "OUTRIDER_QUIET_HOURS": "off",
        "OUTRIDER_REPLY_DELAY_SECONDS": "0.2",
        "OUTRIDER_LOG_LEVEL": "WARNING",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OUTRIDER_", "TWILIO_", "OPENAI_"))}
    command = [sys.executable, "-m", "tests.e2e.serve"]
    with subprocess.Popen(command, cwd=ROOT, env=kept | settings | more, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line == "ready\n", f"the installation did not start: {line}{process.stdout.read()}"
            url, carrier_url = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{simulator_port}"
            with (
                httpx.Client(base_url=url, timeout=PATIENCE) as api,
                httpx.Client(base_url=carrier_url, timeout=PATIENCE) as carrier,
            ):
                yield Installation(url, carrier_url, api, carrier, home)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=PATIENCE)


def client(url: str) -> httpx.Client:
    return httpx.Client(base_url=url, timeout=PATIENCE)


def chromium() -> str | None:
    """The machine's own browser."""
    return next(filter(None, map(shutil.which, CHROMIUM)), None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
