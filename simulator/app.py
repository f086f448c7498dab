"""The simulator as an ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from simulator import control, rest, services
from simulator.carrier import Simulator
from simulator.errors import TwilioError
from simulator.http import Gate, refusal
from simulator.options import Options


def create_app(options: Options) -> Starlette:
    """The carrier's REST API and its control plane in one application."""
    simulator = Simulator(options)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await simulator.start()
        yield
        await simulator.stop()

    gate = Gate(simulator)
    return Starlette(
        routes=[*rest.routes(gate), *services.routes(gate), *control.routes(simulator)],
        lifespan=lifespan,
        exception_handlers={404: _not_found, 405: _wrong_method},
    )


async def _not_found(request: Request, error: Exception) -> Response:
    return refusal(TwilioError(20404, path=request.url.path))


async def _wrong_method(request: Request, error: Exception) -> Response:
    response = refusal(TwilioError(20004))
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response
