"""An endpoint: where events go, which of them, and under which secrets."""

from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import HOUR, Instant, format_instant
from vinr_engagement.foundation.errors import Invalid, Unprocessable
from vinr_engagement.webhooks import addresses, matching
from vinr_engagement.webhooks.tables import CursorRow, EndpointRow

MOST_ENDPOINTS: Final = 20
"""Of a store."""
LONGEST_URL: Final = 2_048
LONGEST_DESCRIPTION: Final = 500
MOST_PATTERNS: Final = 50
OVERLAP_HOURS: Final = 24
"""How long the old secret signs beside the new one, unless the request says otherwise."""
LONGEST_OVERLAP_HOURS: Final = 168

DEFAULTS: Final[dict[str, Any]] = {"enabled_events": ["*"], "description": None, "metadata": {}}


def check_body(definition: dict[str, Any]) -> dict[str, Any]:
    """What people chose, with defaults for what they left out. Raises ``Invalid``."""
    body = {name: definition.get(name, default) for name, default in DEFAULTS.items()}
    return {**body, "enabled_events": matching.check(body["enabled_events"], "enabled_events")}


def check_url(url: str, *, allow_private: bool) -> str:
    """The URL, if events can be sent to it. With ``allow_private`` also ``http`` and addresses that are not public.

    Raises ``Invalid`` for what is no such URL, ``Unprocessable`` (``webhook_url_refused``) for an address nothing is sent to.
    """
    parts = _parts(url)
    if parts.scheme != "https" and not (allow_private and parts.scheme == "http"):
        raise _wrong("must start with https://")
    if parts.username is not None or parts.password is not None:
        raise _wrong("must not hold a user or a password: deliveries are signed instead")
    if parts.fragment or url.endswith("#"):
        raise _wrong("must not have a fragment: it would never be sent")
    if not allow_private:
        refuse_closed(literal_address(parts.hostname or ""))
    return url


def _parts(url: str) -> SplitResult:
    if not (url.isascii() and url.isprintable()) or " " in url or "\\" in url:
        raise _wrong(
            "must be plain ASCII without spaces or backslashes; write other letters percent-encoded or in punycode"
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _wrong(f"is not right: {error}") from None
    if (
        not parts.hostname
        or port == 0
        or len(parts.hostname) > 253
        or any(not part for part in _labels(parts.hostname))
    ):
        raise _wrong("must name a host, such as https://shop.example/webhooks")
    return parts


def _labels(host: str) -> list[str]:
    """The parts of a name between its dots; a dot at the end is allowed."""
    return host.removesuffix(".").split(".")


def _wrong(why: str) -> Invalid:
    return Invalid("parameter_invalid", f"url {why}.", param="url")


def literal_address(host: str) -> list[str]:
    """The address that a host is, where it is one and no name."""
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return []
    return [host]


def refuse_closed(found: list[str]) -> None:
    """Raises ``Unprocessable`` (``webhook_url_refused``) where one of the addresses of a URL is not public."""
    for address in found:
        why = addresses.refusal_of(address)
        if why is not None:
            message = f"url leads to {address} ({why}); webhooks go to public addresses only."
            raise Unprocessable("webhook_url_refused", message, param="url")


def secrets_at(row: EndpointRow, now: Instant) -> list[str]:
    """What signs at this real time, the newest first."""
    if row.previous_secret is None or row.previous_secret_until is None or now >= row.previous_secret_until:
        return [row.secret]
    return [row.secret, row.previous_secret]


def rotate(row: EndpointRow, secret: str, overlap_hours: int, now: Instant) -> None:
    """Replaces the secret; the former one signs as well for so long. Of three at once the oldest goes."""
    row.previous_secret = row.secret if overlap_hours else None
    row.previous_secret_until = now + overlap_hours * HOUR if overlap_hours else None
    row.secret = secret
    row.updated_at = now


def configuration_of(row: EndpointRow) -> dict[str, Any]:
    """What is configured, as the audit log and events show it: no secret, and nothing of how it is doing."""
    body: dict[str, Any] = json.decode(row.body)
    return {
        "id": row.id,
        "object": "webhook_endpoint",
        "url": row.url,
        "enabled_events": body["enabled_events"],
        "description": body["description"],
        "status": row.status,
        "disabled_reason": row.disabled_reason,
        "previous_secret_expires_at": _shown(row.previous_secret_until),
        "metadata": body["metadata"],
        "created_at": format_instant(row.created_at),
        "updated_at": format_instant(row.updated_at),
    }


def endpoint_snapshot(row: EndpointRow, cursor: CursorRow, head: int) -> dict[str, Any]:
    """The endpoint as the API shows it; ``head`` is the end of the log."""
    return {
        **configuration_of(row),
        "lag": max(0, head - cursor.position) if row.status == "enabled" else 0,
        "failures_in_a_row": cursor.failures,
        "failing_since": _shown(cursor.failing_since),
        "last_success_at": _shown(cursor.last_success_at),
        "last_failure_at": _shown(cursor.last_failure_at),
    }


def new_cursor(endpoint: str, begins_at: Instant, position: int) -> CursorRow:
    """Of an endpoint that begins now, after this position of the log."""
    return CursorRow(endpoint, "", begins_at, position, 0, "[]", 0, None, None, None, None)


def _shown(moment: Instant | None) -> str | None:
    return None if moment is None else format_instant(moment)
