"""Browser tests: the built application in the machine's own Chromium, against a running installation."""

from __future__ import annotations

import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.clocks import PATIENCE
from tests.conftest import TEMPLATE
from tests.e2e import failures
from tests.e2e.finding import until
from tests.e2e.installations import ROOT, Installation, QuickInstallations, free_port

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update")
EXAMPLES = ROOT / "examples"

expect.set_options(timeout=1000 * PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Playwright's synchronous interface and asyncio's tests can't share a process: these run on their own."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.e2e)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        report.sections += failures.seen()
    return report


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.skip("There is no Chromium on this machine: apt-get install chromium")
    if not (ROOT / "web/dist/index.html").is_file():
        pytest.skip("The web application is not built: make web")
    failures.keep_pictures_in(tmp_path_factory.mktemp("pictures"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def installations(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuickInstallations]:
    """For files that want an installation of their own."""
    quick = QuickInstallations(postgres, TEMPLATE, tmp_path_factory.mktemp("installations"))
    yield quick
    quick.close()


@pytest.fixture(scope="session")
def empty(installations: QuickInstallations) -> Iterator[Installation]:
    """An installation nobody has used yet."""
    with installations.serving("empty") as installation:
        yield installation


@pytest.fixture(scope="session")
def demo(installations: QuickInstallations) -> Iterator[Installation]:
    """An installation with the demo's leads and its campaign, not started."""
    with installations.serving("demo") as installation:
        load_demo(installation)
        yield installation


def load_demo(installation: Installation) -> None:
    """Returns when all leads are there."""
    begun = installation.api.post("/api/demo").raise_for_status().json()
    until(lambda: installation.api.get(f"/api/leads/imports/{begun['import_id']}").json()["status"] == "completed")


@pytest.fixture(scope="module")
def paid(installations: QuickInstallations) -> Iterator[Installation]:
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
    with installations.serving("paid", **settings) as installation:
        yield installation


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
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

    with failures.watching(context):
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
    assert not errors, errors


def chromium() -> str | None:
    """The machine's own browser."""
    return next(filter(None, map(shutil.which, CHROMIUM)), None)
