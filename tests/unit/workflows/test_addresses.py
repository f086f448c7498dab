"""Which addresses of webhook calls are refused before any run, and what is said to do about it."""

from __future__ import annotations

from typing import Any

import pytest

from outrider.workflows.addresses import address_problems, fault_of
from outrider.workflows.definition import WorkflowDefinition

INSIDE = "which only this machine or its network can reach"


def calling(url: str, **data: Any) -> WorkflowDefinition:
    nodes = [{"id": "hook", "type": "webhook", "data": {"url": url, **data}}, {"id": "over", "type": "finalize"}]
    return WorkflowDefinition.model_validate({"nodes": nodes, "edges": [{"source": "hook", "target": "over"}]})


@pytest.mark.parametrize(
    "url",
    [
        "https://maya:secret@example.com/in", "https://token@example.com", "HTTPS://maya:@example.com",
        "https://maya:{{ lead.name }}@example.com/in", "https://{{ lead.name }}:secret@example.com",
        "https://maya:secret@{{ lead.name }}/in", "https://127.0.0.1@example.com", " https://maya:secret@example.com",
    ],
)  # fmt: skip
@pytest.mark.parametrize("allows_private", [False, True])
def test_a_password_belongs_to_a_credential(url: str, allows_private: bool) -> None:
    fault = fault_of(url, allows_private=allows_private)
    assert fault is not None and "has a user or a password in it" in fault.problem
    assert "credential (Settings → Credentials)" in fault.remedy
    assert "secret" not in fault.problem + fault.remedy


@pytest.mark.parametrize(
    "url",
    [
        "https://localhost", "https://LOCALHOST:8443/in", "https://localhost./", "https://api.localhost/", "https://printer.local/",
        "https://crm.internal/in", "https://crm.internal.", "https://nas.home.arpa", "https://127.0.0.1/", "https://127.1/",
        "https://2130706433/", "https://0x7f.1/", "https://0177.0.0.1", "https://10.0.0.8:9000/", "https://192.168.1.1",
        "https://172.16.0.1", "https://169.254.169.254/latest", "https://100.64.0.1/", "https://0.0.0.0/", "https://[::1]/",
        "https://[::1]:8443/", "https://[fd00::1]/", "https://[fe80::1]/", "https://[::ffff:10.0.0.1]/", "http://localhost:3000/in",
        "https://10.0.0.8/{{ lead.name }}", "https://10.0.0.8:{{ 2 + 3 }}/in", "https://[::1]/?a={{ lead.name }}",
        "https://{{ lead.name }}.internal/in", "https://{{ lead.name }}.{{ lead.city }}.crm.local:8443/in",
    ],
)  # fmt: skip
def test_an_address_inside_is_refused_unless_the_installation_allows_it(url: str) -> None:
    fault = fault_of(url, allows_private=False)
    assert fault is not None and INSIDE in fault.problem
    assert "OUTRIDER_WEBHOOK_PRIVATE_HOSTS" in fault.remedy
    own = fault_of(url, allows_private=True)
    never = ("169.254.", "[fe80", "0.0.0.0")
    assert (own is not None and "never called" in own.problem) if any(part in url for part in never) else own is None


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://example.com/in", "is not encrypted."), ("http://example.com/{{ lead.name }}", "is not encrypted."),
        ("http://{{ lead.city }}.example.com/", "is not encrypted."), ("https://example.com:99999/", "is no address."),
        ("https://exämple.com/", "is no web address."), ("https://", "is no web address."),
        ("https://example.com/#part", "has a user, a password or a fragment."),
    ],
)  # fmt: skip
def test_what_the_call_would_refuse_is_refused_before(url: str, problem: str) -> None:
    fault = fault_of(url, allows_private=False)
    assert fault is not None and fault.problem == problem and fault.remedy


@pytest.mark.parametrize(
    "url",
    [
        "", "https://example.com", "https://example.com:8443/in?at=a@b.example", "https://8.8.8.8/", "https://134744072/",
        "https://[2606:4700::1111]/", "https://internal.example.com", "https://mylocal/", "https://localhost.example.com/",
        "https://example.com/{{ lead.email | nobody@nowhere.example }}", "{{ lead.attributes.hook }}",
        "{{ lead.attributes.hook }}/@in", "https://{{ lead.city }}.example.com/in", "https://{{ lead.city }}1",
        "https://{{ lead.city }}.{{ lead.name }}1/", "https://10.{{ lead.city }}", "https://example.{{ lead.country }}/in@b",
    ],
)  # fmt: skip
def test_nothing_speaks_against_other_addresses(url: str) -> None:
    assert fault_of(url, allows_private=False) is None


def test_the_node_is_named_also_within_a_sub_workflow() -> None:
    inner = calling("https://10.0.0.1/")
    outer = {"id": "outer", "type": "sub_workflow", "data": {"workflow_id": 3, "definition": inner.as_json()}}
    over = {"id": "over", "type": "finalize"}
    definition = WorkflowDefinition.model_validate({"nodes": [over, outer], "edges": [{"source": "outer", "target": "over"}]})
    (problem,) = address_problems(definition)
    assert problem.node == "outer/hook"
    assert problem.field == "nodes.1.data.definition.nodes.0.data.url"
    assert problem.problem == f"The address of node 'outer/hook' leads to 10.0.0.1, {INSIDE}."


def test_a_step_that_is_switched_off_calls_nobody() -> None:
    assert address_problems(calling("https://10.0.0.1/", disabled=True)) == []
