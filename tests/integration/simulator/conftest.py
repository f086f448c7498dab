"""A running simulator, a stand-in for the product that it calls, and the official SDK pointed at it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import pytest
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from simulator.testing import RunningSimulator, running_simulator

ANN = "+12125550100"
OURS, OURS_TOO = "+12025550143", "+13105550186"


@dataclass
class Hook:
    """One request that the carrier made."""

    url: str
    form: dict[str, str]
    headers: dict[str, str]
    arrived: float


@dataclass
class Product:
    """Answers the carrier's requests and remembers them."""

    url: str
    hooks: list[Hook] = field(default_factory=list)
    answer: Callable[[Hook], tuple[int, str, str]] = lambda hook: (200, "text/xml", "<Response/>")

    def at(self, path: str) -> list[Hook]:
        return [hook for hook in self.hooks if urlsplit(hook.url).path == path]

    def statuses(self, sid: str) -> list[str]:
        return [hook.form["MessageStatus"] for hook in self.at("/status") if hook.form["MessageSid"] == sid]


@pytest.fixture(scope="session")
def product_server() -> Iterator[Product]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = dict(parse_qsl(content, keep_blank_values=True, strict_parsing=True))
            hook = Hook(f"{product.url}{self.path}", form, dict(self.headers), time.monotonic())
            product.hooks.append(hook)
            status, content_type, text = product.answer(hook)
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: Any) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 1024
        """However late this process gets to it, the carrier's connections wait and are not turned away."""

    server = Server(("127.0.0.1", 0), Handler)
    product = Product(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield product
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def simulator_process(product_server: Product) -> Iterator[RunningSimulator]:
    with running_simulator(seed=7, webhook_url=f"{product_server.url}/inbound", persona={"silence": 1}) as simulator:
        yield simulator


@pytest.fixture
def simulator(simulator_process: RunningSimulator, product: Product) -> Iterator[RunningSimulator]:
    """Fresh: nothing sent, nobody opted out, everybody silent. It must not fail inside whatever a test does."""
    simulator_process.reset()
    yield simulator_process
    counters = simulator_process.counters()
    assert counters["internal_errors"] == 0
    assert counters["creates_requested"] == counters["creates_accepted"] + sum(counters["creates_refused"].values())


@pytest.fixture
def product(product_server: Product) -> Product:
    product_server.hooks.clear()
    product_server.answer = Product.answer
    return product_server


class Rerouted(TwilioHttpClient):
    """The SDK's HTTP client, sending every product's requests to the simulator."""

    def __init__(self, base_url: str, timeout: float):
        super().__init__(timeout=timeout)
        self._base = urlsplit(base_url)
        assert self.session is not None
        self.session.trust_env = False

    def request(self, method: str, url: str, *arguments: Any, **options: Any) -> Response:
        parts = urlsplit(url)
        assert parts.hostname in ("api.twilio.com", "messaging.twilio.com")
        rerouted = urlunsplit((self._base.scheme, self._base.netloc, parts.path, parts.query, ""))
        return super().request(method, rerouted, *arguments, **options)


@pytest.fixture
def twilio(simulator: RunningSimulator) -> Client:
    """The official SDK."""
    return Client(simulator.account_sid, simulator.auth_token, http_client=Rerouted(simulator.base_url, timeout=60))
