"""Where a request comes from, behind proxies too."""

import ipaddress
from collections.abc import Mapping
from typing import Any

from vinr_engagement.foundation.settings import Settings, networks_in

UNKNOWN = "unknown"


class Addresses:
    """Tells the client's address. ``X-Forwarded-For`` is believed from the trusted proxies alone: anybody can send one."""

    def __init__(self, settings: Settings) -> None:
        self._trusted = networks_in(settings.trusted_proxies)

    def client(self, scope: Mapping[str, Any], headers: Mapping[bytes, bytes]) -> str:
        """The address nearest to us that is no trusted proxy's; ``unknown`` where the connection has none."""
        peer = scope.get("client")
        address = peer[0] if peer else UNKNOWN
        hops = headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")
        while hops and self._is_trusted(address):
            nearer = hops.pop().strip()
            if not nearer:
                break
            address = nearer[:100]
        return address

    def _is_trusted(self, address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self._trusted)
