"""Reading referrals."""

from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Filters, Page, Window, page
from vinr_engagement.referrals.tables import REFERRALS, Referral, referral_key


async def get_referral(session: Session, identifier: str) -> Referral | None:
    """One referral, whatever its status."""
    found = await session.find(REFERRALS, [referral_key(identifier)])
    return found[0] if found else None


async def list_referrals(
    session: Session,
    window: Window,
    *,
    program: str | None = None,
    referrer: str | None = None,
    referee: str | None = None,
    status: str | None = None,
    code: str | None = None,
) -> Page[Referral]:
    """Referrals, newest first."""
    filters = Filters().equal("program", program).equal("referrer", referrer).equal("referee", referee)
    return await page(session, REFERRALS, window, filters.equal("status", status).equal("code", code))


async def all_referrals(session: Session, account: str) -> list[Referral]:
    """Every referral that an account is a side of, oldest first."""
    return await session.rows(REFERRALS, "referrer = $1 or referee = $1 order by id", account)
