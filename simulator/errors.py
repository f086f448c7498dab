"""Twilio's refusals: code, HTTP status and wording of each one that the simulator gives."""

from __future__ import annotations

from typing import Any

DOCUMENTATION = "https://www.twilio.com/docs/errors"

_CATALOGUE: dict[int, tuple[int, str]] = {
    20001: (400, "Invalid parameter: {detail}"),
    20003: (401, "Authenticate"),
    20004: (405, "Method not allowed"),
    20009: (409, "The message is still being delivered and cannot be deleted"),
    20404: (404, "The requested resource {path} was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "An internal server error has occurred"),
    21211: (400, "The 'To' number {to} is not a valid phone number."),
    21212: (400, "The 'From' number {sender} is not a valid phone number, shortcode, or alphanumeric sender ID."),
    21266: (400, "'To' and 'From' number cannot be the same: {to}"),
    21408: (400, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {to}."),
    21502: (400, "The 'SmsUrl' {url} is not a valid URL."),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21604: (400, "A 'To' phone number is required."),
    21606: (400, "The 'From' phone number provided ({sender}) is not a message-capable number of this account."),
    21609: (400, "The 'StatusCallback' URL {url} is not a valid URL."),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21611: (400, "This 'From' number has exceeded the maximum number of queued messages"),
    21612: (400, "Message cannot be sent with the current combination of 'To' ({to}) and/or 'From' ({sender}) parameters"),
    21614: (400, "'To' number is not a valid mobile number: {to}"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
    21624: (400, "The ValidityPeriod {value} is not an integer between 1 and 36000"),
    21703: (400, "The Messaging Service {service} contains no phone number that can send"),
    21705: (400, "The Messaging Service Sid {service} is invalid."),
    21710: (409, "Phone Number or Short Code is already in the Messaging Service."),
    30409: (400, "This message cannot be canceled: its status is {status}, not scheduled"),
    35114: (400, "SendAt must be an ISO 8601 time between 15 minutes and 35 days from now"),
}

DELIVERY_ERRORS: dict[int, str] = {
    21610: "Attempt to send to unsubscribed recipient",
    30001: "Queue overflow",
    30003: "Unreachable destination handset",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30036: "Validity Period Expired",
}
"""Wording of the codes that a message gets after it was accepted."""


class TwilioError(Exception):
    """A request that the API refuses; `code` is Twilio's, `status` the HTTP status."""

    def __init__(self, code: int, *, retry_after: int | None = None, **details: object):
        self.status, wording = _CATALOGUE[code]
        self.code = code
        self.retry_after = retry_after
        self.message = wording.format(**details)
        super().__init__(f"{code}: {self.message}")

    @property
    def body(self) -> dict[str, Any]:
        """The error as the REST API writes it."""
        return {"code": self.code, "message": self.message, "more_info": f"{DOCUMENTATION}/{self.code}", "status": self.status}


class BadControl(Exception):
    """A control-plane request that can't be used; the text names the field and the remedy."""
