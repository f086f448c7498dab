"""Notify: tells the staff something."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from outrider.errors import InvalidInput
from outrider.leads.values import UnusableValue, read_email
from outrider.workflows.intents import Notify
from outrider.workflows.nodes.base import Handle, NodeCall, NodeFailed, NodeParams, NodeResult, NodeSpecification

NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")


class Recipient(BaseModel):
    """Somebody who is told by a channel of their own."""

    model_config = ConfigDict(extra="forbid")

    channel: Literal["email", "slack", "sms"] = Field(title="Channel")
    address: str = Field(
        "",
        max_length=200,
        title="To",
        description="E-mail address, Slack channel (empty: the one of the incoming webhook), or number with its country.",
    )


class NotifyParams(NodeParams):
    title: str = Field(min_length=1, max_length=200, title="Title")
    body: str = Field("", max_length=4_000, title="Text", json_schema_extra={"format": "textarea"})
    to: list[Recipient] = Field(
        default_factory=list,
        max_length=10,
        title="Also tell",
        description="The list of notifications in the application has it anyway, as has everybody whom a rule names.",
    )
    urgent: bool = Field(False, title="Urgent", description="Marked as urgent everywhere.")


class NotifyOutput(BaseModel):
    title: str
    body: str


async def run(call: NodeCall) -> NodeResult:
    assert isinstance(call.params, NotifyParams)
    params = call.params
    title = " ".join(params.title.split()) or "A message of a workflow"
    try:
        to = tuple(dict.fromkeys((one.channel, address_of(one)) for one in params.to))
    except InvalidInput as error:
        raise NodeFailed(f"{error.detail} {error.remedy}", kind="unusable") from error
    told = ", ".join(f"{channel} {address}".strip() for channel, address in to)
    intent = Notify(call.node_id, title, params.body.strip(), to, params.urgent)
    message = f"Tells the staff{f', and by {told}' if told else ''}"
    return NodeResult("next", message, output={"title": title, "body": intent.body}, intents=[intent])


def address_of(recipient: Recipient) -> str:
    """
    Raises:
        InvalidInput: nobody can be reached there.
    """
    address = recipient.address.strip()
    match recipient.channel:
        case "email":
            try:
                return read_email(address)
            except UnusableValue as error:
                raise InvalidInput.on("to", f"{address!r} {error}", "Write one address, as in ann@example.com.") from error
        case "sms":
            number = re.sub(r"[\s().-]", "", address)
            if not NUMBER.fullmatch(number):
                raise InvalidInput.on("to", f"{address!r} is no number", "Write it with its country, as in +12025550143.")
            return number
        case "slack":
            return address


SPECIFICATION = NodeSpecification(
    kind="notify",
    name="notify",
    label="Notify",
    icon="bell",
    description="Tells the staff something: in the application, by e-mail, Slack or text.",
    docs=(
        "What it tells appears in the list of notifications, goes to everybody whose rules name **Message of a workflow**, "
        "to outgoing webhooks, and to whom the step names itself. It is told once, also when the run is replayed. Whether it "
        "arrived is under Settings, Notifications."
    ),
    category="people",
    handles=(Handle("next", "Next", "It is on its way."),),
    run=run,
    params=NotifyParams,
    has_effects=True,
    output=NotifyOutput,
    example={
        "title": "{{ lead.name }} is interested",
        "body": "They wrote: {{ conversation.last_text }}",
        "to": [{"channel": "email", "address": "sales@example.com"}],
        "urgent": True,
    },
)
