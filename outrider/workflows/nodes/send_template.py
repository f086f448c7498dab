"""Send text: a text that people wrote, filled in for the lead."""

from __future__ import annotations

from pydantic import BaseModel, Field, field_validator

from outrider.channels.segments import count_segments, to_gsm
from outrider.workflows.intents import SendText
from outrider.workflows.nodes.base import Handle, NodeCall, NodeFailed, NodeParams, NodeResult, NodeSpecification
from outrider.workflows.nodes.sms import LONGEST_TEXT, ensure_has_number, storable

LONGEST_TEMPLATE = 4000


class SendTemplateParams(NodeParams):
    text: str = Field(
        max_length=LONGEST_TEMPLATE,
        title="Text",
        description="What is sent, as in `Hi {{ lead.first_name | there }}`: what follows the bar stands in for a blank.",
        json_schema_extra={"format": "textarea"},
    )
    closing_line: str = Field(
        "",
        max_length=160,
        title="Closing line",
        description="Added if the text lacks it, as in “Reply STOP to opt out”.",
    )
    max_segments: int = Field(3, ge=1, le=10, title="Most segments", description="Longest text, in billed segments.")
    plain_characters: bool = Field(
        True,
        title="Plain characters",
        description="Replace curly quotes, dashes and the like, which make a text dearer.",
    )
    is_answer: bool = Field(
        False,
        title="Answers the lead",
        description="The text answers what the lead wrote: it is urgent, and a further text of theirs doesn't hold it back.",
    )

    @field_validator("text")
    @classmethod
    def _says_something(cls, text: str) -> str:
        if not text.strip():
            raise ValueError("the text is empty, so there is nothing to send")
        return text


class SendTemplateOutput(BaseModel):
    body: str
    """The text, as it will be sent."""
    segments: int


async def run(call: NodeCall) -> NodeResult:
    assert isinstance(call.params, SendTemplateParams)
    ensure_has_number(call.context)
    params, body = call.params, _body(call.params)
    count = count_segments(body)
    if not body:
        raise NodeFailed("The text holds nothing that can be sent.", kind="empty")
    if len(body) > LONGEST_TEXT or count.segments > params.max_segments:
        reason = f"The text takes {count.segments} segments ({len(body)} characters); at most {params.max_segments} are allowed."
        raise NodeFailed(reason, kind="too_long")
    return NodeResult(
        "next",
        f"Asked for a text of {count.segments} segment{'s' if count.segments > 1 else ''}",
        output={"body": body, "segments": count.segments},
        update={"sms_sent": True, "sms_message": body},
        intents=[SendText(call.node_id, body, after_reply=params.is_answer)],
        details={"segments": count.segments, "encoding": count.encoding},
    )


def _body(params: SendTemplateParams) -> str:
    body = storable(params.text).strip()
    if body and params.closing_line and params.closing_line.lower() not in body.lower():
        body = f"{body}\n{params.closing_line}"
    return to_gsm(body) if params.plain_characters else body


SPECIFICATION = NodeSpecification(
    kind="send_template",
    name="send_template",
    label="Send text",
    icon="message-square-text",
    description="Sends a text that you wrote, filled in for the lead.",
    docs=(
        "Fills in the expressions and sends the text. An empty text, or one of more than **most segments**, is not sent: the "
        "step fails with the reason. Like every text it leaves through the outbox: inside the sending window of the lead's time "
        "zone, at the sender's rate, never to a suppressed number. The first text to somebody should say how to opt out."
    ),
    category="message",
    handles=(Handle("next", "Next", "The text is on its way."),),
    run=run,
    params=SendTemplateParams,
    has_effects=True,
    output=SendTemplateOutput,
    example={
        "text": "Hi {{ lead.first_name | there }}, Maya of Acme here. Shall I send you two times for a free roof check?",
        "closing_line": "Reply STOP to opt out",
    },
)
