"""Files into the database: merged by the rule, resumed after any crash, never doubled."""

from __future__ import annotations

import asyncio
import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from outrider.db.engine import Database
from outrider.events.bus import _handlers, subscribe
from outrider.leads.events import ContactForbidden
from outrider.leads.importing import run
from outrider.leads.importing.options import ImportOptions
from outrider.leads.importing.production import Production, batches
from outrider.leads.importing.rejections import write_rejections
from outrider.leads.importing.run import import_file, run_import
from outrider.leads.importing.schemas import ImportProgress, ImportReport
from outrider.leads.models import Lead, LeadConsent, LeadImport

ONE, TWO, THREE = "+12025550143", "+13125550199", "+14155550101"


async def imported(database: Database, folder: Path, content: str, rows_per_batch: int = 10_000, **options: Any) -> ImportReport:
    file = folder / "leads.csv"
    file.write_text(content, newline="")
    return await import_file(database, file, ImportOptions.model_validate(options), rows_per_batch=rows_per_batch)


def figures(report: ImportReport) -> dict[str, int]:
    names = ("created", "updated", "unchanged", "duplicate", "rejected")
    return {name: count for name in names if (count := getattr(report, f"rows_{name}"))}


async def leads(database: Database) -> list[Lead]:
    async with database.transaction() as session:
        return list((await session.execute(select(Lead).order_by(Lead.id))).scalars())


async def consents(database: Database) -> list[LeadConsent]:
    async with database.transaction() as session:
        return list((await session.execute(select(LeadConsent).order_by(LeadConsent.id))).scalars())


async def test_a_file_becomes_leads_with_everything_in_it(database: Database, tmp_path: Path) -> None:
    report = await imported(
        database,
        tmp_path,
        "Name;Mobile;Email;State;SMS consent;Consent date;Notes;Plan\n"
        'Ann "A" Lee;(415) 555-0101;Ann@X.example;CA;written;2026-01-31;"line one\nline\ttwo \\ done";gold\n',
        list_name="Spring",
    )
    assert figures(report) == {"created": 1}
    lead = (await leads(database))[0]
    assert (lead.name, lead.phone, lead.email, lead.region) == ('Ann "A" Lee', THREE, "ann@x.example", "CA")
    assert lead.notes == "line one\nline\ttwo \\ done"
    assert (lead.attributes, lead.source, lead.derived) == ({"plan": "gold"}, "leads.csv", ["country"])
    assert (lead.time_zones, lead.import_id, lead.import_line) == (["America/Los_Angeles"], report.id, 2)
    consent = (await consents(database))[0]
    assert (consent.channel, consent.kind, consent.lead_id) == ("sms", "written", lead.id)
    assert consent.evidence == {"file": "leads.csv", "import_id": report.id, "line": 2}
    async with database.transaction() as session:
        members = await session.execute(text("SELECT lead_id FROM lead_list_members WHERE list_id = :id"), {"id": report.list_id})
        assert members.scalars().all() == [lead.id]


async def test_the_same_file_again_changes_nothing(database: Database, tmp_path: Path) -> None:
    content = (
        "Name,Phone,Email,Notes,Plan,SMS consent\n"
        f"Ann,{ONE},ann@x.example,called,gold,yes\nBo,,bo@x.example,,,\nBroken,12,,,,\nCy,{TWO},,,,no\nAnn B,{ONE},,again,,\n"
    )
    first = await imported(database, tmp_path, content)
    before = [lead.__dict__ | {"_sa_instance_state": None} for lead in await leads(database)]
    second = await imported(database, tmp_path, content)
    assert figures(first) == {"created": 3, "duplicate": 1, "rejected": 1}
    assert figures(second) == {"unchanged": 3, "duplicate": 1, "rejected": 1}
    assert [lead.__dict__ | {"_sa_instance_state": None} for lead in await leads(database)] == before
    assert len(await consents(database)) == 1


rows = st.lists(
    st.tuples(
        st.sampled_from(["", "Ann", "Bo"]),
        st.sampled_from(["", ONE, TWO, THREE, "12"]),
        st.sampled_from(["", "a@x.example", "b@x.example"]),
        st.sampled_from(["", "gold", "silver"]),
    ),
    max_size=12,
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)
@given(table=rows, size=st.integers(1, 5))
async def test_a_second_time_nothing_changes_whatever_is_in_the_file(
    database: Database, tmp_path: Path, table: list[tuple[str, ...]], size: int
) -> None:
    # A file that gives one number two addresses contradicts itself about who the rows with only an address are.
    addresses = {(phone, email) for _, phone, email, _ in table if phone and email}
    assume(len({phone for phone, _ in addresses}) == len(addresses))
    async with database.transaction() as session:
        await session.execute(text("TRUNCATE leads, lead_imports, lead_import_rejections, lead_consents CASCADE"))
    content = "Name,Phone,Email,Plan\nfirst,+442079460123,first@x.example,\n" + "".join(",".join(row) + "\n" for row in table)
    first = await imported(database, tmp_path, content, size)
    state = [(lead.id, lead.name, lead.phone, lead.email, lead.attributes, lead.updated_at) for lead in await leads(database)]
    second = await imported(database, tmp_path, content, size)
    assert [
        (lead.id, lead.name, lead.phone, lead.email, lead.attributes, lead.updated_at) for lead in await leads(database)
    ] == state
    assert (second.rows_created, second.rows_updated, second.rows_rejected) == (0, 0, first.rows_rejected)
    for report in (first, second):
        counted = report.rows_created + report.rows_updated + report.rows_unchanged + report.rows_duplicate + report.rows_rejected
        assert counted == report.rows_read == 1 + sum(any(row) for row in table)


async def test_rows_that_contradict_each_other_write_nothing_the_second_time(database: Database, tmp_path: Path) -> None:
    content = (
        f"Name,Phone,Email,Plan\n,,,gold\n,,,gold\n,,,gold\n,{ONE},b@x.example,\n,{ONE},,silver\n,,b@x.example,gold\n,{ONE},,\n"
    )
    await imported(database, tmp_path, content, 4)
    before = (await leads(database))[0]
    report = await imported(database, tmp_path, content, 4)
    after = (await leads(database))[0]
    assert report.rows_updated == 0
    assert (after.updated_at, after.attributes) == (before.updated_at, {"plan": "gold"})


async def test_new_values_win_empty_ones_erase_nothing(database: Database, tmp_path: Path) -> None:
    await imported(database, tmp_path, f"Name,Phone,Email,Company,Notes,Plan,Size\nAnn,{ONE},ann@x.example,ACME,called,gold,5\n")
    report = await imported(database, tmp_path, f"Name,Phone,Email,Company,Notes,Plan\nAnna,{ONE},,,wants a quote,silver\n")
    assert figures(report) == {"updated": 1}
    lead = (await leads(database))[0]
    assert (lead.name, lead.email, lead.company) == ("Anna", "ann@x.example", "ACME")
    assert lead.notes == "called\nwants a quote"
    assert (lead.attributes, lead.company_size) == ({"plan": "silver"}, "5")


async def test_without_a_phone_the_address_tells_who_it_is(database: Database, tmp_path: Path) -> None:
    await imported(database, tmp_path, "Name,Email\nAnn,ann@x.example\n")
    report = await imported(database, tmp_path, f"Phone,Email\n{ONE},ann@x.example\n{TWO},ann@x.example\n")
    assert figures(report) == {"updated": 1, "created": 1}
    assert [(lead.name, lead.phone, lead.region) for lead in await leads(database)] == [("Ann", ONE, "DC"), ("", TWO, "IL")]
    assert figures(await imported(database, tmp_path, "Email,Title\nann@x.example,CEO\n")) == {"updated": 1}
    assert [lead.title for lead in await leads(database)] == ["CEO", None]


async def test_known_people_can_be_skipped(database: Database, tmp_path: Path) -> None:
    await imported(database, tmp_path, f"Name,Phone\nAnn,{ONE}\n")
    report = await imported(
        database, tmp_path, f"Name,Phone\nOther,{ONE}\nBo,{TWO}\nBob,{TWO}\n", on_duplicate="skip", list_name="All"
    )
    assert figures(report) == {"created": 1, "unchanged": 1, "duplicate": 1}
    assert [lead.name for lead in await leads(database)] == ["Ann", "Bo"]
    async with database.transaction() as session:
        assert (await session.execute(text("SELECT count(*) FROM lead_list_members"))).scalar_one() == 2


async def test_consent_grows_but_is_never_weakened_or_opened_again(database: Database, tmp_path: Path) -> None:
    header = "Phone,SMS consent\n"
    await imported(database, tmp_path, header + f"{ONE},implied\n{TWO},written\n{THREE},yes\n")
    async with database.transaction() as session:
        await session.execute(
            text("UPDATE lead_consents SET revoked_at = now() WHERE lead_id = (SELECT id FROM leads WHERE phone = :p)"),
            {"p": THREE},
        )
    report = await imported(database, tmp_path, header + f"{ONE},written\n{TWO},implied\n{THREE},written\n")
    assert figures(report) == {"updated": 1, "unchanged": 2}
    found = {consent.lead_id: consent for consent in await consents(database)}
    one, two, three = (found[lead.id] for lead in await leads(database))
    assert (one.kind, one.evidence["previous"]["kind"]) == ("written", "implied")
    assert two.kind == "written"
    assert (three.kind, three.revoked_at is None) == ("express", False)


async def test_numbers_that_must_not_be_contacted_are_published(database: Database, tmp_path: Path) -> None:
    heard: list[ContactForbidden] = []

    @subscribe(ContactForbidden)
    async def listen(_: object, event: ContactForbidden) -> None:
        heard.append(event)

    try:
        report = await imported(database, tmp_path, f"Phone,Do not contact\n{ONE},yes\n{TWO},no\n")
    finally:
        _handlers[ContactForbidden].remove(listen)
    assert [(event.phones, event.source) for event in heard] == [([ONE], "leads.csv")]
    assert figures(report) == {"created": 1, "rejected": 1}


def _many(count: int) -> str:
    return "Name,Phone,SMS consent,Plan\n" + "".join(f"Person {n},+1312{2_000_000 + n:07},yes,{n}\n" for n in range(count))


class Crashed(BaseException):
    """The process ended here."""


@pytest.mark.parametrize("batches_before", [1, 3])
async def test_an_interrupted_import_goes_on_where_it_stopped(database: Database, tmp_path: Path, batches_before: int) -> None:
    file = tmp_path / "leads.csv"
    file.write_text(_many(95))
    seen: list[int] = []

    def crash(progress: ImportProgress) -> None:
        seen.append(progress.rows_read)
        if len(seen) == batches_before:
            raise Crashed

    with pytest.raises(Crashed):
        await import_file(database, file, None, crash, rows_per_batch=20)
    report = await import_file(database, file, rows_per_batch=20)
    assert figures(report) == {"created": 95}
    assert (report.rows_read, report.done_bytes, report.status) == (95, report.total_bytes, "completed")
    found = await leads(database)
    assert [lead.import_line for lead in sorted(found, key=lambda lead: lead.import_line or 0)] == list(range(2, 97))
    assert len(await consents(database)) == 95
    async with database.transaction() as session:
        assert len((await session.execute(select(LeadImport))).scalars().all()) == 1


async def test_two_workers_on_one_import_write_every_row_once(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "leads.csv"
    file.write_text(_many(300))

    def crash(_: ImportProgress) -> None:
        raise Crashed

    with pytest.raises(Crashed):
        await import_file(database, file, None, crash, rows_per_batch=10)
    async with database.transaction() as session:
        import_id = (await session.execute(select(LeadImport.id))).scalar_one()
    await asyncio.gather(*(run_import(database, import_id, rows_per_batch=10) for _ in range(3)))
    report = await run_import(database, import_id)
    assert (report.rows_read, report.rows_created, len(await leads(database))) == (300, 300, 300)


async def test_two_files_with_the_same_people_at_once(database: Database, tmp_path: Path) -> None:
    files = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for file in files:
        file.write_text(_many(200) + f"{file.name},,,\n")
    reports = await asyncio.gather(*(import_file(database, file, rows_per_batch=20) for file in files))
    assert sum(report.rows_created for report in reports) == 200
    assert len(await leads(database)) == 200


async def test_a_lead_that_somebody_creates_meanwhile_is_merged(database: Database, tmp_path: Path) -> None:
    """The batch has looked for the phone and not found it; now the phone is there."""
    file = tmp_path / "leads.csv"
    file.write_text(f"Name,Phone,Plan\nAnn,{ONE},gold\n")
    original = run.write_batch
    calls = 0

    async def collide(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 1:
            async with database.transaction() as session:
                session.add(Lead(name="Annie", phone=ONE, email="ann@x.example"))
            async with database.transaction() as session:
                await session.execute(text("SELECT 1"))
                raise run.LeadsChanged("as if the match had come first")
        return await original(*arguments)

    run.write_batch = collide  # type: ignore[assignment]
    try:
        report = await import_file(database, file)
    finally:
        run.write_batch = original
    assert (figures(report), calls) == ({"updated": 1}, 2)
    assert [(lead.name, lead.email) for lead in await leads(database)] == [("Ann", "ann@x.example")]


async def test_large_files_are_read_by_processes(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "leads.csv"
    file.write_text(_many(30_000) + "x" * 10 + ",12,,\n" + f"{'Long note ' * 250_000},,,\n")
    report = await import_file(database, file, rows_per_batch=4_000)
    assert figures(report) == {"created": 30_000, "rejected": 2}
    async with database.transaction() as session:
        lines = (await session.execute(text("SELECT count(DISTINCT import_line), max(import_line) FROM leads"))).one()
    assert tuple(lines) == (30_000, 30_001)


def test_a_file_can_be_shared_by_several_producers(tmp_path: Path) -> None:
    from outrider.leads.importing.inspection import inspect_file

    file = tmp_path / "leads.csv"
    file.write_text(_many(95))
    _, inspection, _ = inspect_file(file, ImportOptions(), "US")
    plan = inspection.plan(ImportOptions(), file.name, "US")
    alone = list(batches(Production(file, inspection.shape, plan, 1, 10)))
    shared = [list(batches(Production(file, inspection.shape, plan, 1, 10, part, 2))) for part in (0, 1)]
    assert [batch for pair in zip(shared[0], shared[1], strict=True) for batch in pair] == alone


async def test_rejected_rows_come_back_with_line_and_reason(database: Database, tmp_path: Path) -> None:
    report = await imported(
        database, tmp_path, f'Name,Phone,Score\n"=cmd|\' /C calc\'!A0",12,\nAnn,{ONE},high\nBo,,,,"more"\nCy,{TWO},5\n'
    )
    assert (report.rows_rejected, report.rows_with_values_left_out) == (2, 1)
    file = tmp_path / "rejected.csv"
    await write_rejections(database, report.id, file)
    header, *rejected = csv.reader(io.StringIO(file.read_bytes().decode("utf-8-sig"), newline=""))
    assert header == ["Line", "Outcome", "Reason", "Name", "Phone", "Score", "Further cells"]
    assert [row[:2] for row in rejected] == [["2", "rejected"], ["3", "imported without some values"], ["4", "rejected"]]
    assert rejected[0][3].startswith("'=cmd"), "a formula must not run when the file is opened"
    assert "score is not a number" in rejected[1][2]
    assert rejected[2][6].endswith("more")
