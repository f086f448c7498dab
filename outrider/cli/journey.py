"""A campaign from a file of leads to its result, through the API: what `outrider demo` and `outrider campaign run` share."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rich.console import Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from outrider.campaigns.files import CampaignFile, LeadSource
from outrider.cli.client import Api, Json
from outrider.cli.runtime import console
from outrider.errors import InvalidInput

ENDED = ("completed", "failed", "cancelled")
DONE_STATES = ("completed", "failed", "skipped")
POLL_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Result:
    """How a campaign ended."""

    campaign: Json
    imported: Json | None
    seconds: float

    @property
    def stats(self) -> Json:
        return dict(self.campaign["stats"])


async def import_leads(api: Api, source: LeadSource, list_name: str) -> Json:
    """Upload the file, wait for its import, and return its report."""
    assert source.file is not None
    options: Json = {"list_name": list_name, "columns": source.columns}
    if source.default_region:
        options["default_region"] = source.default_region
    if source.consent:
        options["consent"] = source.consent
    started = await api.upload("/api/leads/imports", source.file, json.dumps(options))
    with Progress(TextColumn("Importing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console) as progress:
        task = progress.add_task("import", total=started["total_bytes"] or None)
        while True:
            report: Json = await api.get(f"/api/leads/imports/{started['id']}")
            progress.update(task, total=report["total_bytes"], completed=report["done_bytes"])
            if report["status"] == "failed":
                raise InvalidInput(f"The import failed: {report['error']}")
            if report["status"] == "completed":
                return report
            await asyncio.sleep(POLL_SECONDS / 2)


async def list_id(api: Api, name: str) -> int:
    """
    Raises:
        InvalidInput: there is no such list.
    """
    lists = await api.get("/api/lists")
    for entry in lists["items"] if isinstance(lists, dict) else lists:
        if entry["name"] == name:
            return int(entry["id"])
    raise InvalidInput.on("leads.list", f"there is no list named {name!r}", "Import a file into it first.")


async def run_campaign(api: Api, file: CampaignFile, *, watch: bool) -> Result:
    """Import, create, check, start and, with `watch`, follow the campaign to its end."""
    began = time.monotonic()
    name = file.leads.list or file.name
    imported = await import_leads(api, file.leads, name) if file.leads.file else None
    if imported:
        console.print(import_table(imported))
    fields = dict(file.model_extra or {})
    campaign = await api.post(
        "/api/campaigns", {**fields, "name": file.name, "audience": {"list_ids": [await list_id(api, name)]}}
    )
    console.print(preflight_table(await api.get(f"/api/campaigns/{campaign['id']}/preflight")))
    await api.post(f"/api/campaigns/{campaign['id']}/start")
    if watch:
        campaign = await follow(api, campaign["id"])
    return Result(campaign, imported, time.monotonic() - began)


async def follow(api: Api, campaign_id: int) -> Json:
    """Show the campaign's progress until it ends."""
    progress = Progress(TextColumn("{task.description}"), BarColumn(bar_width=40), MofNCompleteColumn(), TimeElapsedColumn())
    task = progress.add_task("Campaign", total=None)
    with Live(progress, console=console, refresh_per_second=4) as live:
        async for campaign in _states(api, campaign_id):
            stats = campaign["stats"]
            progress.update(task, total=stats["total_leads"] or None, completed=sum(stats[state] for state in DONE_STATES))
            live.update(Group(progress, _progress_line(campaign), ""))
            if campaign["status"] in ENDED:
                return campaign
    raise AssertionError("the campaign's states never end")


async def _states(api: Api, campaign_id: int) -> AsyncIterator[Json]:
    while True:
        yield await api.get(f"/api/campaigns/{campaign_id}")
        await asyncio.sleep(POLL_SECONDS)


def _progress_line(campaign: Mapping[str, Any]) -> str:
    stats = campaign["stats"]
    parts = [f"[bold]{campaign['status']}[/]"]
    parts += [
        f"{stats[name]} {label}"
        for name, label in (
            ("sms_sent", "sent"),
            ("delivered", "delivered"),
            ("replied", "replied"),
            ("waiting", "waiting"),
            ("failed", "failed"),
            ("skipped", "skipped"),
        )
    ]
    if stats.get("eta_seconds"):
        parts.append(f"about {stats['eta_seconds']} s to go")
    return " · ".join(parts)


def import_table(report: Mapping[str, Any]) -> Table:
    table = _table("Import")
    for key, label in (
        ("rows_read", "Rows read"),
        ("rows_created", "New leads"),
        ("rows_updated", "Leads updated"),
        ("rows_unchanged", "Unchanged"),
        ("rows_duplicate", "Duplicates within the file, merged"),
        ("rows_rejected", "Rejected"),
    ):
        if report.get(key) or key in ("rows_read", "rows_created", "rows_rejected"):
            table.add_row(label, str(report[key]))
    return table


def preflight_table(report: Mapping[str, Any]) -> Table:
    table = _table("Pre-flight")
    audience, cost, timing = report["audience"], report["cost"], report["timing"]
    table.add_row("Will be texted", f"{audience['reachable']} of {audience['total']}")
    for reason, count in audience["excluded"].items():
        table.add_row(f"  without: {reason.replace('_', ' ')}", str(count))
    table.add_row("May be texted now / later", f"{timing['sendable_now']} / {timing['later_today'] + timing['later']}")
    table.add_row("Segments", f"{cost['segments']} ({cost['segments_per_lead']:.2f} per lead)")
    table.add_row("Estimated cost", dollars(cost["total"]))
    if timing["seconds"] is not None:
        table.add_row("Estimated duration", f"{timing['seconds']} s")
    for finding in report["blockers"]:
        table.add_row(f"[bold red]blocker[/] {finding['message']}", finding["remedy"])
    for finding in report["warnings"]:
        table.add_row(f"[yellow]warning[/] {finding['message']}", finding["remedy"])
    return table


def result_table(result: Result, extra: Mapping[str, str] | None = None) -> Table:
    """The figures of the whole journey."""
    stats = result.stats
    table = _table("Result")
    if result.imported:
        table.add_row("Imported", str(result.imported["rows_created"] + result.imported["rows_updated"]))
        table.add_row("Rejected rows", str(result.imported["rows_rejected"]))
    for key, label in (
        ("sms_sent", "Sent"),
        ("delivered", "Delivered"),
        ("undelivered", "Not delivered"),
        ("replied", "Replied"),
        ("opted_out", "Opted out"),
        ("failed", "Failed"),
    ):
        table.add_row(label, str(stats[key]))
    for reason, count in stats["failures"].items():
        table.add_row(f"  {reason}", str(count))
    table.add_row("Skipped", str(stats["skipped"]))
    for reason, count in stats["skipped_by_reason"].items():
        table.add_row(f"  {reason.replace('_', ' ')}", str(count))
    if stats["unknown"]:
        table.add_row("[yellow]Outcome unknown[/]", str(stats["unknown"]))
    table.add_row("Success rate", f"{stats['success_rate']:.1f} %")
    table.add_row(
        "Cost", f"{dollars(stats['cost'])} (texts {dollars(stats['texts_cost'])}, models {dollars(stats['models_cost'])})"
    )
    table.add_row("Duration", f"{result.seconds:.1f} s")
    for label, value in (extra or {}).items():
        table.add_row(label, value)
    return table


def dollars(amount: Any) -> str:
    return f"${Decimal(str(amount)):.2f}"


def _table(title: str) -> Table:
    table = Table(
        title=title, title_justify="left", title_style="bold", box=None, show_header=False, pad_edge=False, min_width=50
    )
    table.add_column()
    table.add_column(justify="right")
    return table
