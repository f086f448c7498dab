"""Jobs: the depth of the queue, and failed jobs seen as they fail, put back and deleted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Locator, Page, expect

from outrider.leads.jobs import IMPORT_ATTEMPTS
from tests.e2e.finding import until
from tests.e2e.installations import Installation, QuickInstallations

WAIT_FOR_THE_TEST = """
    CREATE FUNCTION wait_for_the_test() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN NEW.execute_after := now() + interval '1 hour'; RETURN NEW; END $$;
    CREATE TRIGGER wait_for_the_test BEFORE INSERT ON pgqueuer FOR EACH ROW WHEN (NEW.entrypoint = 'leads.import')
        EXECUTE FUNCTION wait_for_the_test();
"""
LAST_ATTEMPT = """
    UPDATE pgqueuer SET attempts = %s, execute_after = now()
    WHERE entrypoint = 'leads.import' AND status = 'queued' AND execute_after > now()
"""
WAKE_WORKER = "DELETE FROM pgqueuer WHERE false"
"""Rows that come or go are told to whoever works on them, changed ones are not."""


class Imports:
    """Imports that wait, so that their stored file can be taken away; then their job fails in its last attempt."""

    def __init__(self, installation: Installation, connection: psycopg.Connection):
        self.api = installation.api
        self._home = installation.home
        self._connection = connection
        self._taken: dict[Path, bytes] = {}

    def fail(self, *names: str) -> None:
        for name in names:
            file = ("people.csv", f"Name,Phone\n{name},+1312555{len(self._taken) + 100:04}\n".encode())
            before = set(self._stored())
            self.api.post("/api/leads/imports", files={"file": file}).raise_for_status()
            (stored,) = set(self._stored()) - before
            self._taken[stored] = stored.read_bytes()
            stored.unlink()
            # A file that is gone is an answer of the import; one that can't be read is a fault, and tried again.
            stored.mkdir()
        self._connection.execute(LAST_ATTEMPT, [IMPORT_ATTEMPTS - 1])
        self._connection.execute(WAKE_WORKER)

    def _stored(self) -> list[Path]:
        return list(self._home.glob("uploads/*"))

    def bring_back(self) -> None:
        for path, content in self._taken.items():
            if path.is_dir():
                path.rmdir()
                path.write_bytes(content)

    def names(self) -> set[str]:
        return {lead["name"] for lead in self.api.get("/api/leads").json()["items"]}


@pytest.fixture(scope="module")
def installation(installations: QuickInstallations) -> Iterator[Installation]:
    with installations.serving("jobs") as installation:
        yield installation


@pytest.fixture(scope="module")
def connection(installation: Installation) -> Iterator[psycopg.Connection]:
    with closing(psycopg.connect(installation.database, autocommit=True)) as connection:
        connection.execute(WAIT_FOR_THE_TEST)
        yield connection


@pytest.fixture
def imports(installation: Installation, connection: psycopg.Connection) -> Iterator[Imports]:
    yield Imports(installation, connection)
    connection.execute("DELETE FROM pgqueuer WHERE entrypoint = 'leads.import'")


def test_a_job_is_seen_to_fail_and_put_back(page: Page, installation: Installation, imports: Imports) -> None:
    page.goto(f"{installation.url}/jobs")
    expect(page.get_by_text("No job has failed")).to_be_visible()
    imports.fail("Ada Example")
    row = failed(page).filter(has_text="IsADirectoryError")
    expect(row).to_be_visible()
    expect(figure(page, "Failed")).to_have_text("1")
    expect(page.get_by_role("region", name="Jobs by kind").get_by_role("row").filter(has_text="Leads: import")).to_be_visible()

    row.get_by_text("IsADirectoryError").click()
    sheet = page.get_by_role("dialog", name="Leads: import")
    expect(sheet).to_contain_text("Is a directory")
    expect(sheet).to_contain_text('"import_id"')
    imports.bring_back()
    sheet.get_by_role("button", name="Put back").click()
    expect(page.get_by_text("Put back into the queue")).to_be_visible()
    expect(page).to_have_url(f"{installation.url}/jobs")
    expect(page.get_by_text("No job has failed")).to_be_visible()
    expect(figure(page, "Failed")).to_have_text("0")
    until(lambda: "Ada Example" in imports.names())


def test_one_is_deleted_and_another_window_hears_of_it(page: Page, installation: Installation, imports: Imports) -> None:
    imports.fail("Bea Example")
    other = page.context.new_page()
    for window in (page, other):
        window.goto(f"{installation.url}/jobs")
        expect(failed(window)).to_have_count(1)
    failed(page).get_by_text("IsADirectoryError").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.get_by_role("alertdialog", name="Delete this failed job?").get_by_role("button", name="Delete for good").click()
    expect(page.get_by_text("1 failed job deleted")).to_be_visible()
    expect(failed(page)).to_have_count(0)
    # Only what is told can reach a page that polls nothing while it is live.
    expect(failed(other)).to_have_count(0)


def test_several_are_deleted_or_put_back_together(page: Page, installation: Installation, imports: Imports) -> None:
    imports.fail("Cyd Example", "Dan Example", "Eve Example")
    page.goto(f"{installation.url}/jobs")
    expect(failed(page)).to_have_count(3)
    failed(page).first.get_by_role("checkbox").click()
    page.get_by_role("button", name="Delete …").click()
    confirm(page, "Delete 1 failed job?", "Delete 1 job for good")
    expect(page.get_by_text("1 failed job deleted")).to_be_visible()
    expect(failed(page)).to_have_count(2)

    imports.bring_back()
    page.get_by_role("button", name="Put all back …").click()
    confirm(page, "Put all 2 failed jobs back?", "Put 2 jobs back")
    expect(page.get_by_text("2 jobs put back into the queue")).to_be_visible()
    expect(page.get_by_text("No job has failed")).to_be_visible()


def test_all_are_deleted_but_none_that_nobody_saw(page: Page, installation: Installation, imports: Imports) -> None:
    imports.fail("Fay Example", "Gus Example")
    page.goto(f"{installation.url}/jobs")
    expect(failed(page)).to_have_count(2)
    page.get_by_role("button", name="Delete all …").click()
    imports.fail("Hal Example")
    expect(page.get_by_role("row", include_hidden=True).filter(has_text="IsADirectoryError")).to_have_count(3)
    confirm(page, "Delete all 2 failed jobs?", "Delete 2 jobs for good")
    expect(page.get_by_text("The failed jobs have changed")).to_be_visible()
    expect(failed(page)).to_have_count(3)

    page.get_by_role("button", name="Delete all …").click()
    confirm(page, "Delete all 3 failed jobs?", "Delete 3 jobs for good")
    expect(page.get_by_text("3 failed jobs deleted")).to_be_visible()
    expect(page.get_by_text("No job has failed")).to_be_visible()


def failed(page: Page) -> Locator:
    return page.get_by_role("grid", name="Failed jobs").get_by_role("row").filter(has_text="IsADirectoryError")


def figure(page: Page, label: str) -> Locator:
    return (
        page.locator("dl > div")
        .filter(has=page.get_by_role("term").filter(has_text=re.compile(f"^{label}$")))
        .locator("dd")
        .first
    )


def confirm(page: Page, question: str, action: str) -> None:
    page.get_by_role("alertdialog", name=question).get_by_role("button", name=action).click()
