"""A campaign with the offline model: what the product itself can do, on a machine that also runs database and carrier."""

from __future__ import annotations

from bench.campaign import plain_design_rate, run_campaign
from bench.harness import Context, Measurement, stack
from bench.world import create_campaign, insert_leads, people

LEADS_PER_SECOND = 150
ROOM_PER_NUMBER = 5_000
"""Segments per second that the carrier takes from one number here: it must not be what bounds."""
SPEED = "20"
"""The network's and handsets' delays pass this much faster."""


async def run(context: Context) -> dict[str, Measurement]:
    count = context.scaled(10_000, 400)
    options = {"speed": SPEED, "rate": str(ROOM_PER_NUMBER), "api-rate": "0", "persona": "silence=1"}
    async with stack(context.folder, simulator_options=options) as running:
        await running.sql.execute("UPDATE senders SET segments_per_second = $1", ROOM_PER_NUMBER)
        lead_ids = await insert_leads(running.sql, people(count))
        campaign_id = await create_campaign(running, lead_ids)
        times = await run_campaign(running, campaign_id, count)
        context.say(f"{times.rate:,.0f} leads/s; settled after {times.settled_after:.1f} s as {dict(times.counts)}")
        at_carrier = (await running.carrier.get("/simulator/counters")).json()
        plain = await plain_design_rate(
            context, running, context.scaled(300, 40), carrier_url=f"http://127.0.0.1:{running.settings.simulator_port}"
        )
    return {
        "campaign_offline": Measurement(
            samples=[times.rate],
            unit="leads/s",
            goal=LEADS_PER_SECOND,
            baseline=plain,
            baseline_name="sequential RQ worker",
            details={
                **times.details(),
                "accepted_by_carrier": at_carrier["creates_accepted"],
                "duplicates_at_carrier": at_carrier["duplicate_creates"],
            },
        )
    }
