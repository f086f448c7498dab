"""One decision for many runs: each takes it once, and of each is said what came of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import event

from outrider.db.engine import raw_connection
from outrider.workflows.models import Run, RunApproval, Step
from outrider.workflows.runs.approvals import RunApprovalDecided, decide, decide_all
from tests.integration.campaigns.conftest import World
from tests.integration.campaigns.deeds import Node, ran, resumed

ACTIONS = [{"name": "approved", "label": "Offer it"}, {"name": "rejected"}]
FORM = [
    {"name": "text", "type": "text", "required": True, "value": "Hi {{ lead.first_name }}"},
    {"name": "soon", "type": "boolean"},
    {"name": "remark", "type": "text"},
]
ASK: Node = ("ask", "approval", {"title": "Write?", "actions": ACTIONS, "form": FORM}, "approved")
DISCOUNT = [{"name": "discount", "type": "number", "required": True}]
ASK_FOR_MORE: Node = ("ask", "approval", {"title": "Offer?", "actions": ACTIONS, "form": DISCOUNT}, "approved")
KEEP: Node = ("keep", "transform", {"fields": [{"name": "text", "value": "{{ steps.ask.answers.text }}"}]}, "next")


async def waiting(world: World) -> list[int]:
    return sorted(one.id for one in await world.rows(RunApproval, RunApproval.status == "waiting"))


async def decided(api: AsyncClient, ids: list[int], action: str = "approved") -> list[dict[str, Any]]:
    answer = await api.post("/api/run-approvals/decide", json={"ids": ids, "action": action})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_all_runs_go_on_with_what_stood_in_their_forms(api: AsyncClient, world: World) -> None:
    await ran(world, ASK, KEEP, count=5)
    ids = await waiting(world)
    items = await decided(api, [*ids[::-1], ids[0]])
    assert [one["id"] for one in items] == ids[::-1]
    assert {(one["outcome"], one["detail"]) for one in items} == {("decided", "")}
    approvals = await world.rows(RunApproval)
    texts = {one.id: one.answers["text"] for one in approvals if one.answers}
    assert all(text.startswith("Hi ") and len(text) > len("Hi ") for text in texts.values())
    assert [one.answers for one in approvals] == [{"text": texts[one.id], "soon": False} for one in approvals]
    assert {one.decided_by for one in approvals} == {items[0]["decided_by"]}

    assert await resumed(world) == len(ids)
    left = {step.run_id: step.output for step in await world.rows(Step, Step.node_id == "ask", Step.outcome == "approved")}
    for one in approvals:
        assert one.decided_at is not None
        said = {"action": "approved", "answers": one.answers, "by": one.decided_by}
        assert {name: left[one.run_id][name] for name in said} == said
        assert left[one.run_id]["at"] == one.decided_at.isoformat(timespec="seconds")
    kept = {step.run_id: step.output for step in await world.rows(Step, Step.node_id == "keep")}
    assert kept == {one.run_id: {"text": texts[one.id]} for one in approvals}
    assert {run.status for run in await world.rows(Run)} == {"completed"}


async def test_of_each_is_said_why_it_was_not_decided_so(api: AsyncClient, world: World) -> None:
    await ran(world, ASK, count=4)
    before, same, over, fine = await waiting(world)
    await ran(world, ASK_FOR_MORE)
    (more,) = set(await waiting(world)) - {before, same, over, fine}
    await decided(api, [before], "rejected")
    await decided(api, [same])
    await world.execute(f"UPDATE run_approvals SET status = 'timed_out' WHERE id = {over}")

    items = {one["id"]: one for one in await decided(api, [before, same, over, fine, more, 999_999])}
    assert [items[one]["outcome"] for one in (before, same, over, fine, more, 999_999)] == [
        "decided_before", "decided", "over", "decided", "unfit", "gone",
    ]  # fmt: skip
    assert items[before]["decided_by"] in items[before]["detail"]
    assert "time is over" in items[over]["detail"]
    assert items[more]["detail"] == "discount: it is required. Fill it in."
    assert await waiting(world) == [more]
    (unknown,) = await decided(api, [more], "postponed")
    assert (unknown["outcome"], "approved, rejected" in unknown["detail"]) == ("unfit", True)


@pytest.mark.parametrize("ids", [[], [0], [2**63], list(range(1, 502)), ["x"], None])
async def test_more_than_a_page_of_ids_is_refused(api: AsyncClient, ids: Any) -> None:
    answer = await api.post("/api/run-approvals/decide", json={"ids": ids, "action": "approved"})
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["field"].startswith("body.ids")


async def test_any_number_takes_as_many_statements_as_one(world: World) -> None:
    await ran(world, ASK, count=8)
    ids = await waiting(world)
    counts: list[int] = []
    for group in (ids[:1], ids[1:]):
        statements: list[str] = []
        async with world.database.transaction() as session:
            with (await raw_connection(session)).query_logger(lambda record, told=statements: told.append(record.query)):
                engine = session.get_bind().engine
                event.listen(engine, "before_cursor_execute", lambda *args, told=statements: told.append(args[2]))
                assert {one.outcome for one in await decide_all(session, group, "approved", "Ann")} == {"decided"}
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 5


async def test_of_several_who_decide_at_once_one_decides_each(world: World) -> None:
    await ran(world, ASK, KEEP, count=6)
    ids = await waiting(world)

    async def alone(approval_id: int) -> str:
        async with world.database.transaction() as session:
            try:
                await decide(session, approval_id, "rejected", {"text": "No"}, "Bob")
            except RunApprovalDecided:
                return "decided_before"
            return "decided"

    async def together(who: str, action: str, order: list[int]) -> dict[int, str]:
        async with world.database.transaction() as session:
            return {one.id: one.outcome for one in await decide_all(session, order, action, who)}

    groups = asyncio.gather(together("Ann", "approved", ids), together("Cid", "rejected", ids[::-1]))
    alone_ones = asyncio.gather(*map(alone, ids))
    (ann, cid), bob = await groups, await alone_ones
    took = {"Ann": ann, "Cid": cid, "Bob": dict(zip(ids, bob, strict=True))}
    for approval in await world.rows(RunApproval):
        assert [who for who, of in took.items() if of[approval.id] == "decided"] == [approval.decided_by]
    await asyncio.gather(resumed(world), resumed(world))
    left = {step.run_id: step.output["by"] for step in await world.rows(Step, Step.node_id == "ask", Step.outcome != "")}
    assert left == {one.run_id: one.decided_by for one in await world.rows(RunApproval)}
