"""`outrider demo`: the main job, end to end, on real parts, checked against the carrier's own books."""

from __future__ import annotations

import asyncio
import shutil
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.panel import Panel
from rich.table import Table

from outrider.app.demo_data import DEMO_CAMPAIGN
from outrider.campaigns.files import read_campaign_file, shipped_example
from outrider.channels.keywords import Wish, recognise
from outrider.cli.client import Api, Json, connect
from outrider.cli.journey import Result, result_table, run_campaign
from outrider.cli.runtime import console, database_address, prepare, run, start
from outrider.cli.supervisor import parts_of, running
from outrider.config import Settings
from outrider.db.engine import Database
from outrider.errors import Conflict

SPEED = 20
"""How much faster than life the simulated people and networks are."""
QUIET_SECONDS = 6.0
"""When nobody wrote for so long, the conversations have come to rest."""
LONGEST_REST_SECONDS = 120.0
SAMPLE_THREADS = 3
LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class Agreement:
    """One figure in our books and in the carrier's."""

    name: str
    ours: int
    carriers: int


def demo(
    home: Annotated[Path, typer.Option(help="Folder of the demo's data; emptied at the start.")] = Path(".outrider/demo"),
    keep_running: Annotated[bool, typer.Option("--keep-running", help="Serve the result until Ctrl-C.")] = False,
) -> None:
    """Work a campaign of 500 leads end to end and print its result. Exit code 0 only if the carrier's books agree."""
    settings = start()
    if not settings.uses_simulator or settings.twilio_api_base_url is not None:
        raise typer.BadParameter(
            "The demo texts fictional people and runs only with the simulator: unset TWILIO_ACCOUNT_SID and TWILIO_API_BASE_URL."
        )
    port, simulator_port = _free_port(settings.port), _free_port(settings.simulator_port)
    demo_settings = settings.model_copy(
        update={
            "home": home,
            "database_url": None,
            "port": port,
            "simulator_port": simulator_port,
            "public_url": f"http://127.0.0.1:{port}",
            "quiet_hours": "off",
        }
    )
    raise typer.Exit(run(_demo(demo_settings, keep_running)))


async def _demo(settings: Settings, keep_running: bool) -> int:
    _make_empty(settings.home)
    console.print(
        "[bold]Outrider demo[/]: 500 fictional leads through PostgreSQL, LangGraph, Twilio's adapter and a simulated carrier.\n"
    )
    async with database_address(settings) as address:
        database = Database(address)
        await prepare(database, settings)
        await database.aclose()
        parts = parts_of(settings, address, workers=1, simulator_options={"speed": str(SPEED), "seed": "7"})
        for part in parts:
            # People sleep at any hour of a demo; nobody real is texted.
            part.environment |= {
                "OUTRIDER_QUIET_HOURS": "off",
                "OUTRIDER_REPLY_DELAY_SECONDS": "0.3",
                "OUTRIDER_POLL_INBOUND_SECONDS": "5",
                "OUTRIDER_SUMMARY_AFTER_MINUTES": "0.4",
                "OUTRIDER_TIME_ZONE": "America/Chicago",
            }
        async with running(parts, settings, settings.home / "demo.log"), connect(f"http://localhost:{settings.port}") as api:
            agreed = await _show(api, settings)
            if keep_running:
                console.print(f"\nLook around at [bold]http://localhost:{settings.port}[/]; Ctrl-C ends it.")
                await asyncio.Event().wait()
    console.print(f"\nLook at the rest: [bold]OUTRIDER_HOME={settings.home} make run[/], then http://localhost:8000 (API: /docs)")
    return 0 if agreed else 1


async def _show(api: Api, settings: Settings) -> bool:
    began = time.monotonic()
    file = read_campaign_file(shipped_example(DEMO_CAMPAIGN))
    result = await run_campaign(api, file, watch=True)
    async with connect(f"http://127.0.0.1:{settings.simulator_port}") as carrier:
        with console.status("Waiting for the conversations to come to rest …"):
            await _until_quiet(carrier)
        result = Result(await api.get(f"/api/campaigns/{result.campaign['id']}"), result.imported, time.monotonic() - began)
        console.print(result_table(result))
        console.print()
        await _print_threads(api, result.campaign["id"])
        agreements = await compare_books(api, carrier)
    console.print(_books_table(agreements))
    return all(agreement.ours == agreement.carriers for agreement in agreements)


async def compare_books(api: Api, carrier: Api) -> list[Agreement]:
    """Our figures beside the carrier's, from an installation that did nothing else yet."""
    dashboard, counters = await api.get("/api/dashboard"), await carrier.get("/simulator/counters")
    month = dashboard["period"]
    return [
        Agreement("Texts handed to the carrier", month["sent"], counters["creates_accepted"]),
        Agreement("Delivered", month["delivered"], counters["delivered"]),
        Agreement("Not delivered", month["undelivered"], counters["undelivered"] + counters["failed"]),
        Agreement("Texts received", month["received"], counters["inbound_received"]),
        Agreement("Texts created twice", 0, counters["duplicate_creates"]),
        Agreement("Texts with unknown outcome", dashboard["unknown_texts"], 0),
    ]


async def _until_quiet(carrier: Api) -> None:
    """Wait until the carrier's counters stand still."""
    deadline = time.monotonic() + LONGEST_REST_SECONDS
    last: Json = {}
    still_since = time.monotonic()
    while time.monotonic() < deadline and time.monotonic() - still_since < QUIET_SECONDS:
        counters = await carrier.get("/simulator/counters")
        watched = {
            key: counters[key]
            for key in ("creates_accepted", "delivered", "undelivered", "failed", "inbound_received", "callbacks_sent")
        }
        if watched != last:
            last, still_since = watched, time.monotonic()
        await asyncio.sleep(0.5)


async def _print_threads(api: Api, campaign_id: int) -> None:
    """The longest conversations among some, and one that ended in an opt-out."""
    page = await api.get(f"/api/campaigns/{campaign_id}/leads", replied=True, limit=200)
    opted_out = [lead for lead in page["items"] if _is_opt_out(lead["sms_response"])]
    others = [lead for lead in page["items"] if lead not in opted_out][:LOOKED_AT]
    threads = [await _thread(api, lead) for lead in others]
    shown = _differing(threads, SAMPLE_THREADS - 1) + [await _thread(api, lead) for lead in opted_out[:1]]
    for texts in shown:
        lines = [f"[bold]{'Lead' if text['direction'] == 'in' else 'Us  '}[/]  {text['body']}" for text in texts]
        console.print(Panel("\n".join(lines), title="A conversation", title_align="left", width=min(100, console.width)))


def _differing(threads: list[list[Json]], count: int) -> list[list[Json]]:
    """The longest of the conversations, and then those in which the leads say the least that was shown already."""
    shown: list[list[Json]] = []
    left = sorted(threads, key=len, reverse=True)
    while left and len(shown) < count:
        said = {text["body"] for thread in shown for text in thread if text["direction"] == "in"}
        shown.append(left.pop(left.index(max(left, key=lambda thread: _news(thread, said)))))
    return shown


def _news(thread: list[Json], said: set[str]) -> tuple[int, int]:
    """How many of the lead's texts were shown already, as a loss, and the length of the thread."""
    heard = [text["body"] for text in thread if text["direction"] == "in"]
    return -sum(body in said for body in heard), len(thread)


async def _thread(api: Api, lead: Json) -> list[Json]:
    conversation = await api.get(f"/api/conversations/{lead['id']}")
    return list(conversation["thread"])


def _is_opt_out(body: str | None) -> bool:
    found = recognise(body or "")
    return found is not None and found.wish is Wish.OPT_OUT


def _books_table(agreements: list[Agreement]) -> Table:
    table = Table(
        "",
        "Outrider",
        "Carrier",
        "",
        title="The carrier's own books",
        title_justify="left",
        title_style="bold",
        box=None,
        pad_edge=False,
    )
    for column in table.columns[1:3]:
        column.justify = "right"
    for agreement in agreements:
        mark = "[green]agree[/]" if agreement.ours == agreement.carriers else "[bold red]differ[/]"
        table.add_row(agreement.name, str(agreement.ours), str(agreement.carriers), mark)
    return table


def _free_port(wanted: int) -> int:
    """`wanted` if nobody listens there, else any free port."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _make_empty(home: Path) -> None:
    """
    Raises:
        Conflict: the folder holds something that no demo made.
    """
    marker = home / ".demo"
    if home.exists() and any(home.iterdir()) and not marker.exists():
        raise Conflict(f"{home} is not empty and was not made by a demo.", remedy="Name another folder with --home.")
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    marker.touch()
