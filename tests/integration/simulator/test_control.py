from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import pytest
from twilio.rest import Client

from simulator.testing import RunningSimulator, running_simulator, running_simulator_async

from .conftest import ANN, OURS, Product


def test_health(simulator: RunningSimulator) -> None:
    assert simulator.client.get("/health").json() == {"status": "ok", "messages": 0}


def test_the_record_is_paged_filtered_and_streamed(simulator: RunningSimulator, twilio: Client) -> None:
    for index in range(5):
        twilio.messages.create(to=f"+1212555{index:04}", from_=OURS, body=f"text {index}")
    simulator.text("+12125550003", "hello")
    first = simulator.client.get("/simulator/messages", params={"limit": 4}).json()
    rest = simulator.client.get("/simulator/messages", params={"limit": 4, "cursor": first["next_cursor"]}).json()
    assert [message["sequence"] for message in first["items"] + rest["items"]] == [0, 1, 2, 3, 4, 5]
    assert rest["next_cursor"] is None
    assert len(simulator.messages()) == 6
    assert [message["body"] for message in simulator.messages(direction="inbound")] == ["hello"]
    assert [message["body"] for message in simulator.messages(to="+12125550003")] == ["text 3"]
    assert [message["body"] for message in simulator.messages(**{"from": "+12125550003"})] == ["hello"]
    assert len(simulator.messages(origin="api", body="text 1")) == 1


def test_recipients_are_paged_and_filtered(simulator: RunningSimulator, twilio: Client) -> None:
    simulator.set_personas(overrides={"+12125550001": "later", "+12125550004": "later"}, reply_probability=0)
    for index in range(5):
        twilio.messages.create(to=f"+1212555{index:04}", from_=OURS, body="hi")

    def page(**query: object) -> tuple[list[str], int | None]:
        body = simulator.client.get("/simulator/recipients", params=query).json()
        return [person["number"][-1] for person in body["items"]], body["next_cursor"]

    assert page(limit=3) == (["0", "1", "2"], 3)
    assert page(limit=3, cursor=3) == (["3", "4"], None)
    assert page(persona="later", limit=1) == (["1"], 4)
    assert page(persona="later", limit=1, cursor=4) == (["4"], None)
    assert simulator.recipient("+12125550001")["thread"][0]["body"] == "hi"


def test_reset_returns_to_the_start(simulator: RunningSimulator, twilio: Client, product: Product) -> None:
    simulator.set_faults(list_fails=1)
    simulator.set_personas(mix={"stop": 1}, reply_delay=[3600, 3600])
    simulator.set_numbers({"+12125550199": {"rate": 3}, OURS: {"sms_url": "", "rate": 2}})
    twilio.messages.create(to=ANN, from_=OURS, body="hi", status_callback=f"{product.url}/status")
    simulator.wait(lambda counters: counters["delivered"] == 1)
    simulator.reset()
    counters = simulator.counters()
    assert (counters["creates_requested"], counters["messages"], counters["pending"]) == (0, 0, 0)
    assert twilio.messages.list() == []
    numbers = simulator.client.get("/simulator/numbers").json()["items"]
    assert [(number["number"], number["rate"]) for number in numbers] == [(OURS, 300), ("+13105550186", 300)]
    assert all(number["sms_url"] == f"{product.url}/inbound" for number in numbers)
    assert simulator.client.get("/simulator/personas").json()["mix"] == {"silence": 1}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "faults", {"gremlins": 1}),
        ("PUT", "faults", {"429": 2}),
        ("PUT", "faults", [1]),
        ("PUT", "numbers", {"12025550143": {}}),
        ("PUT", "numbers", {OURS: {"rate": 0}}),
        ("PUT", "numbers", {OURS: {"api_rate": -1}}),
        ("PUT", "numbers", {OURS: {"sms_url": "nowhere"}}),
        ("PUT", "numbers", {OURS: {"speed": 1}}),
        ("PUT", "personas", {"mix": {"angry": 1}}),
        ("POST", "inbound", {"from": "123", "to": OURS, "body": "hi"}),
        ("POST", "inbound", {"from": ANN, "to": "+12125550199", "body": "hi"}),
        ("POST", "inbound", {"from": ANN, "to": OURS, "body": 5}),
        ("GET", "messages?limit=x", None),
        ("GET", "messages?cursor=-1", None),
    ],
)
def test_unusable_requests_say_what_to_change(simulator: RunningSimulator, method: str, path: str, body: object) -> None:
    response = simulator.client.request(method, f"/simulator/{path}", json=body)
    assert response.status_code == 400
    assert response.json()["error"]


def test_a_body_that_is_no_json(simulator: RunningSimulator) -> None:
    assert simulator.client.put("/simulator/faults", content=b"{").status_code == 400


def conversation(seed: int) -> tuple[list[int], list[tuple[str, str]]]:
    """What a product sees that sends the same 60 texts one by one."""
    options = {"seed": seed, "fault": {"429": 0.2, "500_after_accept": 0.2}}
    with running_simulator(**options) as simulator:
        simulator.set_personas(reply_delay=[0, 1])
        statuses = []
        for index in range(60):
            response = simulator.client.post(
                f"/2010-04-01/Accounts/{simulator.account_sid}/Messages.json",
                auth=(simulator.account_sid, simulator.auth_token),
                data={"To": f"+1212555{index:04}", "From": OURS, "Body": "hi"},
            )
            statuses.append(response.status_code)
        simulator.wait_until_idle()
        return statuses, sorted((message["from"], message["body"]) for message in simulator.messages(direction="inbound"))


def test_the_seed_decides_what_happens() -> None:
    assert conversation(7) == conversation(7) != conversation(8)


async def test_async_start() -> None:
    async with running_simulator_async(numbers=["+12125550199"]) as simulator:
        assert [number["number"] for number in simulator.client.get("/simulator/numbers").json()["items"]] == ["+12125550199"]


def test_the_port_is_told_and_sigterm_ends_it_soon_even_with_an_open_request() -> None:
    command = [sys.executable, "-m", "simulator", "--port", "0", "--fault", "slow_seconds=60"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = json.loads(process.stdout.readline())["port"]
        simulator = RunningSimulator(f"http://127.0.0.1:{port}")
        with subprocess.Popen([sys.executable, "-c", _OPEN_REQUEST, str(port)], stdout=subprocess.PIPE, text=True) as client:
            assert client.stdout is not None
            assert client.stdout.readline() == "asked\n"
            assert simulator.client.get("/health").status_code == 200
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


_OPEN_REQUEST = """
import base64, socket, sys
account = "AC" + "5" * 32
credentials = base64.b64encode(f"{account}:simulator-token-not-a-secret".encode()).decode()
headers = f"Host: x\\r\\nAuthorization: Basic {credentials}\\r\\n\\r\\n"
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
s.sendall(f"GET /2010-04-01/Accounts/{account}.json HTTP/1.1\\r\\n{headers}".encode())
print("asked", flush=True)
s.recv(1)
"""


def test_nothing_of_the_time_before_a_reset_happens_after_it(
    simulator: RunningSimulator, twilio: Client, product: Product
) -> None:
    simulator.set_personas(overrides={ANN: "stop"}, send_delay=[20, 20], reply_delay=[0, 0], sending_share=0)
    twilio.messages.create(to=ANN, from_=OURS, body="hi", status_callback=f"{product.url}/status")
    simulator.wait(lambda counters: counters["callbacks_sent"] == 1)
    simulator.reset()
    time.sleep(0.5)
    assert [hook.form["MessageStatus"] for hook in product.hooks] == ["queued"]
    assert simulator.counters()["messages"] == 0
