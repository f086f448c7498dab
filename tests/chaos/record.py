"""What the carrier knows, read from its control plane. It is the only judge of what was sent."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

Json = dict[str, Any]


@dataclass
class CarrierRecord:
    created: list[Json]
    """Texts that we created over its API, oldest first."""
    received: list[Json]
    """Texts of people to our numbers."""
    wishes: list[Json]
    """People who asked us to stop, in whatever words."""
    counters: Json

    def __post_init__(self) -> None:
        self.creates: Counter[tuple[str, str]] = Counter((message["to"], message["body"]) for message in self.created)
        """How often each text was created for each recipient."""
        self.by_phone: defaultdict[str, list[Json]] = defaultdict(list)
        for message in self.created:
            self.by_phone[message["to"]].append(message)


async def read_record(carrier: httpx.AsyncClient) -> CarrierRecord:
    outgoing = await _messages(carrier, direction="outbound-api")
    return CarrierRecord(
        created=[message for message in outgoing if message["origin"] == "api"],
        received=await _messages(carrier, direction="inbound"),
        wishes=[person for person in await _people(carrier) if person["asked_to_stop_at"]],
        counters=(await carrier.get("/simulator/counters")).json(),
    )


async def _messages(carrier: httpx.AsyncClient, **query: str) -> list[Json]:
    answer = await carrier.get("/simulator/messages", params=query, headers={"accept": "application/x-ndjson"})
    answer.raise_for_status()
    return [orjson.loads(line) for line in answer.content.splitlines() if line]


async def _people(carrier: httpx.AsyncClient) -> list[Json]:
    people: list[Json] = []
    cursor: int | None = 0
    while cursor is not None:
        page = (await carrier.get("/simulator/recipients", params={"cursor": cursor, "limit": 1000})).json()
        people += page["items"]
        cursor = page["next_cursor"]
    return people
