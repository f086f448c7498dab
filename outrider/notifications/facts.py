"""Facts about the notifications themselves, and about jobs, which know nobody above them."""

from __future__ import annotations

from datetime import UTC, datetime

from outrider.events.facts import Fact, Severity


class EndpointDisabled(Fact):
    """An endpoint of outgoing webhooks is not tried any more: it took nothing for days, or said that it is gone for good."""

    name = "webhook_endpoint.disabled"
    label = "Outgoing webhook disabled"
    severity = Severity.WARNING

    endpoint_id: int
    url: str
    reason: str

    def title(self) -> str:
        return f"Webhooks are no longer sent to {self.url}"

    def detail(self) -> str:
        return self.reason

    def link(self) -> str:
        return "/settings/outgoing-webhooks"


class JobFailed(Fact):
    """Background work was tried as often as it may be and failed for good. Told once an hour for each kind of work."""

    name = "job.failed"
    label = "Background job failed"
    severity = Severity.WARNING

    job: str
    """Its kind: `campaigns.launch`."""
    hour: str
    """The hour in which it failed, in UTC: `2026-02-03T14`."""

    def title(self) -> str:
        return f"A background job failed for good: {self.job}"

    def detail(self) -> str:
        return "It is not tried again by itself. Look at its error, then put it back or give it up."

    def link(self) -> str:
        return "/jobs"

    def key(self) -> str:
        return f"job:{self.job}:{self.hour}"

    @classmethod
    def now(cls, job: str) -> JobFailed:
        return cls(job=job, hour=f"{datetime.now(UTC):%Y-%m-%dT%H}")


class WebhookTested(Fact):
    """Somebody asked for a message to see whether it arrives. It is sent only to the endpoint that is tried."""

    name = "webhook_endpoint.tested"
    label = "Test message"
    is_shown = False

    endpoint_id: int

    def title(self) -> str:
        return "A test message from Outrider"
