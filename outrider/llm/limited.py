"""Lets only so many calls of a provider be under way at once; further ones wait their turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from outrider.errors import ConfigurationError
from outrider.llm.base import Around, Attempt, ChatModel, ChatRequest


class Limited(Around):
    """Calls of all models that share `slots`; a streamed one holds its slot until it has ended."""

    def __init__(self, model: ChatModel, slots: asyncio.Semaphore):
        super().__init__(model)
        self._slots = slots

    @asynccontextmanager
    async def around(self, request: ChatRequest) -> AsyncIterator[Attempt]:
        async with self._slots:
            yield Attempt()


class Slots:
    """The process's slots, by provider."""

    def __init__(self, stated: Sequence[str]):
        """
        Raises:
            ConfigurationError: as `stated_slots`.
        """
        self._usual, self._stated = stated_slots(stated)
        self._made: dict[str, asyncio.Semaphore] = {}

    def of(self, provider: str) -> asyncio.Semaphore:
        if provider not in self._made:
            self._made[provider] = asyncio.Semaphore(self._stated.get(provider, self._usual))
        return self._made[provider]


def at_once(stated: Sequence[str], provider: str) -> int:
    """How many calls of a provider one process makes at once.

    Raises:
        ConfigurationError: as `stated_slots`.
    """
    usual, others = stated_slots(stated)
    return others.get(provider, usual)


def stated_slots(stated: Sequence[str]) -> tuple[int, Mapping[str, int]]:
    """The usual number, and those of providers that have another, of entries as `200` and `ollama=4`.

    Raises:
        ConfigurationError: an entry can't be read.
    """
    usual, others = 200, {}
    for entry in stated:
        provider, _, number = entry.rpartition("=")
        if not number.strip().isdecimal() or not int(number):
            raise ConfigurationError(
                f"OUTRIDER_MODEL_CONCURRENCY: “{entry}” is no number of calls.",
                remedy="Write a number of at least 1, and numbers of providers behind it, as in 200, ollama=4.",
            )
        if provider:
            others[provider.strip()] = int(number)
        else:
            usual = int(number)
    return usual, others
