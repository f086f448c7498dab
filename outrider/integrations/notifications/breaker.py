"""A channel behind a circuit."""

from __future__ import annotations

from outrider.circuit import Circuit
from outrider.integrations.notifications.base import Channel, ChannelLeftAlone, Notice, Notifier, Receipt

NAMES = {Channel.EMAIL: "E-mail", Channel.SLACK: "Slack", Channel.SMS: "Texting"}


def channel_circuit(channel: Channel) -> Circuit:
    return Circuit(NAMES[channel], refusal=ChannelLeftAlone)


class Breaker:
    """Keeps notices from a channel whose circuit is open."""

    def __init__(self, notifier: Notifier, circuit: Circuit):
        self.channel = notifier.channel
        self.is_local = notifier.is_local
        self._notifier = notifier
        self._circuit = circuit

    def check_target(self, target: str) -> str:
        return self._notifier.check_target(target)

    async def send(self, notice: Notice, target: str) -> Receipt:
        with self._circuit.call():
            return await self._notifier.send(notice, target)

    async def aclose(self) -> None:
        await self._notifier.aclose()
