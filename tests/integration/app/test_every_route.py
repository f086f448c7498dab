"""What holds for every route, read from the route table: a declared permission, no strangers, no 5xx on any input."""

from __future__ import annotations

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from httpx import ASGITransport, AsyncClient
from pydantic import BaseModel

import outrider.app.pages
from outrider.app.build import create_app
from outrider.auth.permissions import Permission
from outrider.config import Settings
from outrider.db.engine import Database

OPEN_TO_ALL = {Permission.PUBLIC, Permission.WEBHOOK}
DOCUMENTATION = {"/docs", "/redoc", "/openapi.json", "/docs/oauth2-redirect"}
NASTY_IDS = ["0", "-1", "1", "999999999", str(2**63 - 1), str(2**63), str(2**200), "abc", "1%00", "%F0%9F%92%A9", "null", "1.5"]
NASTY_BODIES: list[Any] = [
    b"",
    b"{",
    b"null",
    b"[]",
    b'"text"',
    b"1e999",
    b"\xff\xfe\x00",
    b'{"name": "\\u0000"}',
    b'{"name": {"deep": ["er"]}, "ids": "x", "filter": 7}',
    b'{"ids": [' + b"1," * 2000 + b"1]}",
    b'{"ids": [99999999999999999999999999]}',
    b'{"lead_ids": [-1], "name": "x", "phone": "+++", "address": "x"}',
    b'{"name": "' + b"x" * 100_000 + b'"}',
]
NASTY_QUERIES = [
    "limit=0",
    "limit=-1",
    "limit=999999999999999999999",
    "limit=x",
    "cursor=%00",
    "cursor=e30",
    "cursor=" + "A" * 5000,
    "sort=%27%3Bdrop",
    "search=%00",
    "search=%27%22%5C%25_%26%7C%21%3A%2A%28",
    "status=nonsense",
    "unknown=1",
    "time_zone=..%2F..%2Fetc%2Fpasswd",
]


def application() -> FastAPI:
    return create_app(Settings(_env_file=None), Database("postgresql://nobody@127.0.0.1:1/none"))


def api_routes() -> list[APIRoute]:
    return [route for route in _flat(application().routes) if isinstance(route, APIRoute)]


def _flat(routes: Any) -> Iterator[Any]:
    for route in routes:
        original = getattr(route, "original_router", None)
        yield from _flat(original.routes) if original is not None else [route]


def permissions(dependant: Dependant) -> Iterator[Permission]:
    for dependency in dependant.dependencies:
        permission = getattr(dependency.call, "permission", None)
        if permission is not None:
            yield permission
        yield from permissions(dependency)


ROUTES = api_routes()
PAGES = {id(route) for route in outrider.app.pages.router.routes}
"""Files, not calls: without a build they answer 503. `test_pages.py` looks at them."""
CALLS = [(method, route) for route in ROUTES if id(route) not in PAGES for method in sorted(route.methods)]


def call_name(call: tuple[str, APIRoute]) -> str:
    return f"{call[0]} {call[1].path}"


def test_the_route_table_is_read() -> None:
    assert len(ROUTES) > 40


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{sorted(route.methods)} {route.path}")
def test_every_route_declares_one_permission(route: APIRoute) -> None:
    assert len(set(permissions(route.dependant))) == 1


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{sorted(route.methods)} {route.path}")
def test_every_answer_has_a_named_shape(route: APIRoute) -> None:
    """A JSON answer without a model of its own would reach the generated client as `unknown`."""
    makes_json = getattr(route.response_class, "value", route.response_class) is JSONResponse
    if makes_json and route.include_in_schema and route.status_code != 204:
        shapes = shapes_of(route.response_model)
        assert shapes and all(isinstance(shape, type) and issubclass(shape, BaseModel) for shape in shapes)


def shapes_of(answer: Any) -> list[Any]:
    """What an answer is made of: of a list its items, of a mapping its values, of alternatives each."""
    if get_origin(answer) in (list, dict):
        return shapes_of(get_args(answer)[-1])
    if get_origin(answer) is Annotated:
        return shapes_of(get_args(answer)[0])
    if get_origin(answer) in (Union, UnionType):
        return [shape for alternative in get_args(answer) for shape in shapes_of(alternative)]
    return [answer]


@pytest.mark.parametrize(
    "stranger",
    [
        {"host": "evil.example"},
        {"host": "localhost.evil.example"},
        {"host": "localhost", "x-forwarded-for": "203.0.113.9"},
        {"host": "localhost", "forwarded": "for=203.0.113.9"},
        {"host": "localhost", "sec-fetch-site": "cross-site"},
        {"host": ""},
    ],
    ids=str,
)
async def test_strangers_reach_nothing_but_what_is_open(api: AsyncClient, stranger: dict[str, str]) -> None:
    for method, route in CALLS:
        if set(permissions(route.dependant)) & OPEN_TO_ALL:
            continue
        answer = await api.request(method, _path(route, "1"), headers=stranger, content=b"{}")
        assert answer.status_code == 401, call_name((method, route))


async def test_a_peer_from_elsewhere_reaches_nothing(database: Database, settings: Settings) -> None:
    app = create_app(settings, database)
    async with app.router.lifespan_context(app):
        transport = ASGITransport(app, client=("203.0.113.9", 1234))
        async with AsyncClient(transport=transport, base_url="http://localhost") as client:
            assert (await client.get("/api/leads")).status_code == 401
            assert (await client.get("/health")).status_code == 200


async def test_no_identifier_breaks_a_route(api: AsyncClient) -> None:
    for method, route in CALLS:
        if "{" not in route.path or "progress" in route.path:
            continue
        for nasty in NASTY_IDS:
            answer = await api.request(method, _path(route, nasty), content=b"{}")
            assert answer.status_code < 500, (call_name((method, route)), nasty, answer.text)


async def test_no_body_breaks_a_route(api: AsyncClient) -> None:
    for method, route in CALLS:
        if method == "GET":
            continue
        for body in NASTY_BODIES:
            for content_type in (
                "application/json",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "text/plain",
            ):
                headers = {"content-type": content_type}
                answer = await api.request(method, _path(route, "1"), content=body, headers=headers)
                assert answer.status_code < 500, (call_name((method, route)), body[:80], content_type, answer.text)


async def test_no_query_breaks_a_list(api: AsyncClient) -> None:
    for method, route in CALLS:
        if method != "GET" or "progress" in route.path:
            continue
        for query in NASTY_QUERIES:
            answer = await api.get(f"{_path(route, '1')}?{query}")
            assert answer.status_code < 500, (route.path, query, answer.text)


def _path(route: APIRoute, value: str) -> str:
    parts = [value if part.startswith("{") else part for part in route.path.split("/")]
    return "/".join(parts)
