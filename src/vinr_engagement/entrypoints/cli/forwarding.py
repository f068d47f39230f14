"""Handing events on to a URL: each is one attempt of a webhook's delivery, to any address, this machine's own included."""

from typing import Self

from vinr_engagement.foundation.clock import real_now
from vinr_engagement.webhooks import signing
from vinr_engagement.webhooks.sending import Sender


class Forwarder:
    """Sends events to one URL, signed with one secret; an event that fails is told, and not sent again."""

    def __init__(self, url: str, secret: str) -> None:
        self._sender = Sender(url, allow_private=True)
        self._secret = secret

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._sender.aclose()

    async def send(self, event: str, body: bytes) -> tuple[bool, str]:
        """Whether the receiver took it, and in a few words what came of it."""
        now = real_now()
        outcome = await self._sender.send(body, signing.headers(event, body, [self._secret], now), now)
        if outcome.http_status is None:
            return False, f"failed: {outcome.detail}"
        return outcome.succeeded, f"{outcome.http_status} in {outcome.duration_ms} ms"
