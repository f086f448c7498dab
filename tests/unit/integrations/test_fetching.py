"""Pages from outside: only public addresses, within bounds, where robots.txt lets us."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from ipaddress import ip_address

import pytest

from outrider.integrations.fetching import (
    AddressRefused,
    FetchDisallowed,
    Fetcher,
    FetchError,
    FetchTimeout,
    PageRefused,
    PageTooLarge,
    PageUnavailable,
    TooManyRedirects,
    WrongContent,
    is_public,
)
from tests.stand_ins.http import Answer, Heard, HttpStandIn

HTML = {"content-type": "text/html; charset=utf-8"}
PAGE = Answer(200, b"<title>Acme</title>", HTML)
NO_ROBOTS = Answer(404, b"", HTML)


def serving(answer: Answer | None, robots: Answer | None = NO_ROBOTS, **paths: Answer) -> HttpStandIn:
    def respond(heard: Heard) -> Answer | None:
        if heard.path == "/robots.txt":
            return robots
        return paths.get(heard.path.strip("/"), answer)

    return HttpStandIn(respond)


def fetcher(server: HttpStandIn, **values: object) -> Fetcher:
    """Takes every name for the stand-in's address, which it may reach for once."""

    async def resolver(host: str, port: int) -> Sequence[str]:
        return [host if host[0].isdigit() or ":" in host else "127.0.0.1"]

    given = {"resolver": resolver, "allowed": lambda address: str(address) == "127.0.0.1", "ports": (server.port, 80, 443)}
    return Fetcher(**(given | values))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200",
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.0.192", "198.18.0.1", "168.63.129.16", "240.0.0.1",
        "::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1", "100::1",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
        "2002:7f00:1::", "2002:a9fe:a9fe::1", "2001:0:7f00:1::80ff:fffe",
    ],
)  # fmt: skip
def test_addresses_that_only_we_can_reach_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(ip_address(address))


async def test_a_page_is_fetched_as_who_we_are() -> None:
    async with serving(PAGE) as server:
        page = await fetcher(server).fetch(f"http://acme.example:{server.port}/")
    assert (page.status, page.text) == (200, "<title>Acme</title>")
    assert server.heard[-1].headers["user-agent"].startswith("Outrider/")
    assert server.heard[-1].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://acme.example/", "http://user:secret@acme.example/", "http://acme.example:22/", "http:///x",
        "gopher://acme.example/", "http://[::1", "http://acme.example:99999/", "javascript:alert(1)",
        "http://" + "a" * 3000 + "/",
    ],
)  # fmt: skip
async def test_unusual_addresses_are_refused(url: str) -> None:
    async with serving(PAGE) as server:
        with pytest.raises(AddressRefused) as refused:
            await fetcher(server).fetch(url)
        assert not refused.value.retryable
        assert not server.heard


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "169.254.169.254", "[::ffff:169.254.169.254]", "2130706433", "0x7f000001", "017700000001"]
)
async def test_private_addresses_are_refused_however_they_are_written(host: str) -> None:
    async with serving(PAGE) as server:
        with pytest.raises(FetchError) as refused:
            await Fetcher(ports=(server.port,)).fetch(f"http://{host}:{server.port}/")
        assert isinstance(refused.value, AddressRefused | PageUnavailable)
        assert not server.heard


@pytest.mark.parametrize(
    "addresses", [["10.0.0.5"], ["127.0.0.1", "10.0.0.5"], ["10.0.0.5", "127.0.0.1"], ["fe80::1%eth0"], ["::ffff:10.0.0.5"]]
)
async def test_a_name_with_one_private_address_is_refused(addresses: list[str]) -> None:
    async def resolver(host: str, port: int) -> Sequence[str]:
        return addresses

    async with serving(PAGE) as server:
        with pytest.raises(AddressRefused):
            await fetcher(server, resolver=resolver).fetch(f"http://acme.example:{server.port}/")
        assert not server.heard


async def test_the_address_that_was_checked_is_the_one_that_is_reached() -> None:
    answers = iter([["127.0.0.1"], ["127.0.0.1"], ["169.254.169.254"]])

    async def rebinding(host: str, port: int) -> Sequence[str]:
        return next(answers)

    close = {"connection": "close"}
    async with serving(Answer(200, b"x", HTML | close), Answer(404, b"", HTML | close)) as server:
        fetch = fetcher(server, resolver=rebinding)
        await fetch.fetch(f"http://acme.example:{server.port}/")
        heard = len(server.heard)
        with pytest.raises((AddressRefused, PageUnavailable)):
            await fetch.fetch(f"http://other.example:{server.port}/")
        assert len(server.heard) == heard


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/latest/meta-data/", "http://[::1]/", "file:///etc/passwd", "http://10.0.0.1/"]
)
async def test_redirects_into_private_places_are_refused(target: str) -> None:
    async with serving(Answer(302, b"", {"location": target})) as server:
        with pytest.raises(AddressRefused):
            await fetcher(server).fetch(f"http://acme.example:{server.port}/")


async def test_a_redirect_of_robots_txt_into_private_places_is_refused() -> None:
    async with serving(PAGE, robots=Answer(302, b"", {"location": "http://169.254.169.254/"})) as server:
        with pytest.raises(AddressRefused):
            await fetcher(server).fetch(f"http://acme.example:{server.port}/")


async def test_redirects_are_followed_and_end() -> None:
    async with serving(Answer(301, b"", {"location": "/there"}), there=PAGE) as server:
        assert (await fetcher(server).fetch(f"http://acme.example:{server.port}/")).url.endswith("/there")
    async with serving(Answer(301, b"", {"location": "/again"})) as server:
        with pytest.raises(TooManyRedirects):
            await fetcher(server).fetch(f"http://acme.example:{server.port}/")


async def test_what_is_too_large_is_not_read_to_its_end() -> None:
    pieces = [b"x" * 10_000] * 1000
    async with serving(Answer(200, pieces, HTML)) as server:
        with pytest.raises(PageTooLarge):
            await fetcher(server, most_bytes=50_000).fetch(f"http://acme.example:{server.port}/")


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, b"%PDF", {"content-type": "application/pdf"}),
        Answer(200, b"{}", {"content-type": "application/json"}),
        Answer(200, gzip.compress(b"0" * 10_000_000), HTML | {"content-encoding": "gzip"}),
    ],
)
async def test_what_is_no_page_is_refused(answer: Answer) -> None:
    async with serving(answer) as server:
        with pytest.raises(WrongContent):
            await fetcher(server).fetch(f"http://acme.example:{server.port}/")


async def test_a_server_that_never_ends_is_left() -> None:
    async with serving(Answer(200, [b"x"] * 1000, HTML, pause=0.05)) as server:
        with pytest.raises(FetchTimeout) as late:
            await fetcher(server, seconds=0.3).fetch(f"http://acme.example:{server.port}/")
        assert late.value.retryable


@pytest.mark.parametrize(
    ("status", "kind"), [(404, PageRefused), (403, PageRefused), (429, PageUnavailable), (503, PageUnavailable)]
)
async def test_errors_of_the_server_are_told_apart(status: int, kind: type[FetchError]) -> None:
    async with serving(Answer(status, b"", HTML)) as server:
        with pytest.raises(kind) as failed:
            await fetcher(server).fetch(f"http://acme.example:{server.port}/")
        assert failed.value.retryable is (kind is PageUnavailable)


async def test_robots_txt_is_respected() -> None:
    rules = Answer(200, b"User-agent: *\nDisallow: /private\n\nUser-agent: Outrider\nDisallow: /", {"content-type": "text/plain"})
    async with serving(PAGE, robots=rules) as server:
        with pytest.raises(FetchDisallowed):
            await fetcher(server).fetch(f"http://acme.example:{server.port}/")
        assert [heard.path for heard in server.heard] == ["/robots.txt"]


async def test_a_robots_txt_that_can_not_be_had_forbids_everything_for_now() -> None:
    async with serving(PAGE, robots=Answer(500, b"", HTML)) as server:
        with pytest.raises(FetchDisallowed):
            await fetcher(server).fetch(f"http://acme.example:{server.port}/")


async def test_robots_txt_is_asked_once() -> None:
    async with serving(PAGE) as server:
        fetch = fetcher(server)
        for _ in range(3):
            await fetch.fetch(f"http://acme.example:{server.port}/")
        assert [heard.path for heard in server.heard].count("/robots.txt") == 1
