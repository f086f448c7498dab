"""Any workflow that can be drawn compiles, runs, pauses, goes on and ends; what is none is refused with a reason."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outrider.llm.offline import OfflineModel
from outrider.workflows.compiler import Compiler
from outrider.workflows.context import CampaignFacts, RunContext, Services, Subject
from outrider.workflows.definition import WorkflowDefinition
from outrider.workflows.validation import check
from outrider.workflows.waiting import Answer, WaitKind
from tests.unit.workflows.drawn import broken_definitions, definitions
from tests.unit.workflows.visits import LEAD, NOW
from tests.worlds import OneModel

MOST_SEGMENTS = 400
SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], max_examples=60)


def context(now: datetime) -> RunContext:
    return RunContext(
        subject=Subject("campaign_lead", 3),
        campaign_id=1,
        lead_id=7,
        run_key="campaign_lead:3/1",
        trace_id="t",
        lead=LEAD,
        services=Services(models=OneModel(OfflineModel())),
        campaign=CampaignFacts(id=1, name="Spring", description="A roof check.", sender_name="Maya"),
        now=lambda: now,
    )


@SLOW
@given(definitions(), st.integers(0, 2**32))
async def test_what_can_be_drawn_runs_to_its_end(drawn: dict[str, Any], seed: int) -> None:
    definition = WorkflowDefinition.model_validate(drawn)
    assert check(definition) == []
    assert WorkflowDefinition.model_validate(definition.as_json()).fingerprint() == definition.fingerprint()
    workflow, luck, now = Compiler().compile(definition), Random(seed), NOW
    ran = context(now)
    segment = await workflow.start(ran)
    keys = [asked.dedupe_key(ran.run_key) for asked in segment.recorder.intents]
    paths = {step.node_id for step in segment.recorder.steps}
    for _ in range(MOST_SEGMENTS):
        if segment.status != "waiting":
            break
        assert segment.checkpoint and segment.waits and not segment.state["status"]
        # As in life: the earliest wait is over, or the lead writes before.
        chosen = luck.choice(segment.waits)
        may_reply = chosen.wait.kind is WaitKind.REPLY and luck.random() < 0.6
        answer = (
            Answer("reply", {"text": "Yes"}) if may_reply else Answer("time" if chosen.wait.kind is WaitKind.TIMER else "timeout")
        )
        now = max(now, chosen.wait.due_at or now) + timedelta(seconds=1)
        ran = context(now)
        segment = await Compiler().compile(definition).resume(ran, segment.checkpoint, {chosen.interrupt_id: answer})
        keys += [asked.dedupe_key(ran.run_key) for asked in segment.recorder.intents]
        paths |= {step.node_id for step in segment.recorder.steps}
    assert segment.status in ("completed", "failed") and segment.waits == [] and segment.checkpoint is None
    assert segment.status == "completed" or segment.state["error_message"]
    assert len(set(keys)) == len(keys), "each intent has a name of its own"
    assert drawn["nodes"][-1]["id"] in paths, "every run comes to its last node"


@SLOW
@given(broken_definitions())
def test_what_is_no_workflow_is_refused_with_node_and_remedy(broken: tuple[str, dict[str, Any]]) -> None:
    how, drawn = broken
    problems = check(WorkflowDefinition.model_validate(drawn))
    assert problems, how
    assert all(problem.problem and problem.remedy and problem.field for problem in problems), problems
    assert any(problem.node for problem in problems) or how in ("to_nowhere", "second_end"), problems


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=8) | st.sampled_from(["{{ lead.name }}", "{{", "n0"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@SLOW
@given(definitions(), st.data())
def test_any_parameters_are_usable_or_refused(drawn: dict[str, Any], data: st.DataObject) -> None:
    node = data.draw(st.sampled_from(drawn["nodes"]))
    keys = st.sampled_from(
        [*node["data"], "label", "cases", "fields", "branches", "variants", "unit", "within", "retries", "disabled"]
    )
    node["data"] |= data.draw(st.dictionaries(keys, JSON, max_size=3))
    definition = WorkflowDefinition.model_validate(drawn)
    problems = check(definition)
    assert all(problem.remedy for problem in problems), problems
    if not problems:
        Compiler().compile(definition)
