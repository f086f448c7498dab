"""What Twilio posts to us: is it genuine, and what does it say.

A signature covers the URL that Twilio called and the parameters, so the URL is rebuilt from the configured PUBLIC_URL:
behind a proxy the Host and X-Forwarded headers are whatever the caller wrote. A signature has no date and stays valid
for ever; replays are harmless only because every effect is keyed by the message's sid.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from hmac import compare_digest
from typing import ClassVar
from urllib.parse import parse_qsl, urlsplit

from multidict import MultiDict, MultiMapping
from twilio.request_validator import (
    HMAC_SHA1,
    HMAC_SHA256,
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)

from outrider.channels.base import InboundText, StatusUpdate
from outrider.channels.twilio_rows import delivery_status
from outrider.errors import ConfigurationError, InvalidInput, PermissionDenied

EMPTY_TWIML = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'
"""The answer to an inbound text that asks the carrier for nothing."""
TWIML_CONTENT_TYPE = "text/xml"

_FORM = "application/x-www-form-urlencoded"
_MAX_PARAMETERS = 200
_MAX_MEDIA = 10
_SID = re.compile(r"(?:SM|MM)[0-9a-fA-F]{32}")
_ADDRESS = re.compile(r"[^\s\x00]{1,64}")
_MEDIA = re.compile(r"MediaUrl(\d{1,2})")


class InvalidSignature(PermissionDenied):
    """The request does not prove that the carrier sent it."""

    title: ClassVar[str] = "Not signed by the carrier"


class TwilioSignature:
    """Checks X-Twilio-Signature.

    Args:
        auth_token: the secret that Twilio signs with.
        public_url: address under which Twilio reaches us, as configured there: scheme, host, port and any path prefix
            that a proxy strips.

    Raises:
        ConfigurationError: the token is empty (anybody could sign with it), or the URL is no http(s) address.
    """

    def __init__(self, auth_token: str, public_url: str):
        if not auth_token.strip():
            raise ConfigurationError("The carrier's token is empty.", remedy="Set TWILIO_AUTH_TOKEN.")
        self._validator = RequestValidator(auth_token)
        self._base = _checked(public_url)

    def verify(self, path_and_query: str, headers: Mapping[str, str], body: bytes, content_type: str | None) -> MultiMapping[str]:
        """The parameters of a genuine request, repeated ones kept.

        Form POST: those of the body. GET: those of the query. A body of another type (JSON) is proven by the hash in
        the query, and the parameters are empty: read the body.

        Args:
            path_and_query: as it stood in the request line, still percent-encoded, without the prefix of PUBLIC_URL.
            headers: names in any case.

        Raises:
            InvalidSignature: always the same error, whatever is wrong.
        """
        given = {name.lower(): value for name, value in headers.items()}
        signature = given.get(SIGNATURE_HEADER.lower(), "")
        algorithm = get_signature_algorithm(given.get(SIGNATURE_SETTINGS_HEADER.lower(), "")).upper()
        if algorithm not in (HMAC_SHA1, HMAC_SHA256) or not path_and_query.startswith("/"):
            raise _refused()
        _, _, query = path_and_query.partition("?")
        is_form = (content_type or "").partition(";")[0].strip().lower() == _FORM
        if body and not is_form and not _hash_matches(query, body):
            raise _refused()
        signed = _parameters(body) if is_form else MultiDict[str]()
        if not self._validator.validate(self._base + path_and_query, signed, signature, algorithm):
            raise _refused()
        return signed if body else _parameters(query.encode())


def parse_inbound(params: MultiMapping[str]) -> InboundText:
    """A text that somebody sent us.

    Raises:
        InvalidInput: a field without which there is no text is missing or malformed; names it.
    """
    return InboundText(
        carrier_sid=_sid(params),
        from_=_address(params, "From"),
        to=_address(params, "To"),
        body=_clean(params.get("Body", "")),
        messaging_service_sid=_optional(params, "MessagingServiceSid"),
        media_urls=_media_urls(params),
        opt_out_type=_optional(params, "OptOutType"),
        city=_optional(params, "FromCity"),
        state=_optional(params, "FromState"),
        zip=_optional(params, "FromZip"),
        country=_optional(params, "FromCountry"),
        segments=_number(params, "NumSegments"),
    )


def parse_status(params: MultiMapping[str], query: Mapping[str, str]) -> StatusUpdate:
    """A report on a text we sent. `query` is that of the callback's URL, where the attempt token stands.

    Raises:
        InvalidInput: sid or status is missing or malformed; names the field.
    """
    word = params.get("MessageStatus") or params.get("SmsStatus")
    status = delivery_status(word)
    if status is None:
        raise InvalidInput.on("MessageStatus", f"{word!r} is no delivery status.")
    return StatusUpdate(_sid(params), status, _number(params, "ErrorCode"), _clean(query.get("token", "")) or None)


def _checked(public_url: str) -> str:
    remedy = "Set PUBLIC_URL to the address that Twilio calls, as https://outrider.example.com."
    try:
        parts = urlsplit(public_url)
        is_usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise ConfigurationError(f"PUBLIC_URL can't be read: {error}.", remedy=remedy) from error
    if not is_usable or parts.query or parts.fragment or parts.username:
        raise ConfigurationError(f"PUBLIC_URL {public_url!r} is no plain http(s) address.", remedy=remedy)
    return public_url.rstrip("/")


def _hash_matches(query: str, body: bytes) -> bool:
    hashes = [value for name, value in parse_qsl(query) if name == "bodySHA256"]
    return len(hashes) == 1 and compare_digest(hashes[0].lower().encode(), sha256(body).hexdigest().encode())


def _parameters(encoded: bytes) -> MultiDict[str]:
    """Every parameter, also empty and repeated ones; what can't be decoded can't have been signed."""
    try:
        return MultiDict(parse_qsl(encoded.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MAX_PARAMETERS))
    except ValueError as error:
        raise _refused() from error


def _refused() -> InvalidSignature:
    return InvalidSignature(
        "The request's signature does not match.",
        remedy="PUBLIC_URL must be exactly the address that the carrier calls, and TWILIO_AUTH_TOKEN the account's.",
    )


def _sid(params: MultiMapping[str]) -> str:
    sid = params.get("MessageSid") or params.get("SmsSid") or ""
    if not _SID.fullmatch(sid):
        raise InvalidInput.on("MessageSid", "is missing or no message sid.", "SM or MM and 32 hexadecimal digits.")
    return sid


def _address(params: MultiMapping[str], name: str) -> str:
    value = params.get(name, "").strip()
    if not _ADDRESS.fullmatch(value):
        raise InvalidInput.on(name, "is missing or no address.", "A phone number, short code or channel address.")
    return value


def _optional(params: MultiMapping[str], name: str) -> str | None:
    return _clean(params.get(name, "")) or None


def _number(params: MultiMapping[str], name: str) -> int | None:
    value = params.get(name, "").strip()
    if not value:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) < 10):
        raise InvalidInput.on(name, "is no number.")
    return int(value)


def _media_urls(params: MultiMapping[str]) -> tuple[str, ...]:
    """Addresses of the attached media, in Twilio's numbering. Only the present ones count, not what NumMedia claims."""
    found = {int(match[1]): url for name in params if (match := _MEDIA.fullmatch(name)) and (url := _clean(params[name]))}
    return tuple(found[number] for number in sorted(found)[:_MAX_MEDIA])


def _clean(text: str) -> str:
    """Without NUL characters, which PostgreSQL can't store."""
    return text.replace("\x00", "")
