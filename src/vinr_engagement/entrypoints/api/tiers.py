"""``/v1/loyalty/accounts/{account}/tier``: where a member stands in the tiers, and pinning it to one."""

from fastapi import Response
from pydantic import Field

from vinr_engagement.commands import PinTier
from vinr_engagement.entrypoints.api.account_reads import read_tier
from vinr_engagement.entrypoints.api.answers import Caller, Errors, json_answer, perform
from vinr_engagement.entrypoints.api.fields import Instant, Name, Reason, Wire, example
from vinr_engagement.entrypoints.api.routing import Resource
from vinr_engagement.entrypoints.api.tier_shapes import TierProgress

account_tiers = Resource("accounts", "/v1/loyalty/accounts", "accounts")


class TierPin(Wire):
    """A tier to keep a member in."""

    model_config = example(tier="gold", reason="press")

    tier: Name | None = Field(description="The key of the tier; null takes the pin away.", examples=["gold"])
    until: Instant | None = Field(None, description="When the pin ends; left out or null, never.")
    reason: Reason | None = Field(None, description="Why, in your words.", examples=["press"])


@account_tiers.get("/{account}/tier", "retrieve_tier", TierProgress, errors=("account_merged",))
async def get_tier(caller: Caller, account: str) -> Response:
    """Retrieve the tier of a member

    What counts towards it, how far the next one is, and what keeps this one.
    """
    return json_answer(await read_tier(caller, account))


@account_tiers.write(
    "POST",
    "/{account}/tier",
    "pin_tier",
    TierProgress,
    errors=("account_merged", "points_out_of_range", "until_in_past"),
)
async def pin_tier(caller: Caller, errors: Errors, account: str, body: TierPin) -> Response:
    """Pin a member to a tier

    As a floor: the member is in this tier at least, and still earns a higher one. A new pin takes the place of the old one.
    """
    return await perform(caller, errors, PinTier(account, body.tier, body.until, body.reason))
