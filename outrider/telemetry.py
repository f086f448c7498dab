"""Logs without personal data, and the figures that Prometheus collects."""

from __future__ import annotations

import asyncio
import logging
import re
import sys
import time
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import structlog
from prometheus_client import Counter, Gauge, Histogram

PERSONAL_FIELDS = frozenset(
    {"phone", "to", "from_", "from", "email", "name", "first_name", "last_name", "body", "lead_name", "recipient"}
)
SECRET_FIELDS = frozenset({"token", "auth_token", "password", "secret", "secret_key", "api_key", "authorization", "dsn"})
PHONE = re.compile(r"(?:(?<![\w.])|(?<=%2B))[+(]?\d(?:[\s().-]{0,2}\d){8,14}(?![\w])")
"""Nine to fifteen digits with the usual separators; `%2B` is the plus sign in an address."""
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
ADDRESS_PASSWORD = re.compile(r"(?<=://)([^:/@\s]*):([^@/\s]+)@")

JOBS = Counter("outrider_jobs_total", "Jobs run, by outcome.", ["job", "outcome"])
JOB_SECONDS = Histogram("outrider_job_seconds", "Duration of a job.", ["job"])
SENDS = Counter("outrider_sends_total", "Attempts to hand a text to the carrier, by outcome.", ["outcome"])
RECEIPTS = Counter("outrider_receipts_total", "Delivery receipts, by status.", ["status"])
INBOUND = Counter("outrider_inbound_total", "Texts received, by way they reached us.", ["via"])
RUNS = Counter("outrider_runs_total", "Workflow runs, by outcome.", ["workflow", "outcome"])
MODEL_CALLS = Counter("outrider_model_calls_total", "Model calls, by outcome.", ["model", "outcome"])
MODEL_SECONDS = Histogram("outrider_model_call_seconds", "Duration of a model call.", ["model"])
MODEL_TOKENS = Counter("outrider_model_tokens_total", "Tokens, by direction.", ["model", "direction"])
MODEL_COST = Counter("outrider_model_cost_dollars_total", "US dollars of model calls.", ["model"])
MODEL_BREAKER = Gauge(
    "outrider_model_breaker",
    "Whether a provider of models is asked: 0 yes, 1 being tried, 2 left alone; the worst of all processes.",
    ["provider"],
    multiprocess_mode="livemax",
)
AGENT_SECONDS = Histogram(
    "agent_processing_seconds", "Duration of an agent's run, model included.", ["agent_type"], buckets=[0.1, 0.5, 1.0, 2.0, 5.0]
)
PIPELINE_SECONDS = Histogram(
    "outrider_pipeline_step_seconds", "Duration of one step of the sales pipeline, model included.", ["step"],
    buckets=[0.1, 0.5, 1.0, 2.0, 5.0],
)  # fmt: skip
AGENT_SUCCESS = Counter("agent_success_total", "Runs of agents that ended with an answer.", ["agent_type"])
AGENT_ERRORS = Counter("agent_errors_total", "Runs of agents that failed, by the failure's name.", ["agent_type", "error_code"])
TRACES = Counter("outrider_traces_total", "Traces of model calls for LangSmith: sent, or dropped.", ["outcome"])
HTTP = Counter("outrider_http_requests_total", "HTTP requests answered.", ["method", "route", "status"])
HTTP_SECONDS = Histogram("outrider_http_request_seconds", "Duration of an HTTP request.", ["method", "route"])
NOTICES = Counter("outrider_notices_total", "Attempts to tell somebody something, by how they ended.", ["channel", "outcome"])
LIVE_SOCKETS = Gauge("outrider_live_sockets", "Open sockets of live updates.", multiprocess_mode="livesum")
LIVE_FRAMES = Counter("outrider_live_frames_total", "Live updates handed to sockets.")
LIVE_RESETS = Counter("outrider_live_resets_total", "Sockets told to fetch everything again, by reason.", ["reason"])
LOOP_LAG = Gauge("outrider_event_loop_lag_seconds", "How late the event loop woke us the last time.")

LAG_PROBE_SECONDS = 0.5


def mask_phone(phone: str) -> str:
    """`+12025550143` → `+1202…43`: enough to recognise, too little to call."""
    return f"{phone[:5]}…{phone[-2:]}" if len(phone) > 7 else "…"


def mask_text(text: str) -> str:
    """`text` with every phone number, e-mail address and password in an address replaced."""
    text = ADDRESS_PASSWORD.sub(r"\1:…@", text)
    text = EMAIL.sub("…@…", text)
    return PHONE.sub(lambda match: mask_phone(match.group()), text)


def mask_personal_data(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """structlog processor: masks known fields wholly, and numbers and addresses in any other text."""
    for key, value in event.items():
        if key in SECRET_FIELDS:
            event[key] = "…"
        elif key in PERSONAL_FIELDS:
            event[key] = mask_phone(value) if isinstance(value, str) and value.startswith("+") else "…"
        else:
            event[key] = _mask_value(value)
    return event


def _mask_value(value: Any) -> Any:
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, dict):
        return dict(mask_personal_data(None, "", dict(value)))
    if isinstance(value, (list, tuple)):
        return [_mask_value(item) for item in value]
    return value


class _MaskStandardRecords(logging.Filter):
    """Libraries log through `logging`; their messages may hold request addresses with numbers in them."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = mask_text(record.getMessage()), None
        return True


def configure_logging(level: str = "INFO", log_format: str = "console") -> None:
    """Send all logs, ours and the libraries', masked to stderr."""
    renderer: Any = (
        structlog.processors.JSONRenderer() if log_format == "json" else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            # A renderer that formats tracebacks by itself would do so after the masking, and show the local variables.
            structlog.processors.format_exc_info,
            mask_personal_data,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_MaskStandardRecords())
    handler.setFormatter(logging.Formatter("%(asctime)s [%(levelname)s] %(name)s %(message)s"))
    logging.basicConfig(level=max(getattr(logging, level), logging.WARNING), handlers=[handler], force=True)


@contextmanager
def timed(histogram: Histogram) -> Iterator[None]:
    """Observe how long the block takes, in seconds."""
    began = time.perf_counter()
    try:
        yield
    finally:
        histogram.observe(time.perf_counter() - began)


async def watch_event_loop(stop: asyncio.Event) -> None:
    """Keep `LOOP_LAG` current until `stop` is set: a busy loop shows here before anything else does."""
    while not stop.is_set():
        due = time.perf_counter() + LAG_PROBE_SECONDS
        await asyncio.sleep(LAG_PROBE_SECONDS)
        LOOP_LAG.set(max(0.0, time.perf_counter() - due))
