"""Links, e-mail addresses and phone numbers in an answer: none may be in it that nobody told the agent.

Every pattern is bounded: what it takes grows in proportion to the text, whatever a lead or a model writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

SCHEME = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
HOST = re.compile(r"(?<![\w-])[\w-]{1,63}+(?:\.[\w-]{1,63}+){1,10}+(?:/\S*+)?")
"""A host and its path. It begins where a label begins and gives nothing back, so that no place is looked at twice."""
TOP_LEVEL = frozenset("com net org io co me info biz ly gl link app dev ai xyz shop site top online".split())  # noqa: SIM905
TOP_LEVEL_LIKE = re.compile(r"[a-z]{2,24}")
"""A sentence that lacks the space after its full stop goes on with a capital."""
FIRST_LABEL = re.compile(r"[\w-]*?[a-zA-Z][\w-]")
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}+@[\w-]{1,63}+(?:\.[\w-]{1,63}+){1,8}+")
PHONE = re.compile(r"\+?\d(?:[\s()./_*,-]{0,3}\d){8,14}")
LOCAL_PHONE = re.compile(r"(?<![\d-])\d{3}[-.]\d{4}(?![\d-])")
"""A number without its area, as North Americans write it."""
SHORT_CODE = re.compile(
    r"\b(?:text|send|txt|sms|envi[ae]\w{0,2}|mande\w?|envoyez)\b[^.?!]{1,30}?\b(?:to|al|au|a)\s(\d{4,6})\b", re.IGNORECASE
)
DIGIT = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|un|deux"
DIGIT += r"|trois|quatre|cinq|sept|huit|neuf)"
SPOKEN_PHONE = re.compile(rf"\b{DIGIT}(?:[\s,-]{{1,3}}{DIGIT}){{5,}}\b", re.IGNORECASE)
DATE = re.compile(r"\b\d{1,2}([./-])\d{1,2}\1\d{2,4}\b|\b\d{4}-\d{2}-\d{2}\b")
DISGUISED_LINK = re.compile(
    r"\bh[tx]{2}ps?\b|\b[\w-]{2,40}\s?[(\[{]\s?(?:\.|dot|punto|point)\s?[)\]}]\s?\w{2,24}"
    r"|\b[\w-]{2,40} (?:dot|punto|point) (?:com|net|org|io|info|biz|xyz)\b"
    r"|\b[\w-]{2,40}(?:\s+\.\s*|\.\s+)(?:com|net|org|xyz)\b"
    r"|\b(?:\d{1,3}\.){3}\d{1,3}\b|//[\w-]+\.\w|\b(?:javascript|data|tel|mailto|ftp|file|intent):\S"
)
"""Addresses written so that only people take them for ones, and those that open something else than a page."""
CLOSING = ".,;:!?…)]}>\"'’”»*_"
"""What ends a sentence or a bracket around an address."""


def links(text: str) -> Iterator[str]:
    """Addresses as phones make links of them, without what closes the sentence around them."""
    for match in SCHEME.finditer(text):
        yield match[0].rstrip(CLOSING)
    for match in HOST.finditer(text):
        if found := _link(match[0]):
            yield found.rstrip(CLOSING)


def emails(text: str) -> Iterator[str]:
    for match in EMAIL.finditer(text):
        yield match[0].rstrip(CLOSING)


def invented(text: str, links_told: Iterable[str], all_told: Iterable[str], allowed_hosts: Iterable[str] = ()) -> str | None:
    """The first address or number in `text` that was not told.

    Args:
        links_told: texts whose links may be repeated.
        all_told: texts whose e-mail addresses and phone numbers may be repeated.
        allowed_hosts: hosts that may be named whoever tells of them.
    """
    linked, told = " ".join(links_told).lower(), " ".join(all_told).lower()
    numbers = {_digits(found) for found in PHONE.findall(told)}
    hosts = [host.lower().strip() for host in allowed_hosts if host.strip()]
    mails = list(emails(text))
    unknown = [address for address in mails if not _occurs(address.lower(), told)]
    for link in links(text):
        is_of_mail = any(link in mail for mail in mails)
        if not is_of_mail and not _occurs(link.lower(), linked) and not _is_on(link.lower(), hosts):
            unknown.append(link)
    unknown += [found for found in _disguised(text) if found.lower() not in linked]
    dateless = DATE.sub(" ", text)
    unknown += [number for number in PHONE.findall(dateless) if _digits(number) not in numbers]
    unknown += [number for number in LOCAL_PHONE.findall(dateless) if number not in told]
    unknown += [found for found in (*SHORT_CODE.findall(text), *_spoken(text)) if found.lower() not in told]
    return unknown[0] if unknown else None


def _disguised(text: str) -> Iterator[str]:
    for match in DISGUISED_LINK.finditer(text):
        # “http” and “https” alone are the beginning of addresses that `links` knows.
        if match[0].lower() not in ("http", "https"):
            yield match[0]


def _spoken(text: str) -> Iterator[str]:
    for match in SPOKEN_PHONE.finditer(text):
        yield match[0]


def _link(found: str) -> str | None:
    """The part of `host.name/path` that a phone would make a link of."""
    host, slash, path = found.partition("/")
    labels = host.split(".")
    for end in range(len(labels), 1, -1):
        last = labels[end - 1]
        looks_like_one = TOP_LEVEL_LIKE.fullmatch(last) is not None and FIRST_LABEL.match(labels[0]) is not None
        if last.lower() in TOP_LEVEL or looks_like_one:
            return ".".join(labels[:end]) + (slash + path if end == len(labels) else "")
    return None


def _occurs(address: str, known: str) -> bool:
    """Whether the address was told as a whole, or as the beginning of a longer one of the same host."""
    pattern = rf"(?<![\w.+-])(?:www\.)?{re.escape(address)}(?![\w-]|\.\w)"
    return re.search(pattern, known) is not None


def _is_on(link: str, hosts: Iterable[str]) -> bool:
    """Whether the link is on one of the hosts, or on a part of one."""
    host = re.sub(r"^https?://", "", link).removeprefix("www.").split("/")[0].split("?")[0].split(":")[0]
    return any(host == allowed or host.endswith(f".{allowed}") for allowed in hosts)


def _digits(number: str) -> str:
    """A number however it is written, in North America with or without the country's 1."""
    return re.sub(r"\D", "", number).removeprefix("1")
