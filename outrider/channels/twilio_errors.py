"""Twilio's error codes: what each means for the next step, in plain words.

Codes come back at once with a 4xx (synchronous) or later in a status callback (asynchronous); one table serves
both. Twilio keeps splitting codes into finer ones and advises against hard logic on them (changelog 2024-07-10),
so a code that is missing here is never an error: it is classified by its HTTP status and shown.
Source: twilio.com/docs/api/errors.
"""

from __future__ import annotations

from typing import NamedTuple

from outrider.channels.base import ErrorClass

PERMANENT, RETRYABLE, OPT_OUT, SENDER = ErrorClass.PERMANENT, ErrorClass.RETRYABLE, ErrorClass.OPT_OUT, ErrorClass.SENDER


class KnownError(NamedTuple):
    error_class: ErrorClass
    name: str
    advice: str


_CHECK_CREDENTIALS = "Compare TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN with the Twilio console."
_ACCOUNT = "Look at the account's state and balance in the Twilio console."
_CHECK_FROM = "Use a number that this account owns and that can send texts."
_CHECK_SERVICE = "Check the messaging service and its senders in the Twilio console."
_CHECK_TO = "Check the lead's number."
_VERIFY = "Verify the number with Twilio or upgrade the account."
_SHORTEN = "Shorten the text."
_SLOWER = "Nothing to do: it is tried again later. If it keeps happening, lower the sender's rate."
_LATER = "Nothing to do: a later attempt may succeed."
_REGISTER = "Complete the registration of this sender in the Twilio console."
_REWORD = "Reword the text: name your company, avoid shortened links, and check that the recipient agreed."
_TOMORROW = "It can leave tomorrow. Ask for a higher cap if this happens often."
_NOT_AGAIN = "It may have arrived, so it is not sent again by itself."
_CALL_INSTEAD = "Call this lead instead, or ask for a mobile number."
_GEO = "Allow the country in the geo permissions of the Twilio account."
_OUR_REQUEST = "The request itself is at fault. Check PUBLIC_URL and the sender's settings."

KNOWN: dict[int, KnownError] = {
    # The account
    10001: KnownError(SENDER, "Account is not active", _ACCOUNT),
    20003: KnownError(SENDER, "Credentials refused", _CHECK_CREDENTIALS),
    20005: KnownError(SENDER, "Account is not active", _ACCOUNT),
    20006: KnownError(SENDER, "Access denied", _CHECK_CREDENTIALS),
    20008: KnownError(SENDER, "Test credentials can't do this", "Use the live credentials of the account."),
    20404: KnownError(SENDER, "Account or resource not found", _CHECK_CREDENTIALS),
    20429: KnownError(RETRYABLE, "Too many requests", _SLOWER),
    21730: KnownError(RETRYABLE, "Twilio is under maintenance", _LATER),
    30002: KnownError(SENDER, "Account suspended", _ACCOUNT),
    63017: KnownError(RETRYABLE, "Account sends faster than allowed", _SLOWER),
    63038: KnownError(RETRYABLE, "Daily message limit of the account reached", _TOMORROW),
    # The recipient, refused at once
    21211: KnownError(PERMANENT, "Not a valid phone number", _CHECK_TO),
    21217: KnownError(PERMANENT, "Not a valid phone number", _CHECK_TO),
    21214: KnownError(PERMANENT, "Number can't be reached", _CHECK_TO),
    21215: KnownError(PERMANENT, "Calls to this country are not allowed", _GEO),
    21216: KnownError(PERMANENT, "Calls to this number are not allowed", _CHECK_TO),
    21219: KnownError(PERMANENT, "Trial account: number is not verified", _VERIFY),
    21265: KnownError(PERMANENT, "A short code can't receive texts", _CHECK_TO),
    21408: KnownError(PERMANENT, "Texts to this country are not allowed", _GEO),
    21604: KnownError(PERMANENT, "No recipient", _CHECK_TO),
    21608: KnownError(PERMANENT, "Trial account: number is not verified", _VERIFY),
    21610: KnownError(OPT_OUT, "Recipient has opted out", "Only the recipient can undo this, by texting START."),
    21612: KnownError(PERMANENT, "No route from this sender to this number", "Reach this lead from another sender."),
    21614: KnownError(PERMANENT, "Not a mobile number", _CALL_INSTEAD),
    21635: KnownError(PERMANENT, "Landline", _CALL_INSTEAD),
    # The text
    21602: KnownError(PERMANENT, "Text is empty", "Write a text."),
    21605: KnownError(PERMANENT, "Text is too long", _SHORTEN),
    21617: KnownError(PERMANENT, "Text is longer than 1,600 characters", _SHORTEN),
    21618: KnownError(PERMANENT, "Text can't be sent", _REWORD),
    21619: KnownError(PERMANENT, "Text is empty", "Write a text."),
    21620: KnownError(PERMANENT, "Media address is not valid", "Check the address of the picture or file."),
    21623: KnownError(PERMANENT, "Too many media files", "Attach at most ten."),
    21624: KnownError(PERMANENT, "Validity period is not valid", _OUR_REQUEST),
    90007: KnownError(PERMANENT, "Validity period is not valid", _OUR_REQUEST),
    # The sender, refused at once
    21210: KnownError(SENDER, "Caller number is not verified", "Use a number that this account owns or has verified."),
    21212: KnownError(SENDER, "Not a valid sender number", _CHECK_FROM),
    21213: KnownError(SENDER, "No sender number", _CHECK_FROM),
    21601: KnownError(SENDER, "Sender can't send texts", _CHECK_FROM),
    21603: KnownError(SENDER, "No sender", "Set TWILIO_FROM_NUMBER or TWILIO_MESSAGING_SERVICE_SID."),
    21606: KnownError(SENDER, "Sender can't be used", _CHECK_FROM),
    21609: KnownError(SENDER, "Status callback address is not valid", "Set PUBLIC_URL to a public address without underscores."),
    21611: KnownError(RETRYABLE, "Sender's queue is full", _SLOWER),
    21659: KnownError(SENDER, "Sender is not a Twilio number", _CHECK_FROM),
    21660: KnownError(SENDER, "Sender belongs to another account", _CHECK_FROM),
    21661: KnownError(SENDER, "Sender can't send texts", _CHECK_FROM),
    21701: KnownError(SENDER, "Messaging service does not exist", _CHECK_SERVICE),
    21703: KnownError(SENDER, "Messaging service has no usable sender", _CHECK_SERVICE),
    21704: KnownError(SENDER, "Messaging service has no senders", _CHECK_SERVICE),
    21705: KnownError(SENDER, "Messaging service is not valid", _CHECK_SERVICE),
    21711: KnownError(SENDER, "Sender is not part of the messaging service", _CHECK_SERVICE),
    21729: KnownError(SENDER, "Registered campaign is suspended", _REGISTER),
    # Delivery
    30001: KnownError(RETRYABLE, "Queue overflow", _SLOWER),
    30003: KnownError(RETRYABLE, "Phone is off or out of reach", _LATER),
    30004: KnownError(PERMANENT, "Blocked by the recipient or their carrier", "Don't text this number again."),
    30005: KnownError(PERMANENT, "Number is not in service", _CHECK_TO),
    30006: KnownError(PERMANENT, "Landline or unreachable carrier", _CALL_INSTEAD),
    30007: KnownError(PERMANENT, "Filtered as unwanted", _REWORD),
    30008: KnownError(PERMANENT, "Failed for an unknown reason", _NOT_AGAIN),
    30010: KnownError(SENDER, "Costs more than the highest allowed price", "Raise the highest price on the Twilio account."),
    30011: KnownError(PERMANENT, "Recipient can't receive pictures", "Send the text without media."),
    30017: KnownError(RETRYABLE, "Carrier's network is congested", _LATER),
    30019: KnownError(PERMANENT, "Too large for the carrier", _SHORTEN),
    30022: KnownError(RETRYABLE, "Rate of the registered campaign exceeded", _SLOWER),
    30023: KnownError(RETRYABLE, "Daily cap of the registered campaign reached", _TOMORROW),
    30024: KnownError(SENDER, "Sender is not provisioned with the recipient's carrier", _REGISTER),
    30027: KnownError(RETRYABLE, "Daily limit at T-Mobile reached", _TOMORROW),
    30032: KnownError(SENDER, "Toll-free number is not verified", _REGISTER),
    30033: KnownError(SENDER, "Registered campaign is suspended", _REGISTER),
    30034: KnownError(SENDER, "Number is not registered for US business texting", _REGISTER),
    30035: KnownError(SENDER, "Number's registration is not finished", _REGISTER),
    30036: KnownError(RETRYABLE, "Could not leave within its validity period", _SLOWER),
    30037: KnownError(SENDER, "Outgoing texts are switched off for the account", _ACCOUNT),
    30410: KnownError(PERMANENT, "Recipient's carrier did not answer", _NOT_AGAIN),
}

_NOT_TWILIO = frozenset({403, 404, 405})
"""Statuses that, without a Twilio code, come from something else: a wrong base URL or a proxy in between."""
_PASSING = frozenset({408, 425, 429})
"""Statuses that say "not now" by definition (RFC 9110, RFC 8470, RFC 6585)."""


def classify(code: int | None, http_status: int = 400) -> ErrorClass:
    """What a refusal or failure means. Status callbacks carry no HTTP status; leave it out for them."""
    if code is not None and (known := KNOWN.get(code)):
        return known.error_class
    if http_status in _PASSING:
        return ErrorClass.RETRYABLE
    if http_status == 401 or (code is None and http_status in _NOT_TWILIO):
        return ErrorClass.SENDER
    return ErrorClass.UNKNOWN_CODE


def explain(code: int) -> str:
    """One line for people: what happened and what to do."""
    if known := KNOWN.get(code):
        return f"{known.name} ({code}). {known.advice}"
    return f"Twilio error {code}. See https://www.twilio.com/docs/api/errors/{code}."
