"""Webhooks go to public addresses, whatever the URL says."""

import asyncio
import socket
from typing import Any

import pytest

from vinr_engagement.foundation.errors import Invalid, Unprocessable
from vinr_engagement.webhooks import check_url, resolving
from vinr_engagement.webhooks.addresses import refusal_of
from vinr_engagement.webhooks.resolving import AddressRefused, open_addresses

CLOSED = """
    0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 100.100.100.200 127.0.0.1 127.1.2.3 168.63.129.16
    169.254.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 192.168.0.1
    192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.7 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
    :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:8.8.8.8 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b::10.0.0.1
    64:ff9b:1::1 100::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1 2001::1 2001:db8::1 2002:7f00:1::1
    2002:0a00:0001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 3fff::1 4000::1 5f00::1
""".split()
OPEN = (
    "8.8.8.8 1.1.1.1 100.63.255.255 100.128.0.0 172.15.255.255 172.32.0.0 169.253.255.255 169.255.0.0 2606:4700::1111 \
2a00:1450:4001::8a 64:ff9b::8.8.8.8".split()
)


@pytest.mark.parametrize("address", CLOSED)
def test_closed(address: str) -> None:
    assert refusal_of(address)


@pytest.mark.parametrize("address", OPEN)
def test_open(address: str) -> None:
    assert refusal_of(address) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/", "ftp://shop.example/", "//shop.example", "shop.example/hooks", "https://", "https:///x",
        "https://user:secret@shop.example/", "https://user@shop.example/", "https://shop.example/#part", "https://shop.example/#",
        "https://shop.example:0/", "https://shop.example:99999/", "https://shop.example:x/", "https://shop..example/",
        "https://[::1/", "https://shop.example\\@evil.example/", "https://shop.example/a b", "https://shöp.example/",
        "https://shop.example/\r\nHost: x", "javascript:alert(1)", "https://.", "https://" + "a" * 254,
    ],
)  # fmt: skip
def test_what_is_no_url_of_ours(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_url(url, allow_private=False)
    assert refused.value.param == "url"


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "[fe80::1%25eth0]", "169.254.169.254", "10.1.2.3:8443"])
def test_an_address_that_is_closed_needs_no_name_server_to_be_refused(host: str) -> None:
    with pytest.raises(Unprocessable) as refused:
        check_url(f"https://{host}/hooks", allow_private=False)
    assert refused.value.code == "webhook_url_refused"
    assert check_url(f"http://{host}/hooks", allow_private=True)


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example",
        "https://shop.example:8443/a;b=1?c=%20#".removesuffix("#"),
        "https://[2606:4700::1111]/",
        "https://8.8.8.8/",
    ],
)
def test_what_is_taken(url: str) -> None:
    assert check_url(url, allow_private=False) == url


@pytest.mark.anyio
@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0"])
async def test_other_spellings_of_this_machine_are_found_out_when_they_are_resolved(host: str) -> None:
    with pytest.raises(AddressRefused, match="this machine"):
        await open_addresses(host, 443, allow_private=False)
    assert await open_addresses(host, 443, allow_private=True)


@pytest.mark.anyio
async def test_one_closed_address_among_several_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(*_: Any, **__: Any) -> list[Any]:
        found = ("8.8.8.8", "10.0.0.5", "8.8.8.8")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in found]

    monkeypatch.setattr(resolving.socket, "getaddrinfo", answer)
    with pytest.raises(AddressRefused, match=r"shop\.example leads to 10\.0\.0\.5 \(a private network\)"):
        await open_addresses("shop.example", 443, allow_private=False)
    assert await open_addresses("shop.example", 443, allow_private=True) == ["8.8.8.8", "10.0.0.5"]


@pytest.mark.anyio
async def test_a_label_that_is_too_long_is_a_name_that_is_not_found() -> None:
    with pytest.raises(OSError, match=r"\w"):
        await asyncio.wait_for(open_addresses("a" * 64 + ".example", 443, allow_private=False), 10)
