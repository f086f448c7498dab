"""Reading what a messaging webhook answers."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree

_XML_TYPES = frozenset({"text/xml", "application/xml", "text/html"})
_LARGEST = 64 * 1024


class BadTwiml(Exception):
    """An answer that Twilio would report in its debugger; `code` is 12100, 12200 or 12300."""

    def __init__(self, code: int, problem: str):
        super().__init__(f"{code}: {problem}")
        self.code = code


@dataclass(frozen=True)
class TwimlMessage:
    """One `<Message>`: a text to send. Empty `to` means whoever wrote."""

    body: str
    media: tuple[str, ...] = ()
    to: str = ""
    sender: str = ""
    status_callback: str = ""


def read_answer(content_type: str, content: bytes) -> list[TwimlMessage]:
    """Texts that the answer asks for.

    XML is read as TwiML; a plain text is itself sent to the person; an empty answer asks for nothing.

    Raises:
        BadTwiml: another content type (12300), no XML (12100), an element that messaging does not know (12200).
    """
    if not content.strip():
        return []
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "text/plain":
        return [TwimlMessage(content.decode("utf-8", "replace").strip())]
    if kind not in _XML_TYPES:
        raise BadTwiml(12300, f"content type {kind or 'missing'}")
    if len(content) > _LARGEST:
        raise BadTwiml(12100, "document too large")
    try:
        root = ElementTree.fromstring(content)  # noqa: S314  expat limits entity expansion, the size is bounded
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise BadTwiml(12100, str(error)) from error
    if root.tag != "Response":
        raise BadTwiml(12100, f"the root is <{root.tag}>, not <Response>")
    return [_read_message(verb) for verb in root]


def _read_message(verb: ElementTree.Element) -> TwimlMessage:
    if verb.tag not in ("Message", "Sms"):
        raise BadTwiml(12200, f"<{verb.tag}> is not supported for messages")
    nested = [child.text or "" for child in verb if child.tag == "Body"]
    return TwimlMessage(
        body=("".join(nested) if nested else verb.text or "").strip(),
        media=tuple((child.text or "").strip() for child in verb if child.tag == "Media"),
        to=verb.get("to", ""),
        sender=verb.get("from", ""),
        status_callback=verb.get("statusCallback", verb.get("action", "")),
    )
