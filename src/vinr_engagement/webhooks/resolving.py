"""From a host to the addresses that may be connected to."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from urllib.parse import urlsplit

from vinr_engagement.webhooks import addresses
from vinr_engagement.webhooks.endpoint import check_url

RESOLVERS = 8
"""Threads of a process that ask for names; those that hang hold up no other work."""


class AddressRefused(Exception):
    """A host leads to an address that nothing is sent to; the message says which, and why."""


async def addresses_of(host: str, port: int) -> list[str]:
    """Every address of a host, in the order to try them. Raises ``OSError`` where there is none."""
    found = await asyncio.get_running_loop().run_in_executor(_threads(), _ask, host, port)
    return list(dict.fromkeys(found))


async def open_addresses(host: str, port: int, *, allow_private: bool) -> list[str]:
    """As :func:`addresses_of`. Raises ``AddressRefused`` where any of them is closed to webhooks."""
    found = await addresses_of(host, port)
    for address in found if not allow_private else ():
        why = addresses.refusal_of(address)
        if why is not None:
            raise AddressRefused(f"{host} leads to {address} ({why})")
    return found


async def check_where_it_leads(url: str, seconds: float, *, allow_private: bool) -> None:
    """Asks for so long where the host of a URL leads. Raises as ``check_url``, and ``AddressRefused`` for a closed address.

    A name that is not found meanwhile may well be found when events are sent there, where it is checked again.
    """
    parts = urlsplit(check_url(url, allow_private=allow_private))
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(seconds):
            await open_addresses(parts.hostname or "", parts.port or 443, allow_private=allow_private)


def _ask(host: str, port: int) -> list[str]:
    try:
        return [str(place[0]) for *_, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except UnicodeError as error:  # a label that is too long
        raise OSError(str(error)) from error


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(RESOLVERS, thread_name_prefix="webhook-names")
