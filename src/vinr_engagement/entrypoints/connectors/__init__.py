"""Webhooks of payment providers and shops, translated into the events that the engine knows. Pure: no database, no clock."""

from typing import Final

from vinr_engagement.entrypoints.connectors.provider import Message, Options, Provider, decode
from vinr_engagement.entrypoints.connectors.shopify import SHOPIFY
from vinr_engagement.entrypoints.connectors.stripe import STRIPE

PROVIDERS: Final[dict[str, Provider]] = {provider.name: provider for provider in (SHOPIFY, STRIPE)}
"""Everyone whose webhooks are understood, by name; a new provider is one module and its place here."""

__all__ = ["PROVIDERS", "Message", "Options", "Provider", "decode"]
