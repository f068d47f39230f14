"""Which addresses a webhook may be sent to: public ones only, so that nobody points us at machines that trust us.

What counts is the address that is connected to, not the name: a name may lead anywhere, and elsewhere a moment later.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

_CLOSED: Final = {
    IPv4Network(network): what
    for network, what in {
        "0.0.0.0/8": "this machine",
        "10.0.0.0/8": "a private network",
        "100.64.0.0/10": "a carrier's own network",
        "127.0.0.0/8": "this machine",
        "168.63.129.16/32": "a cloud's own services",
        "169.254.0.0/16": "link-local, where clouds keep their metadata",
        "172.16.0.0/12": "a private network",
        "192.0.0.0/24": "reserved for protocols",
        "192.0.2.0/24": "for documentation only",
        "192.88.99.0/24": "a relay that is no more",
        "192.168.0.0/16": "a private network",
        "198.18.0.0/15": "for measurements only",
        "198.51.100.0/24": "for documentation only",
        "203.0.113.0/24": "for documentation only",
        "224.0.0.0/4": "multicast",
        "240.0.0.0/4": "reserved",
    }.items()
}
_GLOBAL: Final = IPv6Network("2000::/3")
"""All public unicast addresses of IPv6 are in here: loopback, link-local, unique local and mapped ones are not."""
_TRANSLATED: Final = IPv6Network("64:ff9b::/96")
"""An IPv4 address in its last 32 bits, reached through a translator."""
_CLOSED_6: Final = {
    IPv6Network(network): what
    for network, what in {
        "2001::/23": "reserved for protocols and tunnels",
        "2001:db8::/32": "for documentation only",
        "2002::/16": "a tunnel to an IPv4 address",
        "3fff::/20": "for documentation only",
    }.items()
}


def refusal_of(address: str) -> str | None:
    """Why nothing is sent to this address; ``None`` for a public one. Raises ``ValueError`` for what is no address."""
    found = ip_address(address.partition("%")[0])
    return _refusal_4(found) if isinstance(found, IPv4Address) else _refusal_6(found)


def _refusal_4(address: IPv4Address) -> str | None:
    return next((what for network, what in _CLOSED.items() if address in network), None)


def _refusal_6(address: IPv6Address) -> str | None:
    if address in _TRANSLATED:
        return _refusal_4(IPv4Address(int(address) & 0xFFFF_FFFF))
    if address.ipv4_mapped is not None:
        return _refusal_4(address.ipv4_mapped) or "an IPv4 address in disguise"
    if address not in _GLOBAL:
        return "no public address"
    return next((what for network, what in _CLOSED_6.items() if address in network), None)
