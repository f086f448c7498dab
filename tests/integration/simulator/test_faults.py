from __future__ import annotations

import base64
import http.client
import time
from contextlib import closing
from urllib.parse import urlencode

import httpx
import pytest
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from simulator.testing import RunningSimulator

from .conftest import ANN, OURS, Product


def create(simulator: RunningSimulator, timeout: float = 60.0, **more: str) -> httpx.Response:
    return httpx.post(
        f"{simulator.base_url}/2010-04-01/Accounts/{simulator.account_sid}/Messages.json",
        auth=(simulator.account_sid, simulator.auth_token),
        data={"To": ANN, "From": OURS, "Body": "hi", **more},
        timeout=timeout,
        trust_env=False,
    )


def test_429_is_not_accepted(simulator: RunningSimulator) -> None:
    simulator.set_faults(**{"429": 1})
    response = create(simulator)
    assert (response.status_code, response.json()["code"], response.headers["retry-after"]) == (429, 20429, "1")
    counters = simulator.counters()
    assert (counters["creates_accepted"], counters["creates_refused"], counters["faults"]) == (0, {"20429": 1}, {"429": 1})


def test_500_before_accept(simulator: RunningSimulator) -> None:
    simulator.set_faults(**{"500_before_accept": 1})
    assert create(simulator).status_code == 500
    assert simulator.counters()["creates_accepted"] == 0


def test_500_after_accept(simulator: RunningSimulator, twilio: Client) -> None:
    simulator.set_faults(**{"500_after_accept": 1})
    assert create(simulator).status_code == 500
    assert simulator.wait_until_idle()["delivered"] == 1
    assert len(twilio.messages.list(to=ANN)) == 1


@pytest.mark.parametrize(("fault", "accepted"), [("reset_before_accept", 0), ("reset_after_accept", 1)])
def test_resets(simulator: RunningSimulator, fault: str, accepted: int) -> None:
    simulator.set_faults(**{fault: 1})
    with pytest.raises(httpx.ReadError) as reset:
        create(simulator)
    assert "reset" in str(reset.value).lower()
    counters = simulator.counters()
    assert (counters["creates_accepted"], counters["faults"]) == (accepted, {fault: 1})
    assert simulator.wait_until_idle()["delivered"] == accepted


def test_timeout_after_accept(simulator: RunningSimulator) -> None:
    simulator.set_faults(timeout_after_accept=1)
    with pytest.raises(httpx.ReadTimeout):
        create(simulator, timeout=0.3)
    assert simulator.wait_until_idle()["delivered"] == 1


def test_a_silent_connection_is_cut_in_the_end(simulator: RunningSimulator) -> None:
    simulator.set_faults(timeout_after_accept=1, timeout_seconds=0.3)
    started = time.monotonic()
    with pytest.raises(httpx.ReadError):
        create(simulator)
    assert time.monotonic() - started > 0.25


def test_a_client_that_gives_up_does_not_undo_its_request(simulator: RunningSimulator) -> None:
    simulator.set_faults(slow_seconds=0.4)
    with closing(http.client.HTTPConnection("127.0.0.1", httpx.URL(simulator.base_url).port)) as connection:
        login = base64.b64encode(f"{simulator.account_sid}:{simulator.auth_token}".encode()).decode()
        headers = {"Authorization": f"Basic {login}", "Content-Type": "application/x-www-form-urlencoded"}
        form = urlencode({"To": ANN, "From": OURS, "Body": "hi"})
        connection.request("POST", f"/2010-04-01/Accounts/{simulator.account_sid}/Messages.json", form, headers)
    simulator.set_faults(slow_seconds=0)
    assert simulator.wait(lambda counters: counters["creates_accepted"] == 1)


def test_the_list_lags(simulator: RunningSimulator, twilio: Client) -> None:
    simulator.set_faults(list_lag_seconds=3600)
    sid = twilio.messages.create(to=ANN, from_=OURS, body="hi").sid
    simulator.text(ANN, "hello")
    assert twilio.messages.list() == []
    assert twilio.messages(sid).fetch().sid == sid
    assert len(simulator.messages()) == 2
    simulator.set_faults(list_lag_seconds=0)
    assert len(twilio.messages.list()) == 2


def test_the_list_fails(simulator: RunningSimulator, twilio: Client) -> None:
    simulator.set_faults(list_fails=1)
    with pytest.raises(TwilioException):  # the SDK's paging does not say which status it met
        twilio.messages.list()
    assert simulator.counters()["faults"] == {"list_fails": 1}


def test_callbacks_are_duplicated_dropped_and_mixed_up(simulator: RunningSimulator, product: Product) -> None:
    simulator.set_personas(sending_share=0)
    simulator.set_faults(callback_duplicates=3)
    sid = create(simulator, StatusCallback=f"{product.url}/status").json()["sid"]
    assert simulator.wait_until_idle()["callbacks_sent"] == 9
    assert product.statuses(sid) == ["queued"] * 3 + ["sent"] * 3 + ["delivered"] * 3
    assert len({hook.headers["I-Twilio-Idempotency-Token"] for hook in product.hooks}) == 6

    simulator.set_faults(callback_duplicates=0, callback_shuffle=0.5)
    sids = [create(simulator, StatusCallback=f"{product.url}/status").json()["sid"] for _ in range(10)]
    simulator.wait_until_idle()
    orders = [product.statuses(sid) for sid in sids]
    assert all(sorted(order) == ["delivered", "queued", "sent"] for order in orders)
    assert any(order != ["queued", "sent", "delivered"] for order in orders)

    product.hooks.clear()
    simulator.set_faults(callback_shuffle=0, callback_drop=1)
    create(simulator, StatusCallback=f"{product.url}/status")
    assert simulator.wait_until_idle()["callbacks_dropped"] == 3
    assert product.hooks == []


def test_inbound_webhooks_are_dropped_but_listed(simulator: RunningSimulator, twilio: Client, product: Product) -> None:
    simulator.set_faults(inbound_drop=1)
    simulator.text(ANN, "STOP")
    counters = simulator.wait_until_idle()
    assert (counters["inbound_webhooks_dropped"], counters["opted_out"]) == (1, 1)
    assert product.hooks == []
    assert [message.body for message in twilio.messages.list(to=OURS)] == ["STOP"]


def test_too_many_requests_at_once(simulator: RunningSimulator) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from simulator.testing import running_simulator

    with running_simulator(api_concurrency=2, fault={"slow_seconds": 0.5}) as narrow, ThreadPoolExecutor(4) as pool:
        codes = sorted(response.status_code for response in pool.map(lambda _: create(narrow), range(4)))
        assert codes == [201, 201, 429, 429]
        counters = narrow.counters()
        assert (counters["creates_requested"], counters["creates_refused"]) == (4, {"20429": 2})
