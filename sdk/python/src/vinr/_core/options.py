"""How requests are sent: what a client is set to, and what one call asks for instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypedDict

from vinr.errors import ConfigurationError

DEFAULT_BASE_URL: Final = "https://api.vinr.com"
DEFAULT_TIMEOUT: Final = 30.0
"""Seconds."""
DEFAULT_RETRIES: Final = 2


class Omit:
    """Stands for a parameter that was not given. Null is a value: it clears a field, or means "without end"."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "OMIT"

    def __bool__(self) -> bool:
        return False


OMIT: Final = Omit()


class RequestOptions(TypedDict, total=False):
    """What one call asks for in place of what its client is set to."""

    idempotency_key: str
    """Makes a repeat of a write take effect once; of your own where you may have to repeat it after a crash."""
    timeout: float | None
    """Seconds to wait for the server, at each attempt; ``None`` for ever."""
    max_retries: int
    """How often to try again."""
    headers: Mapping[str, str]
    """Further headers."""


@dataclass(frozen=True)
class Settings:
    """What a client is set to."""

    secret_key: str = field(repr=False)
    base_url: str
    timeout: float | None
    max_retries: int
    headers: Mapping[str, str]

    def changed(self, **changes: Any) -> Settings:
        """These settings with those that are given; headers are added. Raises ``ConfigurationError``."""
        given = {name: value for name, value in changes.items() if not isinstance(value, Omit)}
        headers = {**self.headers, **given.pop("headers", {})}
        return checked(replace(self, headers=headers, **given))

    def called_with(self, options: RequestOptions | None) -> Settings:
        """The settings of one call."""
        asked = {name: value for name, value in (options or {}).items() if name != "idempotency_key"}
        return self.changed(**asked) if asked else self


def settings_from(
    environment: Mapping[str, str],
    *,
    secret_key: str | None,
    base_url: str | None,
    timeout: float | None,
    max_retries: int,
    headers: Mapping[str, str] | None,
) -> Settings:
    """The settings of a new client; what is not given comes from the environment. Raises ``ConfigurationError``."""
    key = secret_key or environment.get("VINR_SECRET_KEY", "")
    url = base_url or environment.get("VINR_API_BASE", "") or DEFAULT_BASE_URL
    return checked(Settings(key, url.rstrip("/"), timeout, max_retries, dict(headers or {})))


def checked(settings: Settings) -> Settings:
    """The settings, once they are known to make sense. Raises ``ConfigurationError``."""
    key = settings.secret_key
    if not key:
        raise ConfigurationError("There is no API key: pass secret_key, or set VINR_SECRET_KEY.")
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise ConfigurationError("The API key has characters that no key has; was something copied along with it?")
    if not settings.base_url.startswith(("https://", "http://")):
        raise ConfigurationError(f"base_url must start with https:// or http://, not {settings.base_url[:100]!r}.")
    if settings.max_retries < 0:
        raise ConfigurationError(f"max_retries must be 0 or more, not {settings.max_retries}.")
    if settings.timeout is not None and settings.timeout <= 0:
        raise ConfigurationError(f"timeout must be seconds above 0, or None, not {settings.timeout}.")
    return settings
