"""The campaign platform as a first version of it is usually built: an RQ worker takes one lead after the other.

Per lead: a LangGraph graph is compiled and run (validate → write and send the text → finalize), the text leaves through
Twilio's synchronous SDK inside its node, and synchronous SQLAlchemy stores the result with a commit of its own.

    python -m bench.baselines.sequential REDIS_ADDRESS          the worker
"""

from __future__ import annotations

import os
import re
import sys
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypedDict

from langchain_openai import ChatOpenAI
from langgraph.graph import END, START, StateGraph
from pydantic import SecretStr
from redis import Redis
from rq import Queue, SimpleWorker
from sqlalchemy import ForeignKey, MetaData, String, Text, create_engine, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

QUEUE = "campaigns"
SEGMENT_PRICE = 0.0083


class Base(DeclarativeBase):
    """Tables in a schema of their own, beside the product's."""

    metadata = MetaData(schema="baseline")


class Campaign(Base):
    __tablename__ = "campaigns"
    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(String(20), default="pending")
    agent_type: Mapped[str] = mapped_column(String(10), default="sms")
    sms_system_prompt: Mapped[str] = mapped_column(Text)
    sms_template: Mapped[str] = mapped_column(Text)
    sms_temperature: Mapped[int] = mapped_column(default=70)
    stats: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    completed_at: Mapped[datetime | None]


class Lead(Base):
    __tablename__ = "leads"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    phone: Mapped[str] = mapped_column(String(20), unique=True)
    company: Mapped[str] = mapped_column(String(255))


class CampaignLead(Base):
    __tablename__ = "campaign_leads"
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey(Campaign.id), index=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey(Lead.id), index=True)
    status: Mapped[str] = mapped_column(String(20), default="pending", index=True)
    sms_sent: Mapped[bool] = mapped_column(default=False)
    sms_message: Mapped[str | None] = mapped_column(Text)
    error_message: Mapped[str | None] = mapped_column(Text)
    processed_at: Mapped[datetime | None]
    campaign: Mapped[Campaign] = relationship()
    lead: Mapped[Lead] = relationship()


class ConversationMessage(Base):
    __tablename__ = "conversation_messages"
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_lead_id: Mapped[int] = mapped_column(ForeignKey(CampaignLead.id), index=True)
    role: Mapped[str] = mapped_column(String(20))
    content: Mapped[str] = mapped_column(Text)


class ProcessingLog(Base):
    __tablename__ = "processing_logs"
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_lead_id: Mapped[int] = mapped_column(ForeignKey(CampaignLead.id), index=True)
    level: Mapped[str] = mapped_column(String(10))
    node_name: Mapped[str] = mapped_column(String(50))
    message: Mapped[str] = mapped_column(Text)


class LeadState(TypedDict):
    lead_data: dict[str, str]
    sms_system_prompt: str
    sms_template: str
    sms_temperature: float
    validation_passed: bool
    sms_sent: bool
    sms_message: str
    status: str
    error_message: str
    conversation_history: list[dict[str, str]]
    processing_logs: list[dict[str, str]]


class LocalTwilio(TwilioHttpClient):  # type: ignore[misc]  # the SDK has no types
    """Twilio's own client, sent to another host."""

    def __init__(self, base_url: str):
        super().__init__(timeout=10)
        self._base_url = base_url

    def request(self, method: str, uri: str, *arguments: Any, **named: Any) -> Any:
        return super().request(method, uri.replace("https://api.twilio.com", self._base_url), *arguments, **named)


@lru_cache
def carrier() -> Client:
    return Client(
        os.environ["BASELINE_SID"], os.environ["BASELINE_TOKEN"], http_client=LocalTwilio(os.environ["BASELINE_CARRIER"])
    )


@lru_cache
def model(temperature: float) -> ChatOpenAI:
    return ChatOpenAI(
        base_url=os.environ["BASELINE_MODEL"], api_key=SecretStr("none"), model="gpt-4o-mini", temperature=temperature
    )


def validate_node(state: LeadState) -> dict[str, Any]:
    valid = bool(re.fullmatch(r"\+[1-9]\d{6,14}", state["lead_data"]["phone"]) and state["lead_data"]["name"])
    return {
        "validation_passed": valid,
        "processing_logs": [*state["processing_logs"], {"node": "validate", "message": "Lead validated"}],
    }


def sms_node(state: LeadState) -> dict[str, Any]:
    text, history = _write(state)
    carrier().messages.create(to=state["lead_data"]["phone"], from_=os.environ["BASELINE_FROM"], body=text)
    logs = [*state["processing_logs"], {"node": "sms_agent", "message": "SMS sent"}]
    return {"sms_sent": True, "sms_message": text, "conversation_history": history, "processing_logs": logs}


def finalize_node(state: LeadState) -> dict[str, Any]:
    logs = [*state["processing_logs"], {"node": "finalize", "message": "Processing complete"}]
    return {"status": "completed" if state["sms_sent"] else "failed", "processing_logs": logs}


def create_graph() -> Any:
    graph = StateGraph(LeadState)
    graph.add_node("validate", validate_node)
    graph.add_node("sms", sms_node)
    graph.add_node("finalize", finalize_node)
    graph.add_edge(START, "validate")
    graph.add_conditional_edges(
        "validate", lambda state: "sms" if state["validation_passed"] else "finalize", ["sms", "finalize"]
    )
    graph.add_edge("sms", "finalize")
    graph.add_edge("finalize", END)
    return graph.compile()


def process_campaign(campaign_id: int) -> None:
    """The RQ task."""
    engine = create_engine(os.environ["BASELINE_DATABASE"])
    with Session(engine) as session:
        campaign = session.get_one(Campaign, campaign_id)
        campaign.status = "processing"
        session.commit()
        for campaign_lead in session.scalars(select(CampaignLead).filter_by(campaign_id=campaign_id, status="pending")).all():
            _process_lead(session, campaign_lead)
        campaign.status, campaign.completed_at = "completed", datetime.now(UTC)
        session.commit()
    engine.dispose()


def _process_lead(session: Session, campaign_lead: CampaignLead) -> None:
    campaign, lead = campaign_lead.campaign, campaign_lead.lead
    final = create_graph().invoke(
        LeadState(
            lead_data={"name": lead.name, "phone": lead.phone, "company": lead.company},
            sms_system_prompt=campaign.sms_system_prompt,
            sms_template=campaign.sms_template,
            sms_temperature=campaign.sms_temperature / 100,
            validation_passed=False,
            sms_sent=False,
            sms_message="",
            status="",
            error_message="",
            conversation_history=[],
            processing_logs=[],
        )
    )
    campaign_lead.status, campaign_lead.sms_sent = final["status"], final["sms_sent"]
    campaign_lead.sms_message, campaign_lead.error_message = final["sms_message"], final["error_message"]
    campaign_lead.processed_at = datetime.now(UTC)
    for entry in final["conversation_history"]:
        session.add(ConversationMessage(campaign_lead_id=campaign_lead.id, role=entry["role"], content=entry["content"]))
    for entry in final["processing_logs"]:
        session.add(
            ProcessingLog(campaign_lead_id=campaign_lead.id, level="INFO", node_name=entry["node"], message=entry["message"])
        )
    counts = select(CampaignLead.status, func.count()).filter_by(campaign_id=campaign.id).group_by(CampaignLead.status)
    campaign.stats = dict(session.execute(counts).tuples().all())
    session.commit()


def _write(state: LeadState) -> tuple[str, list[dict[str, str]]]:
    """The text: by the model if there is one, else from the template."""
    system, name = state["sms_system_prompt"], state["lead_data"]["name"]
    ask = f"Generate a text for {name} of {state['lead_data']['company']}"
    if "BASELINE_MODEL" in os.environ:
        text = str(model(state["sms_temperature"]).invoke([("system", system), ("user", ask)]).content)
    else:
        values = {"first_name": name.split()[0], "company": state["lead_data"]["company"], "sender_name": "Robin"}
        text = re.sub(r"{{(\w+)}}", lambda match: values.get(match[1], ""), state["sms_template"])
    roles = zip(("system", "user", "assistant"), (system, ask, text), strict=True)
    return text, [{"role": role, "content": content} for role, content in roles]


def prepare(dsn: str, people: list[tuple[str, str, str]], prompt: str, template: str) -> int:
    """Tables, leads (name, phone, company) and a campaign over them; returns its id."""
    engine = create_engine(dsn)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA IF NOT EXISTS baseline")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        campaign = Campaign(sms_system_prompt=prompt, sms_template=template)
        session.add(campaign)
        leads = [Lead(name=name, phone=phone, company=company) for name, phone, company in people]
        session.add_all(leads)
        session.flush()
        session.add_all(CampaignLead(campaign_id=campaign.id, lead_id=lead.id) for lead in leads)
        session.commit()
        number = campaign.id
    engine.dispose()
    return number


def enqueue(redis_address: str, campaign_id: int) -> None:
    with Redis.from_url(redis_address) as connection:
        Queue(QUEUE, connection=connection).enqueue(process_campaign, campaign_id, job_timeout=3600)


if __name__ == "__main__":
    with Redis.from_url(sys.argv[1]) as redis:
        SimpleWorker([Queue(QUEUE, connection=redis)], connection=redis).work(logging_level="WARNING")
