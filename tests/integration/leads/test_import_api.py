"""`/api/leads/imports` and the export."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient

from outrider.config import Settings, get_settings
from outrider.db.engine import Database
from outrider.jobs import JobContext
from outrider.leads.jobs import import_leads

ONE, TWO = "+12025550143", "+13125550199"
FILE = f"Name;Handy;Plan\nAnn;{ONE};gold\nBo;12;silver\nCy;{TWO};=1+1\n"


@pytest.fixture(autouse=True)
def one_home(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Jobs read the process's settings; they must mean the folder that the application stores uploads in."""
    monkeypatch.setenv("OUTRIDER_HOME", str(settings.home))
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def upload(content: str | bytes = FILE, name: str = "leads.csv", **options: Any) -> dict[str, Any]:
    return {
        "files": {"file": (name, content if isinstance(content, bytes) else content.encode())},
        "data": {"options": json.dumps(options)},
    }


async def run_job(database: Database, import_id: int) -> None:
    await import_leads(JobContext(database), import_id=import_id)


async def test_an_upload_is_imported_by_a_job(api: AsyncClient, database: Database, settings: Settings) -> None:
    answer = await api.post("/api/leads/imports", **upload(name="../../May leads.csv", list_name="May"))
    assert answer.status_code == 202, answer.text
    started = answer.json()
    assert (started["status"], started["filename"], started["total_bytes"]) == ("pending", "May leads.csv", len(FILE))
    assert len(list((settings.home / "uploads").iterdir())) == 1
    queue = (await api.get("/api/jobs")).json()["jobs"]
    assert any(entry["name"] == "leads.import" for entry in queue)

    await run_job(database, started["id"])
    await run_job(database, started["id"])  # a second delivery
    report = (await api.get(f"/api/leads/imports/{started['id']}")).json()
    assert (report["status"], report["rows_created"], report["rows_rejected"], report["rows_read"]) == ("completed", 2, 1, 3)
    assert report["options"]["list_name"] == "May"
    assert [column["target"] for column in report["detected"]["columns"]] == ["name", "phone", "attributes.plan"]
    assert list((settings.home / "uploads").iterdir()) == [], "personal data is not kept twice"

    listed = (await api.get("/api/leads/imports")).json()
    assert [entry["id"] for entry in listed["items"]] == [started["id"]]
    members = (await api.get("/api/leads", params={"list_id": report["list_id"], "sort": "name"})).json()["items"]
    assert [lead["name"] for lead in members] == ["Ann", "Cy"]

    rejected = await api.get(f"/api/leads/imports/{started['id']}/rejections.csv")
    assert rejected.headers["content-type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(rejected.content.decode("utf-8-sig"))))
    assert rows[1][:4] == ["3", "rejected", "phone: it is too short", "Bo"]


async def test_the_preview_shows_columns_and_verdicts_and_imports_nothing(api: AsyncClient, settings: Settings) -> None:
    answer = await api.post("/api/leads/imports/preview", **upload(columns={"Plan": None}))
    assert answer.status_code == 200, answer.text
    preview = answer.json()
    assert (preview["delimiter"], preview["encoding"], preview["has_header"]) == (";", "utf-8", True)
    assert [(c["name"], c["target"], c["by"]) for c in preview["columns"]] == [
        ("Name", "name", "name"),
        ("Handy", "phone", "name"),
        ("Plan", None, "left out"),
    ]
    assert [(row["line"], row["verdict"]) for row in preview["rows"]] == [(2, "ok"), (3, "rejected"), (4, "ok")]
    assert preview["rows"][0]["lead"]["phone"] == ONE
    assert "email" in preview["fields"]
    assert (await api.get("/api/leads")).json()["items"] == []
    assert not any((settings.home / "uploads").iterdir())


@pytest.mark.parametrize(
    ("files", "status", "words"),
    [
        (upload(b""), 422, "is empty"),
        (upload(bytes(range(256)) * 9), 422, "is not text"),
        (upload(columns={"Fax": "phone"}), 422, "options.columns.Fax"),
        (upload(columns={"Name": "nome"}), 422, "options.columns"),
        (upload(colums={}), 422, "options.colums"),
        (upload(consent={"channels": ["sms"]}), 422, "options.consent.kind"),
        (upload(default_region="usa"), 422, "options.default_region"),
        ({"files": {"file": ("a.csv", b"x")}, "data": {"options": "{not json"}}, 422, "options"),
        ({"data": {"options": "{}"}}, 422, "body.file"),
    ],
)
@pytest.mark.parametrize("path", ["/api/leads/imports", "/api/leads/imports/preview"])
async def test_what_cannot_be_imported_is_refused_with_a_reason(
    api: AsyncClient, settings: Settings, path: str, files: dict[str, Any], status: int, words: str
) -> None:
    answer = await api.post(path, **files)
    assert answer.status_code == status, answer.text
    assert words in answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    folder = settings.home / "uploads"
    assert not folder.exists() or not any(folder.iterdir())
    assert (await api.get("/api/leads/imports")).json()["items"] == []


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_file_beyond_the_limit_is_refused(api: AsyncClient, settings: Settings, chunked: bool) -> None:
    settings.upload_limit_mb = 1
    request = api.build_request("POST", "/api/leads/imports", **upload("Phone\n" + "2025550143\n" * 120_000))
    content = request.read()
    headers = {"content-type": request.headers["content-type"]}

    async def pieces() -> Any:
        for start in range(0, len(content), 65_536):
            yield content[start : start + 65_536]

    answer = await api.post("/api/leads/imports", content=pieces() if chunked else content, headers=headers)
    assert answer.status_code == 413, answer.text
    assert "larger than 1 MB" in answer.json()["detail"]


async def test_a_file_that_vanished_fails_the_import_for_good(api: AsyncClient, database: Database, settings: Settings) -> None:
    started = (await api.post("/api/leads/imports", **upload())).json()
    for file in (settings.home / "uploads").iterdir():
        file.unlink()
    await run_job(database, started["id"])
    report = (await api.get(f"/api/leads/imports/{started['id']}")).json()
    assert (report["status"], report["error"]) == ("failed", "leads.csv is no longer there.")


async def test_imports_that_do_not_exist_are_not_found(api: AsyncClient) -> None:
    for path in ("/api/leads/imports/99", "/api/leads/imports/99/rejections.csv"):
        assert (await api.get(path)).status_code == 404


async def test_an_upload_with_an_idempotency_key_is_taken_once(api: AsyncClient) -> None:
    answers = [await api.post("/api/leads/imports", **upload(), headers={"Idempotency-Key": "one"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    assert len((await api.get("/api/leads/imports")).json()["items"]) == 1


async def test_a_file_that_names_nobody_is_shown_so_that_its_columns_can_be_mapped(api: AsyncClient) -> None:
    text = f"Who,Where,Ring\nAnn,Rome,call {ONE} please\n"
    preview = (await api.post("/api/leads/imports/preview", **upload(text))).json()
    assert [column["name"] for column in preview["columns"]] == ["Who", "Where", "Ring"]
    assert preview["problem"] == "no column holds phone numbers or e-mail addresses"
    assert [row["verdict"] for row in preview["rows"]] == ["rejected"]

    refused = await api.post("/api/leads/imports", **upload(text))
    assert refused.status_code == 422
    assert "no column holds phone numbers" in refused.text

    mapped = (await api.post("/api/leads/imports/preview", **upload(text, columns={"Ring": "phone"}))).json()
    assert mapped["problem"] is None


async def test_an_import_tells_how_many_rows_were_rejected_for_which_reason(api: AsyncClient, database: Database) -> None:
    text = f"Name,Phone,Email,Score\nAnn,{ONE},,900\nBo,12,,\nCy,13,,\nDi,,,\n"
    started = (await api.post("/api/leads/imports", **upload(text))).json()
    assert started["reasons"] == []
    await run_job(database, started["id"])
    reasons = (await api.get(f"/api/leads/imports/{started['id']}")).json()["reasons"]
    assert reasons[0] == {"reason": "phone: it is too short", "kept": False, "rows": 2}
    assert {"reason": "score is not between 0 and 100", "kept": True, "rows": 1} in reasons
    assert sorted(one["rows"] for one in reasons) == [1, 1, 2]


async def test_a_selection_is_exported(api: AsyncClient) -> None:
    ids = [
        (await api.post("/api/leads", json={"name": name, "email": f"{name}@x.example"})).json()["id"]
        for name in ("ann", "bo", "cy")
    ]
    exported = await api.post("/api/leads/export.csv", json={"ids": ids[1:]})
    assert exported.status_code == 200
    rows = list(csv.DictReader(io.StringIO(exported.content.decode("utf-8-sig"))))
    assert [row["name"] for row in rows] == ["bo", "cy"]
    assert (await api.post("/api/leads/export.csv", json={})).status_code == 422


async def test_the_export_is_harmless_and_can_be_imported_again(api: AsyncClient, database: Database, tmp_path: Path) -> None:
    await api.post(
        "/api/leads",
        json={
            "name": "=HYPERLINK(1)",
            "phone": ONE,
            "notes": "\t=1+1",
            "score": 7,
            "attributes": {"plan": "gold", "n": 5},
            "consents": [{"channel": "sms", "kind": "written"}],
        },
    )
    await api.post("/api/leads", json={"name": "Bo, B", "email": "bo@x.example", "time_zone": "Europe/Paris"})
    exported = await api.get("/api/leads/export.csv")
    assert exported.status_code == 200
    assert "attachment" in exported.headers["content-disposition"]
    header, *rows = csv.reader(io.StringIO(exported.content.decode("utf-8-sig"), newline=""))
    first, second = (dict(zip(header, row, strict=True)) for row in rows)
    assert (first["name"], first["notes"], first["phone"]) == ("'=HYPERLINK(1)", "'=1+1", f"'{ONE}")
    assert (first["consent_sms"], first["plan"], first["n"], first["score"]) == ("written", "gold", "5", "7")
    assert (second["name"], second["time_zone"], second["outrider_time_zones"]) == ("Bo, B", "Europe/Paris", "Europe/Paris")

    filtered = await api.get("/api/leads/export.csv", params={"has_phone": "false"})
    assert len(list(csv.reader(io.StringIO(filtered.content.decode("utf-8-sig"))))) == 2
    assert (await api.get("/api/leads/export.csv", params={"tier": "Z"})).status_code == 422

    started = (await api.post("/api/leads/imports", **upload(exported.content))).json()
    await run_job(database, started["id"])
    report = (await api.get(f"/api/leads/imports/{started['id']}")).json()
    assert (report["rows_created"], report["rows_rejected"], report["rows_with_values_left_out"]) == (0, 0, 0)
