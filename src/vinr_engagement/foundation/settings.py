"""Settings come from ``VINR_…`` environment variables; each has a default that works."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Environment = Literal["test", "live"]
ENVIRONMENTS: tuple[Environment, ...] = ("test", "live")
DEFAULT_DATABASE_URL = "sqlite:///vinr.db"


@dataclass(frozen=True)
class Settings:
    """How this process runs. ``rate_limit`` is requests a second for each key, 0 for none.

    ``processes`` is how many of them ``vinr serve`` starts. ``dashboard`` says whether it serves the dashboard, ``docs`` whether
    the documentation, and ``docs_url`` where links of error messages find that. With ``webhook_allow_private`` webhooks may go
    to addresses that are not public, and without TLS. ``trusted_proxies`` lists addresses and networks, separated by commas,
    whose ``X-Forwarded-For`` is believed.
    """

    database_url: str = DEFAULT_DATABASE_URL
    rate_limit: int = 0
    rate_limit_burst: int = 0
    log_level: str = "info"
    log_format: str = "json"
    lanes: int = 1
    processes: int = 1
    dashboard: bool = True
    docs: bool = True
    docs_url: str = "/docs"
    key_pepper: str = ""
    webhook_allow_private: bool = False
    trusted_proxies: str = ""


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings as the environment gives them. Raises ``ValueError`` naming the variable that is wrong."""
    rate_limit = _whole_number(environment, "VINR_RATE_LIMIT", 0)
    return Settings(
        database_url=environment.get("VINR_DATABASE_URL", DEFAULT_DATABASE_URL),
        rate_limit=rate_limit,
        rate_limit_burst=_whole_number(environment, "VINR_RATE_LIMIT_BURST", 2 * rate_limit),
        log_level=environment.get("VINR_LOG_LEVEL", "info"),
        log_format=environment.get("VINR_LOG_FORMAT", "json"),
        lanes=max(1, _whole_number(environment, "VINR_LANES", 1)),
        processes=max(1, _whole_number(environment, "VINR_PROCESSES", 1)),
        dashboard=_flag(environment, "VINR_DASHBOARD", default=True),
        docs=_flag(environment, "VINR_DOCS", default=True),
        docs_url=environment.get("VINR_DOCS_URL", "/docs"),
        key_pepper=environment.get("VINR_KEY_PEPPER", ""),
        webhook_allow_private=_flag(environment, "VINR_WEBHOOK_ALLOW_PRIVATE", default=False),
        trusted_proxies=_networks(environment, "VINR_TRUSTED_PROXIES"),
    )


def networks_in(listed: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """The networks of a list separated by commas; an address alone is one of its own. Raises ``ValueError``."""
    return tuple(ipaddress.ip_network(part.strip()) for part in listed.split(",") if part.strip())


def _networks(environment: Mapping[str, str], name: str) -> str:
    listed = environment.get(name, "")
    try:
        networks_in(listed)
    except ValueError:
        message = f"{name} must list addresses or networks like 10.0.0.7,192.168.0.0/24, not {listed!r}"
        raise ValueError(message) from None
    return listed


def _whole_number(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name, "")
    if not text:
        return default
    if not text.isdecimal():
        raise ValueError(f"{name} must be a whole number of at least 0, not {text!r}")
    return int(text)


def _flag(environment: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = environment.get(name, "")
    if text not in ("", "true", "false"):
        raise ValueError(f"{name} must be true or false, not {text!r}")
    return text == "true" if text else default
