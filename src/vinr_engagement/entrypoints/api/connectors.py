"""``/v1/connectors``: which providers' webhooks are taken in, and how. Taking them in is the connector intake's."""

from collections.abc import Iterable
from typing import Any

from fastapi import Request, Response

from vinr_engagement.commands import Store
from vinr_engagement.commands.connectors import (
    UpdateConnector,
    all_connectors,
    all_receipts,
    connector_snapshot,
    receipts_snapshot,
)
from vinr_engagement.entrypoints.api.answers import Caller, Errors, json_answer, list_answer, perform
from vinr_engagement.entrypoints.api.connector_intake import provider_named
from vinr_engagement.entrypoints.api.connector_shapes import Connector, ConnectorChanges, ConnectorList
from vinr_engagement.entrypoints.api.exchange import Exchange
from vinr_engagement.entrypoints.api.routing import Resource
from vinr_engagement.entrypoints.connectors import PROVIDERS, Provider
from vinr_engagement.foundation.database import Session

connectors = Resource("connectors", "/v1/connectors", "connectors")


@connectors.get("", "list", ConnectorList)
async def list_connectors(caller: Caller) -> Response:
    """List connectors

    Every provider that is understood, whether or not it is set up; always one page.
    """
    found = await _shown(caller, PROVIDERS)
    return json_answer(list_answer(found, has_more=False, next_cursor=None, total_estimate=len(found)))


@connectors.get("/{provider}", "retrieve", Connector)
async def get_connector(caller: Caller, provider: str) -> Response:
    """Retrieve a connector

    With the last events that were refused: a refused event leaves no other trace.
    """
    (found,) = await _shown(caller, [provider_named(provider).name])
    return json_answer(found)


@connectors.write("PATCH", "/{provider}", "update", Connector, errors=("signing_secret_in_use",))
async def update_connector(
    caller: Caller, errors: Errors, request: Request, provider: str, body: ConnectorChanges
) -> Response:
    """Set up a connector

    Fields that are not named stay. `signing_secrets` replaces all of them; other processes follow within seconds.
    """
    named = provider_named(provider)
    taken = await _taken_elsewhere(caller, named, request.app.state.stores.values())
    answer = await perform(caller, errors, UpdateConnector(named.name, body.model_dump(exclude_unset=True), taken))
    request.app.state.connector_intake.forget()
    return answer


async def _shown(caller: Exchange, names: Iterable[str]) -> list[dict[str, Any]]:
    async def read(session: Session) -> list[dict[str, Any]]:
        settings, receipts = {row.provider: row for row in await all_connectors(session)}, await all_receipts(session)
        return [
            {**connector_snapshot(name, settings.get(name)), **receipts_snapshot(receipts.get(name))} for name in names
        ]

    return await caller.read(read)


async def _taken_elsewhere(caller: Exchange, provider: Provider, stores: Iterable[Store]) -> frozenset[str]:
    """Secrets of the other store, where the provider's messages do not say which store they are for."""
    others = [] if provider.says_livemode else [store for store in stores if store is not caller.store]
    rows = [row for store in others for row in await store.database.read(all_connectors)]
    return frozenset(secret for row in rows if row.provider == provider.name for secret in row.secrets)
