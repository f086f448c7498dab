"""The web application as it is served: which file, which copy of it, for how long, and what may run in it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from outrider.app.bundle import Bundle
from outrider.app.middleware import Figures
from outrider.app.pages import router
from outrider.app.problems import install_problem_handlers

INDEX = '<!doctype html><script type="module" src="/assets/main-1.js"></script>'
SCRIPT = "console.log('Outrider')\n" * 50


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX)
    (folder / "favicon.svg").write_text("<svg/>")
    (folder / ".built-from").write_text("secret")
    (folder / "assets" / "main-1.js").write_text(SCRIPT)
    (folder / "assets" / "main-1.js.br").write_bytes(b"brotli")
    (folder / "assets" / "main-1.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    (folder / "assets" / "plain-1.css").write_text("body{}")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


def browser(folder: Path) -> AsyncClient:
    app = FastAPI()
    app.state.bundle = Bundle(folder)
    install_problem_handlers(app)
    app.add_middleware(Figures)

    @app.get("/api/leads")
    async def leads() -> list[int]:
        return []

    app.include_router(router)
    return AsyncClient(transport=ASGITransport(app), base_url="http://localhost", headers={"accept-encoding": "identity"})


@pytest.mark.parametrize(
    "path", ["/", "/index.html", "/campaigns", "/campaigns/7?tab=leads", "/apiary", "/settings/senders", "/a.b"]
)
async def test_every_page_is_the_application(dist: Path, path: str) -> None:
    async with browser(dist) as client:
        answer = await client.get(path)
        head = await client.head(path)
    assert (answer.status_code, answer.text) == (200, INDEX)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(INDEX)))
    assert answer.headers["cache-control"] == head.headers["cache-control"] == "no-cache"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/nothing", "/webhooks/nothing", "/assets/nothing.js", "/assets/", "/docs/x"]
)
async def test_what_is_no_page_is_a_problem(dist: Path, path: str) -> None:
    async with browser(dist) as client:
        for accept in ("text/html", "*/*"):
            answer = await client.get(path, headers={"accept": accept})
            assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


async def test_methods_stay_those_of_the_api(dist: Path) -> None:
    async with browser(dist) as client:
        assert (await client.post("/api/nothing")).status_code == 404
        assert (await client.delete("/api/leads")).status_code == 405
        assert (await client.post("/campaigns")).status_code == 405


@pytest.mark.parametrize(
    ("accepted", "coding", "body"),
    [
        ("br, gzip", "br", b"brotli"),
        ("gzip, br;q=0.1", "br", b"brotli"),
        ("gzip, deflate", "gzip", SCRIPT.encode()),
        ("br;q=0, gzip", "gzip", SCRIPT.encode()),
        ("*", "br", b"brotli"),
        ("deflate", None, SCRIPT.encode()),
        ("gzip;q=nonsense", None, SCRIPT.encode()),
        ("", None, SCRIPT.encode()),
    ],
)
async def test_assets_come_in_the_copy_that_is_understood(dist: Path, accepted: str, coding: str | None, body: bytes) -> None:
    async with (
        browser(dist) as client,
        client.stream("GET", "/assets/main-1.js", headers={"accept-encoding": accepted}) as answer,
    ):
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert answer.headers.get("content-encoding") == coding
    assert (gzip.decompress(raw) if coding == "gzip" else raw) == body
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_a_known_page_is_not_sent_again(dist: Path) -> None:
    async with browser(dist) as client:
        first = await client.get("/leads")
        tag = first.headers["etag"]
        known = [
            await client.get("/", headers={"if-none-match": value}) for value in (tag, f'"other", {tag}', tag.removeprefix("W/"))
        ]
        other = await client.get("/", headers={"if-none-match": '"other"'})
    assert [(answer.status_code, answer.content, answer.headers["etag"]) for answer in known] == [(304, b"", tag)] * 3
    assert other.status_code == 200


async def test_a_new_build_is_noticed(dist: Path) -> None:
    async with browser(dist) as client:
        before = await client.get("/")
        (dist / "new.html").write_text(INDEX.replace("main-1", "main-2"))
        (dist / "new.html").replace(dist / "index.html")
        (dist / "assets" / "main-2.js").write_text("2")
        after = await client.get("/", headers={"if-none-match": before.headers["etag"]})
        assert (after.status_code, "main-2" in after.text) == (200, True)
        assert (await client.get("/assets/main-2.js")).text == "2"


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../../secret.txt", "/assets/..%2f..%2fsecret.txt", "/assets/%2e%2e/%2e%2e/secret.txt", "/..%2fsecret.txt",
        "/%2e%2e/secret.txt", "/assets/..%5c..%5csecret.txt", "/assets//etc/passwd", "/%2fetc%2fpasswd", "/.built-from",
        "/assets/%00",
    ],
)  # fmt: skip
async def test_no_path_leads_out_of_the_bundle(dist: Path, path: str) -> None:
    async with browser(dist) as client:
        answer = await client.get(path)
    assert "secret" not in answer.text and "root:" not in answer.text
    assert answer.status_code in (200, 404)


async def test_nothing_foreign_may_run(dist: Path) -> None:
    async with browser(dist) as client:
        headers = (await client.get("/")).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["script-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"


async def test_files_beside_the_application_are_themselves(dist: Path) -> None:
    async with browser(dist) as client:
        icon, robots = await client.get("/favicon.svg"), await client.get("/robots.txt")
    assert (icon.text, icon.headers["content-type"], icon.headers["cache-control"]) == ("<svg/>", "image/svg+xml", "no-cache")
    assert robots.text == "User-agent: *\nDisallow: /\n"


async def test_while_a_new_build_takes_its_place_the_page_is_to_come_again(dist: Path) -> None:
    async with browser(dist) as client:
        assert (await client.get("/favicon.svg")).status_code == 200
        (dist / "favicon.svg").unlink()
        answer = await client.get("/favicon.svg")
    assert (answer.status_code, answer.json()["remedy"]) == (503, "Reload the page in a moment.")


async def test_without_a_build_the_page_says_what_to_do(tmp_path: Path) -> None:
    async with browser(tmp_path / "nowhere") as client:
        page = await client.get("/campaigns", headers={"accept": "text/html,*/*;q=0.8"})
        other = await client.get("/campaigns")
        assert (await client.get("/api/leads")).status_code == 200
    assert (page.status_code, page.headers["content-type"]) == (503, "text/html; charset=utf-8")
    assert "make run" in page.text
    assert (other.status_code, other.headers["content-type"]) == (503, "application/problem+json")
    assert "make run" in other.json()["remedy"]
