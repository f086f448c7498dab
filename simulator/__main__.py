"""`python -m simulator`: run the carrier."""

from __future__ import annotations

import argparse
import os
import sys

from simulator.errors import BadControl
from simulator.faults import SWITCHES, Faults
from simulator.numbers import normalize
from simulator.options import DEFAULT_ACCOUNT_SID, DEFAULT_AUTH_TOKEN, DEFAULT_NUMBERS, DEFAULT_WEBHOOK_URL, Options
from simulator.personas import DEFAULT_MIX, Behaviour
from simulator.server import serve
from simulator.webhooks import is_webhook_url


def main() -> None:
    arguments = _parser().parse_args()
    try:
        options = _options(arguments)
    except BadControl as error:
        sys.exit(f"simulator: {error}")
    try:
        serve(options, arguments.host, arguments.port)
    except OSError as error:
        sys.exit(f"simulator: can't listen on {arguments.host}:{arguments.port}: {error}")


def _parser() -> argparse.ArgumentParser:
    faults = "\n".join(f"  {name:22} {switch.meaning}" for name, switch in SWITCHES.items())
    personas = "  " + " ".join(f"{name}={share}" for name, share in DEFAULT_MIX.items())
    parser = argparse.ArgumentParser(
        "python -m simulator",
        description="A local carrier that behaves as Twilio does for messaging.",
        epilog=f"faults:\n{faults}\n\npersonas and their default shares:\n{personas}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1")
    add("--port", type=int, default=8010, help='0 takes a free port; it is printed as {"port": …} when ready')
    add("--account-sid", default=os.environ.get("SIMULATOR_ACCOUNT_SID", DEFAULT_ACCOUNT_SID), help="also SIMULATOR_ACCOUNT_SID")
    add("--auth-token", default=os.environ.get("SIMULATOR_AUTH_TOKEN", DEFAULT_AUTH_TOKEN), help="also SIMULATOR_AUTH_TOKEN")
    add("--webhook-url", default=DEFAULT_WEBHOOK_URL, help="where texts to our numbers are delivered; empty: nowhere")
    add("--numbers", default=",".join(DEFAULT_NUMBERS), help="the account's numbers, comma-separated")
    add("--rate", type=float, default=Options.rate, help="segments per second that each number sends")
    add("--api-rate", type=float, default=Options.api_rate, help="creates per second accepted for each number; 0: no limit")
    add("--api-concurrency", type=int, default=Options.api_concurrency, help="API requests in progress before 429")
    add("--callback-concurrency", type=int, default=Options.callback_concurrency, help="status callbacks in progress at once")
    add("--seed", type=int, default=0, help="people, faults and delays follow from it")
    add("--speed", type=float, default=1.0, help="divides the delays of network and people")
    add("--fault", action="append", default=[], metavar="NAME=VALUE", help="may be repeated")
    add("--persona", action="append", default=[], metavar="NAME=SHARE", help="may be repeated; replaces the default mix")
    return parser


def _options(arguments: argparse.Namespace) -> Options:
    """Raises BadControl, naming the option that can't be used."""
    numbers = tuple(part.strip() for part in arguments.numbers.split(",") if part.strip())
    for number in numbers:
        if normalize(number) != number:
            raise BadControl(f"--numbers: {number!r} is not a phone number in E.164; write it as +12025550143")
    if arguments.webhook_url and not is_webhook_url(arguments.webhook_url):
        raise BadControl(f"--webhook-url: {arguments.webhook_url!r} is not an http(s) address")
    for name in ("rate", "speed"):
        if getattr(arguments, name) <= 0:
            raise BadControl(f"--{name}: must be more than 0")
    faults, mix = _pairs("--fault", arguments.fault), _pairs("--persona", arguments.persona)
    Faults.check(faults)
    if mix:
        Behaviour().changed({"mix": mix})
    return Options(
        account_sid=arguments.account_sid,
        auth_token=arguments.auth_token,
        webhook_url=arguments.webhook_url,
        numbers=numbers,
        rate=arguments.rate,
        api_rate=arguments.api_rate,
        api_concurrency=arguments.api_concurrency,
        callback_concurrency=arguments.callback_concurrency,
        seed=arguments.seed,
        speed=arguments.speed,
        faults=faults,
        mix=mix,
    )


def _pairs(option: str, texts: list[str]) -> dict[str, float]:
    pairs = {}
    for text in texts:
        name, _, value = text.partition("=")
        try:
            pairs[name] = float(value)
        except ValueError as error:
            raise BadControl(f"{option} {text}: must be NAME=NUMBER") from error
    return pairs


if __name__ == "__main__":
    main()
