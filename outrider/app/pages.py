"""Serves the web application: its files, and its one page at every path that is not the API's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, PlainTextResponse
from starlette.convertors import PathConvertor, register_url_convertor

from outrider.app.bundle import INDEX, Bundle, File
from outrider.app.problems import problem_response
from outrider.auth.permissions import Permission, require
from outrider.errors import NotFound, Unavailable

NOT_PAGES = ("api", "webhooks", "assets", "health", "metrics", "docs", "redoc", r"openapi\.json")
"""First parts of paths that are no pages: an unknown one below them is a problem in JSON, not the application."""


class PageConvertor(PathConvertor):
    """Any path that may be a page of the application."""

    regex: ClassVar[str] = rf"(?!(?:{'|'.join(NOT_PAGES)})(?:/|$)).*"


register_url_convertor("page", PageConvertor())

router = APIRouter(tags=["pages"], include_in_schema=False, dependencies=[Depends(require(Permission.PUBLIC))])

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # components place what floats by style attributes and small style elements
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
PAGE_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), payment=(), usb=(), microphone=(self)",
}
FOREVER = "public, max-age=31536000, immutable"
ROBOTS = "User-agent: *\nDisallow: /\n"
"""What is behind the pages is nobody's to index."""

NOT_BUILT = "The pages have not been built."
BUILT_ANEW = "The pages are being built anew at this moment."
HOW_TO_BUILD = "Run `make run`, which builds them, or `make web` and reload. The API works without them."
NOT_BUILT_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Outrider</title>
<style>body{font:16px/1.6 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1.5rem;color-scheme:light dark}</style>
<h1>The pages have not been built</h1>
<p>Outrider runs, but its web application is missing. <code>make run</code> builds it; while the server runs,
<code>make web</code> does, and then reload this page. It takes Node 20.19 or newer, which is fetched if it is not there.</p>
<p>The API works without it: see its <a href="/docs">description</a>.</p>
</html>
"""


class PagesNotBuilt(Unavailable):
    """The web application was not built."""


@router.api_route("/robots.txt", methods=["GET", "HEAD"])
async def robots() -> PlainTextResponse:
    return PlainTextResponse(ROBOTS, headers={"Cache-Control": "public, max-age=86400"})


@router.api_route("/assets/{name:path}", methods=["GET", "HEAD"])
async def asset(request: Request, name: str) -> Response:
    """A file named by its content: it never changes."""
    file = _files(request).get(f"assets/{name}")
    if file is None:
        return problem_response(NotFound("There is no such file.", remedy="Reload the page: a newer version may be there."))
    return _send(request, file, {"Cache-Control": FOREVER})


@router.api_route("/{path:page}", methods=["GET", "HEAD"])
async def page(request: Request, path: str) -> Response:
    """A file that lies beside the application, or the application itself, which knows its own paths."""
    files = _files(request)
    if INDEX not in files:
        return _not_built(request)
    file = files.get(path, files[INDEX])
    headers = PAGE_HEADERS if file is files[INDEX] else {"Cache-Control": "no-cache"}
    if _has(request, file):
        return Response(status_code=304, headers={**headers, "ETag": f"W/{file.etag}", "Vary": "Accept-Encoding"})
    return _send(request, file, headers)


def _files(request: Request) -> Mapping[str, File]:
    bundle: Bundle = request.app.state.bundle
    return bundle.files()


def _send(request: Request, file: File, headers: dict[str, str]) -> Response:
    path, coding = file.best(request.headers.get("accept-encoding", ""))
    if not path.is_file():
        return problem_response(PagesNotBuilt(BUILT_ANEW, remedy="Reload the page in a moment."))
    own = {**headers, "ETag": f"W/{file.etag}", "Vary": "Accept-Encoding"}
    if coding:
        own["Content-Encoding"] = coding
    return FileResponse(path, media_type=file.media_type, headers=own)


def _has(request: Request, file: File) -> bool:
    """Whether the caller's copy is the present one (RFC 9110, 13.1.2)."""
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    return file.etag in known or "*" in known


def _not_built(request: Request) -> Response:
    if "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(NOT_BUILT_PAGE, status_code=503, headers={"Cache-Control": "no-store", "Retry-After": "30"})
    return problem_response(PagesNotBuilt(NOT_BUILT, remedy=HOW_TO_BUILD))
