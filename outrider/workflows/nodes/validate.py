"""Validate: may this lead be texted at all? Checks the phone, the name and the e-mail address."""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers
from pydantic import BaseModel, Field

from outrider.workflows.nodes.base import Handle, NodeCall, NodeParams, NodeResult, NodeSpecification

EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


class ValidateParams(NodeParams):
    require_name: bool = Field(True, description="A lead without a name fails.")
    require_email: bool = Field(False, description="A lead without an e-mail address fails.")


class ValidateOutput(BaseModel):
    errors: list[str]
    """What is missing or malformed; empty if nothing."""


@lru_cache(maxsize=4096)
def _is_possible_number(phone: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(phone))
    except phonenumbers.NumberParseException:
        return False


async def run(call: NodeCall) -> NodeResult:
    assert isinstance(call.params, ValidateParams)
    lead = call.context.lead
    errors = []
    if not lead["phone"]:
        errors.append("The lead has no phone number.")
    elif not _is_possible_number(lead["phone"]):
        errors.append("The phone number is not a possible one.")
    if call.params.require_name and not lead["name"].strip():
        errors.append("The lead has no name.")
    if lead["email"] and not EMAIL.fullmatch(lead["email"]):
        errors.append("The e-mail address is malformed.")
    if call.params.require_email and not lead["email"]:
        errors.append("The lead has no e-mail address.")
    if errors:
        return NodeResult(
            "failed",
            " ".join(errors),
            level="ERROR",
            output={"errors": errors},
            update={"validation_passed": False, "validation_errors": errors, "error_message": " ".join(errors)},
        )
    return NodeResult("passed", "Lead validated", output={"errors": []}, update={"validation_passed": True})


SPECIFICATION = NodeSpecification(
    kind="validate",
    name="validate",
    label="Validate lead",
    icon="user-check",
    description="Checks the phone number, the name and the e-mail address.",
    docs=(
        "Leaves by **passed** when the phone number is possible, the name is there (unless switched off) and the e-mail address, "
        "if any, is well-formed. Leaves by **failed** otherwise; if nothing is connected to it, the run is finalized and the "
        "lead is marked failed with the reasons."
    ),
    category="start & end",
    handles=(
        Handle("passed", "Passed", "The lead can be worked."),
        Handle("failed", "Failed", "Something is missing or malformed.", otherwise="finalize"),
    ),
    run=run,
    params=ValidateParams,
    is_pure=True,
    output=ValidateOutput,
    example={"require_email": True},
)
