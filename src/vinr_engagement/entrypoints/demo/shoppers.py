"""Members who redeem rewards, and name them in their next payment."""

import asyncio
from collections import Counter, defaultdict
from typing import Any, Final

from vinr_engagement.commands import Store
from vinr_engagement.entrypoints.demo.door import Door
from vinr_engagement.entrypoints.demo.offer import Offer
from vinr_engagement.entrypoints.demo.year import Event
from vinr_engagement.foundation.database import Session

EACH_TURN: Final = 10
"""How many members redeem each reward, each time that members are asked."""

_Member = tuple[str, str]


class Shoppers:
    """Each turn those with the most points redeem each reward that they have not had; so a year is always the same."""

    def __init__(self, store: Store, door: Door, offers: dict[str, Offer]) -> None:
        self._store = store
        self._door = door
        self._offers = offers
        self._taken: Counter[str] = Counter()
        self._waiting: defaultdict[str, list[str]] = defaultdict(list)

    def at_checkout(self, event: Event) -> Event:
        """The event, a payment naming what its customer has redeemed since the last one."""
        paid: dict[str, Any] = event["data"]["object"]
        if event["type"] != "payment.completed" or paid.get("customer") not in self._waiting:
            return event
        named = ",".join(self._waiting.pop(paid["customer"]))
        return {**event, "data": {"object": {**paid, "metadata": {**paid["metadata"], "redemption": named}}}}

    async def redeem(self) -> None:
        """A turn: as many as may have each reward, and want it."""
        for reward, offer in self._offers.items():
            members = await self._able(reward, offer)
            made = await asyncio.gather(*(self._redeem(reward, account) for _, account in members))
            self._taken[reward] += len(made)
            for (customer, _), redemption in zip(members, made, strict=True):
                if redemption["status"] == "pending":
                    self._waiting[customer].append(redemption["id"])

    async def _able(self, reward: str, offer: Offer) -> list[_Member]:
        left = EACH_TURN if offer.inventory is None else min(EACH_TURN, offer.inventory - self._taken[reward])
        return await self._store.database.read(lambda session: _able(session, reward, offer, left))

    async def _redeem(self, reward: str, account: str) -> Any:
        return await self._door.send("POST", "/v1/loyalty/redemptions", {"account": account, "reward": reward})


async def _able(session: Session, reward: str, offer: Offer, most: int) -> list[_Member]:
    """Customers and their accounts, those with the most points first."""
    tiers = ", ".join(f"${number}" for number in range(4, 4 + len(offer.tiers)))
    rows = await session.fetch(
        f"select customer, id from accounts where customer is not null and balance >= $1 and tier in ({tiers})"
        " and not exists (select 1 from redemptions where redemptions.bucket = accounts.bucket"
        " and redemptions.account = accounts.id and redemptions.reward = $2)"
        " order by balance desc, customer limit $3",
        offer.cost,
        reward,
        most,
        *offer.tiers,
    )
    return [(customer, account) for customer, account in rows]
