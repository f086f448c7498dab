"""The carrier as a whole: its parts wired together, and the switch that starts it afresh."""

from __future__ import annotations

from simulator.acceptance import Acceptance
from simulator.callbacks import StatusCallbacks
from simulator.delivery import Delivery
from simulator.inbound import Inbound
from simulator.options import Options
from simulator.state import State
from simulator.webhooks import WebhookClient


class Carrier:
    """One run. Make and start it inside a running event loop."""

    def __init__(self, options: Options, client: WebhookClient):
        self.state = State(options)
        self.callbacks = StatusCallbacks(self.state, client)
        self.delivery = Delivery(self.state, self.callbacks)
        self.acceptance = Acceptance(self.state, self.delivery)
        self.inbound = Inbound(self.state, client, self.delivery, self.acceptance)
        self.delivery.on_delivered = self.inbound.react

    def start(self) -> None:
        self.callbacks.lane.start()
        self.inbound.lane.start()

    async def stop(self) -> None:
        self.state.clock.stop()
        await self.callbacks.lane.stop()
        await self.inbound.lane.stop()

    @property
    def pending(self) -> int:
        """Things that will still happen by themselves: timers and deliveries. 0 means the carrier is at rest."""
        return self.state.clock.pending + self.callbacks.lane.pending + self.inbound.lane.pending


class Simulator:
    """Holds the present run and replaces it on reset."""

    def __init__(self, options: Options):
        self.options = options
        self._client = WebhookClient(options.auth_token)
        self._carrier: Carrier | None = None

    @property
    def carrier(self) -> Carrier:
        assert self._carrier is not None, "start() comes first"
        return self._carrier

    async def start(self) -> None:
        await self._client.start()
        self._begin()

    async def reset(self) -> None:
        """Forget everything and return to the state described by the options."""
        await self.carrier.stop()
        self._begin()

    async def stop(self) -> None:
        await self.carrier.stop()
        await self._client.stop()

    def _begin(self) -> None:
        self._carrier = Carrier(self.options, self._client)
        self._carrier.start()
