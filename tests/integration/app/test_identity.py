"""Who is calling."""

from __future__ import annotations

from httpx import AsyncClient

from outrider.auth.permissions import LOCAL_OPERATOR, Permission


async def test_the_caller_learns_their_name_and_what_they_may_do(api: AsyncClient) -> None:
    me = (await api.get("/api/me")).json()
    assert me["name"] == LOCAL_OPERATOR.name
    assert set(me["permissions"]) == set(Permission)


async def test_a_stranger_learns_nothing(api: AsyncClient) -> None:
    answer = await api.get("/api/me", headers={"x-forwarded-for": "203.0.113.9"})
    assert answer.status_code == 401
