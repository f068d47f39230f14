"""Reading rewards and redemptions."""

from collections.abc import Iterable

from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Filters, Page, Span, Window, page
from vinr_engagement.rewards.tables import (
    REDEMPTION_CODES,
    REDEMPTIONS,
    REWARD_STOCK,
    REWARDS,
    Redemption,
    RewardRow,
    code_key,
    redemption_key,
)


async def get_reward(session: Session, identifier: str) -> RewardRow | None:
    """One reward, active or not."""
    found = await get_rewards(session, [identifier])
    return found[0] if found else None


async def get_rewards(session: Session, identifiers: Iterable[str]) -> list[RewardRow]:
    """The rewards that exist of these."""
    keys = [(identifier,) for identifier in identifiers]
    return await session.find(REWARDS, keys) if keys else []


async def list_rewards(
    session: Session, window: Window, *, program: str | None = None, active: bool | None = None
) -> Page[RewardRow]:
    """Rewards, newest first."""
    return await page(session, REWARDS, window, Filters().equal("program", program).equal("active", active))


async def taken_of(session: Session, rewards: Iterable[str]) -> dict[str, int]:
    """What the stock of each counts."""
    keys = [(reward,) for reward in rewards]
    return {row.reward: row.taken for row in await session.find(REWARD_STOCK, keys)} if keys else {}


async def get_redemption(session: Session, identifier: str) -> Redemption | None:
    """One redemption, whosever it is by now."""
    found = await get_redemptions(session, [identifier])
    return found[0] if found else None


async def get_redemptions(session: Session, identifiers: Iterable[str]) -> list[Redemption]:
    """The redemptions that exist of these."""
    keys = [key for identifier in identifiers if (key := redemption_key(identifier)) is not None]
    return await session.find(REDEMPTIONS, keys) if keys else []


async def redemption_of_code(session: Session, code: str) -> str | None:
    """The id of the redemption that has this code, however it was typed."""
    key = code_key(code)
    found = [] if key is None else await session.find(REDEMPTION_CODES, [key])
    return found[0].redemption if found else None


async def list_redemptions(
    session: Session,
    window: Window,
    filters: Filters,
    *,
    program: str | None = None,
    status: str | None = None,
    reward: str | None = None,
    created_at: Span | None = None,
) -> Page[Redemption]:
    """Redemptions that meet the filters, newest first."""
    narrowed = filters.equal("program", program).equal("status", status).equal("reward", reward)
    return await page(session, REDEMPTIONS, window, narrowed.between("created_at", created_at))


def of_account(account: str, buckets: list[int]) -> Filters:
    """The redemptions of one account, those of accounts merged into it included."""
    return Filters().among("bucket", buckets).equal("account", account)


async def all_redemptions(session: Session, account: str, buckets: list[int]) -> list[Redemption]:
    """Every redemption of an account, oldest first."""
    filters = of_account(account, buckets)
    return await session.rows(REDEMPTIONS, filters.sql() + " order by id", *filters.arguments)
