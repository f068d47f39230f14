"""``GET /v1/loyalty/accounts/{account}`` without a query, beside the web framework: a checkout asks it of every customer."""

from typing import Final

from starlette.types import Receive

from vinr_engagement import ledger
from vinr_engagement.entrypoints.api.account_reads import read_account
from vinr_engagement.entrypoints.api.answers import found_or_missing
from vinr_engagement.entrypoints.api.exchange import Exchange
from vinr_engagement.entrypoints.api.gate import require
from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import real_now
from vinr_engagement.members import account_snapshot
from vinr_engagement.members import queries as member_queries

ACCOUNT_PATH: Final = "/v1/loyalty/accounts/"
ACCOUNT_ROUTE: Final = "/v1/loyalty/accounts/{account}"
_SCOPE: Final = "accounts:read"


async def glance(exchange: Exchange, _: Receive) -> tuple[int, bytes, bool]:
    """The account as it is now; as FastAPI's route answers, which takes the requests that have a query."""
    require(exchange, _SCOPE)
    identifier = exchange.path.removeprefix(ACCOUNT_PATH)
    account, clock = found_or_missing(
        await member_queries.account_and_clock(exchange.store.database, identifier), "account", identifier
    )
    now = real_now() if clock is None or exchange.store.environment == "live" else clock
    if ledger.is_due(account, now):
        account = await read_account(exchange, identifier)
    return 200, json.encode(account_snapshot(account)), False
