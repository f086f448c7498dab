"""`outrider campaign run campaign.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from outrider.campaigns.files import read_campaign_file
from outrider.cli.client import answers, connect
from outrider.cli.journey import result_table, run_campaign
from outrider.cli.runtime import console, run, start
from outrider.errors import Unavailable


def campaign_run(
    file: Annotated[Path, typer.Argument(help="The campaign, as YAML; see examples/demo_campaign.yaml.")],
    watch: Annotated[bool, typer.Option("--watch", help="Follow it to its end and print the result.")] = False,
    url: Annotated[str | None, typer.Option(help="A running Outrider; http://localhost:PORT without it.")] = None,
) -> None:
    """Import the leads of a campaign file, create the campaign, check it and start it."""
    settings = start()
    run(_run(file, watch, url or f"http://localhost:{settings.port}"))


async def _run(path: Path, watch: bool, url: str) -> None:
    file = read_campaign_file(path)
    if not await answers(url):
        raise Unavailable(f"No Outrider answers at {url}.", remedy="Start it with `outrider up`, or name another with --url.")
    async with connect(url) as api:
        result = await run_campaign(api, file, watch=watch)
    if watch:
        console.print(result_table(result))
    console.print(f"Campaign {result.campaign['id']}: {url}/campaigns/{result.campaign['id']}")
    raise typer.Exit(result.campaign["status"] in ("failed", "cancelled"))
