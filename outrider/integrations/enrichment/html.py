"""What a page says about itself: title, description, schema.org data, ways of contact. Nothing in it is run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import orjson

from outrider.integrations.enrichment.base import clean_value

ORGANIZATIONS = re.compile(r"(?:Organization|Corporation|LocalBusiness|Company|Store|Agent|Service|Dentist|Restaurant)$")
"""Ends of the names of schema.org's types for companies."""
CONTACT = re.compile(r"contact|about|impressum|imprint|kontakt|contacto|nosotros|a-propos|ueber-uns", re.IGNORECASE)
SOCIAL_HOSTS = ("linkedin.com", "facebook.com", "instagram.com", "x.com", "twitter.com", "youtube.com", "github.com")
MOST_LINKS = 2_000
LONGEST_TITLE = 2_000
TAG = re.compile(
    r"""<(?:!--|(title|meta|a|script)(?=[\s/>])((?:[^<>"']{1,500}|"[^"]{0,1500}"|'[^']{0,1500}'){0,60}+)>)""", re.IGNORECASE
)
"""A comment's begin, or a tag with its attributes; every part is bounded."""
ATTRIBUTE = re.compile(r"""([a-zA-Z:-]{1,40})\s{0,9}=\s{0,9}(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))""")
MOST_BLOCKS = 20
LARGEST_BLOCK = 200_000
MOST_NODES = 500
DEEPEST = 12


@dataclass(slots=True)
class PageFacts:
    title: str = ""
    site_name: str = ""
    description: str = ""
    organizations: list[Mapping[str, Any]] = field(default_factory=list)
    """schema.org objects that describe a company."""
    emails: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    contact_pages: list[str] = field(default_factory=list)
    """Of the same site."""
    social: list[str] = field(default_factory=list)


def read_page(html: str, url: str) -> PageFacts:
    """What the page says; parts that can't be read are left out. Takes time in proportion to the page, whatever is in it."""
    page = _Reader(html, url)
    at = 0
    while (found := TAG.search(html, at)) is not None:
        at = page.take(found)
    return page.finished()


class _Reader:
    """Takes the few tags that matter. The parser of the standard library can be made to take the square of a page's length."""

    def __init__(self, html: str, url: str):
        self._html = html
        self._url = url
        self._facts = PageFacts()
        self._blocks = 0
        self._links = 0

    def take(self, found: re.Match[str]) -> int:
        """Read one tag; returns where to look on."""
        tag, end = (found[1] or "").lower(), found.end()
        if not tag:
            return self._after("-->", end)
        given = {one[1].lower(): unescape(one[2] or one[3] or one[4] or "") for one in ATTRIBUTE.finditer(found[2])}
        match tag:
            case "meta":
                self._meta(given)
            case "a":
                self._link(given.get("href", ""))
            case "title" if not self._facts.title:
                self._facts.title = clean_value(unescape(self._html[end : end + LONGEST_TITLE].partition("<")[0]))
            case "script":
                after = self._after("</script", end)
                if given.get("type", "").lower() == "application/ld+json":
                    self._block(self._html[end:after].rpartition("<")[0])
                return after
        return end

    def finished(self) -> PageFacts:
        facts = self._facts
        for name in ("emails", "phones", "contact_pages", "social"):
            setattr(facts, name, list(dict.fromkeys(getattr(facts, name)))[:5])
        return facts

    def _after(self, mark: str, at: int) -> int:
        """Behind the next mark; what is not closed goes to the end."""
        place = self._html.find(mark, at)
        return len(self._html) if place < 0 else place + len(mark)

    def _block(self, text: str) -> None:
        self._blocks += 1
        if self._blocks <= MOST_BLOCKS:
            self._facts.organizations += _organizations(text)

    def _meta(self, given: Mapping[str, str]) -> None:
        name = (given.get("name") or given.get("property") or "").lower()
        content = clean_value(given.get("content", ""))
        if name == "description" or (name == "og:description" and not self._facts.description):
            self._facts.description = content
        elif name == "og:site_name":
            self._facts.site_name = content

    def _link(self, href: str) -> None:
        self._links += 1
        if self._links > MOST_LINKS or not href:
            return
        if href.lower().startswith("mailto:"):
            self._facts.emails.append(clean_value(unquote(href[7:].partition("?")[0])).lower())
        elif href.lower().startswith("tel:"):
            self._facts.phones.append(clean_value(unquote(href[4:])))
        else:
            self._page_link(href)

    def _page_link(self, href: str) -> None:
        try:
            whole = urljoin(self._url, href)
            parts, ours = urlsplit(whole), urlsplit(self._url)
            host = parts.hostname or ""
        except ValueError:
            return
        if parts.scheme not in ("http", "https") or len(whole) > 500:
            return
        if host == ours.hostname and CONTACT.search(parts.path):
            self._facts.contact_pages.append(whole.partition("#")[0])
        elif any(host == known or host.endswith(f".{known}") for known in SOCIAL_HOSTS) and len(parts.path) > 1:
            self._facts.social.append(f"https://{host}{parts.path}".rstrip("/"))


def _organizations(text: str) -> list[Mapping[str, Any]]:
    if len(text) > LARGEST_BLOCK:
        return []
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return []
    nodes = list(_nodes(found, 0))[:MOST_NODES]
    return [node for node in nodes if any(ORGANIZATIONS.search(kind) for kind in kinds_of(node))][:5]


def _nodes(value: object, depth: int) -> Iterator[Mapping[str, Any]]:
    if depth > DEEPEST:
        return
    if isinstance(value, dict):
        yield value
        for name in ("@graph", "publisher", "mainEntity", "about"):
            yield from _nodes(value.get(name), depth + 1)
    elif isinstance(value, list):
        for item in value[:MOST_NODES]:
            yield from _nodes(item, depth + 1)


def kinds_of(node: Mapping[str, Any]) -> list[str]:
    """Names of a schema.org object's types."""
    kinds = node.get("@type")
    return [kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)]
