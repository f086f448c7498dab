"""What the pre-flight has to say: blockers that prevent the start, and warnings. Each names its remedy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from outrider.campaigns.models import AgentType, Campaign, SkipReason
from outrider.campaigns.rehearsal import Rehearsal
from outrider.campaigns.schemas import PreflightAudience, PreflightCost, PreflightFinding, PreflightTiming

LONG_SENDING = timedelta(days=1)
OPT_OUT_WORDS = re.compile(r"\b(stop|opt[ -]?out|unsubscribe|baja|alto|arr[êe]t|stopp)\b", re.IGNORECASE)
SHORTENER = re.compile(r"\b(bit\.ly|tinyurl\.com|goo\.gl|t\.co|ow\.ly|is\.gd|buff\.ly|rebrand\.ly|cutt\.ly)/", re.IGNORECASE)
"""Public shorteners: carriers filter texts that use them (CTIA messaging principles 2023, 5.3.3)."""
EXCLUSIONS = {
    SkipReason.SUPPRESSED: ("are suppressed", "They stay out: they asked us to stop, or can't receive texts."),
    SkipReason.INVALID_NUMBER: ("have no phone number", "Add a number to reach them."),
    SkipReason.NO_CONSENT: ("have given no express or written consent to texts", "Record their consent, or leave them out."),
}


def blockers(
    campaign: Campaign, audience: PreflightAudience, timing: PreflightTiming, rehearsal: Rehearsal, *, senders: int
) -> list[PreflightFinding]:
    """What must be put right before the start."""
    return [
        *_agent_type(campaign),
        *_audience_blockers(audience, timing),
        *_sender_blockers(campaign, senders),
        *_text_blockers(rehearsal),
    ]


def warnings(
    campaign: Campaign,
    audience: PreflightAudience,
    timing: PreflightTiming,
    cost: PreflightCost,
    rehearsal: Rehearsal,
    *,
    is_offline: bool,
) -> list[PreflightFinding]:
    """What to know before the start."""
    return [
        *_exclusions(audience),
        *_timing_warnings(audience, timing),
        *_cost_warnings(cost),
        *_text_warnings(campaign, rehearsal),
        *_model_warnings(is_offline=is_offline),
    ]


def _agent_type(campaign: Campaign) -> Iterator[PreflightFinding]:
    if campaign.agent_type != AgentType.SMS:
        yield PreflightFinding(
            code="calls_unavailable",
            message="Phone calls can't be placed yet.",
            remedy="Set agent_type to sms.",
            field="agent_type",
        )


def _audience_blockers(audience: PreflightAudience, timing: PreflightTiming) -> Iterator[PreflightFinding]:
    if not audience.total:
        yield PreflightFinding(
            code="no_leads", message="The campaign has no leads.", remedy="Assign leads, or choose lists.", field="audience"
        )
    elif not audience.reachable:
        yield PreflightFinding(
            code="nobody_reachable",
            message=f"None of the {audience.total} leads may be texted.",
            remedy="See the reasons of exclusion; record consent or choose other leads.",
            field="audience",
        )
    elif timing.never == audience.reachable:
        yield PreflightFinding(
            code="no_common_hours",
            message="There is no hour at which any of the leads may be texted.",
            remedy="Widen the campaign's hours.",
            field="quiet_hours",
        )


def _sender_blockers(campaign: Campaign, senders: int) -> Iterator[PreflightFinding]:
    if not senders:
        which = "None of the campaign's senders is enabled." if campaign.sender_ids else "There is no enabled sender."
        yield PreflightFinding(code="no_sender", message=which, remedy="Add or enable a sender.", field="sender_ids")


def _text_blockers(rehearsal: Rehearsal) -> Iterator[PreflightFinding]:
    failed = sum(rehearsal.failures.values())
    if rehearsal.leads and failed == rehearsal.leads:
        reason, _ = rehearsal.failures.most_common(1)[0]
        yield PreflightFinding(
            code="every_run_fails",
            message=f"The workflow failed for all {failed} leads of the sample: {reason}",
            remedy="Correct the leads, the template or the workflow.",
        )


def _exclusions(audience: PreflightAudience) -> Iterator[PreflightFinding]:
    for reason, count in audience.excluded.items():
        says, remedy = EXCLUSIONS[reason]
        yield PreflightFinding(
            code=f"excluded_{reason}", message=f"{count} of {audience.total} leads {says}.", remedy=remedy, field="audience"
        )
    if audience.in_other_campaigns:
        yield PreflightFinding(
            code="in_other_campaigns",
            message=f"{audience.in_other_campaigns} leads are still being worked by another campaign.",
            remedy="Wait until it has ended, or leave them out, so that nobody hears twice at a time.",
            field="audience",
        )


def _timing_warnings(audience: PreflightAudience, timing: PreflightTiming) -> Iterator[PreflightFinding]:
    waiting = audience.reachable - timing.sendable_now
    if waiting and timing.next_opening:
        yield PreflightFinding(
            code="outside_hours",
            message=f"{waiting} of {audience.reachable} leads can't be texted at this hour; their texts wait for it.",
            remedy=f"The next window opens at {timing.next_opening.isoformat(timespec='minutes')}.",
        )
    if timing.never and timing.never < audience.reachable:
        yield PreflightFinding(
            code="some_never",
            message=f"{timing.never} leads may be in places whose hours never overlap; their texts don't leave.",
            remedy="Add their address, or widen the campaign's hours.",
            field="quiet_hours",
        )
    if timing.seconds is None and audience.reachable:
        yield PreflightFinding(
            code="very_long", message="Sending takes more than 60 days.", remedy="Add senders, or choose fewer leads."
        )
    elif timing.seconds is not None and timedelta(seconds=timing.seconds) > LONG_SENDING:
        days = timedelta(seconds=timing.seconds) / LONG_SENDING
        yield PreflightFinding(
            code="long_sending",
            message=f"Sending takes about {days:.1f} days at the senders' rate, inside the hours.",
            remedy="Add senders to send faster.",
        )


def _cost_warnings(cost: PreflightCost) -> Iterator[PreflightFinding]:
    if cost.budget is not None and cost.total > cost.budget:
        share = float(cost.budget / cost.total)
        yield PreflightFinding(
            code="over_budget",
            message=f"The estimated cost is ${cost.total:.2f}; the budget of ${cost.budget:.2f} covers about {share:.0%} of it.",
            remedy="Raise the budget, shorten the text or choose fewer leads. Leads beyond the budget are skipped.",
            field="budget",
        )
    if not cost.model_price_known:
        yield PreflightFinding(
            code="model_price_unknown",
            message="The price of the campaign's model is not known; its calls are counted as free.",
            remedy="Watch the cost at the provider.",
            field="model",
        )


def _text_warnings(campaign: Campaign, rehearsal: Rehearsal) -> Iterator[PreflightFinding]:
    failed = sum(rehearsal.failures.values())
    if failed and failed < rehearsal.leads:
        reason, _ = rehearsal.failures.most_common(1)[0]
        yield PreflightFinding(
            code="some_runs_fail",
            message=f"The workflow failed for {failed} of {rehearsal.leads} leads of the sample: {reason}",
            remedy="Correct these leads, the template or the workflow.",
        )
    for name in rehearsal.empty_placeholders if rehearsal.uses_template else ():
        yield PreflightFinding(
            code="empty_placeholder",
            message=f"{{{{{name}}}}} is empty for all {rehearsal.leads} leads of the sample.",
            remedy=f"Check its spelling, or give it a fallback: {{{{{name}|something}}}}.",
            field="sms_template",
        )
    if not rehearsal.texts:
        return
    # What a workflow says by itself is put right there.
    where = "sms_template" if rehearsal.uses_template else "workflow_config" if campaign.workflow_config else "workflow_id"
    if not campaign.sender_name and not campaign.sms_template:
        yield PreflightFinding(
            code="no_sender_name",
            message="The texts don't say who writes.",
            remedy="Set sender_name, or name the sender in the template.",
            field="sender_name",
        )
    # A lead can only follow the way out that the first text names; a later one may never be sent.
    first = {text.lead_id: text.body for text in reversed(rehearsal.texts)}
    silent = sum(not OPT_OUT_WORDS.search(body) for body in first.values())
    if silent:
        whose = "The first text doesn't" if silent == len(first) else f"For {silent} of {len(first)} leads the first text doesn't"
        yield PreflightFinding(
            code="no_opt_out_words",
            message=f"{whose} say how to opt out.",
            remedy="Add “Reply STOP to opt out” to the template."
            if rehearsal.uses_template
            else "Add “Reply STOP to opt out” as the closing line of the workflow's first text.",
            field=where,
        )
    if any(SHORTENER.search(text.body) for text in rehearsal.texts):
        yield PreflightFinding(
            code="public_shortener",
            message="The texts use a public link shortener; carriers block such texts.",
            remedy="Use a link of your own domain.",
            field=where,
        )
    costly = [text for text in rehearsal.texts if text.count.encoding == "UCS-2"]
    if costly:
        characters = "".join(dict.fromkeys("".join(costly[0].count.non_gsm)))[:20]
        yield PreflightFinding(
            code="costly_characters",
            message=f"{len(costly)} of {len(rehearsal.texts)} sample texts hold characters that halve what fits: {characters}",
            remedy="Leave out emoji and rare characters to save segments.",
            field=where,
        )


def _model_warnings(*, is_offline: bool) -> Iterator[PreflightFinding]:
    if is_offline:
        yield PreflightFinding(
            code="offline_model",
            message="No language model is configured; texts are written by rules from the template and the leads' data.",
            remedy="Set a provider key to let a language model write them.",
            field="model",
        )
