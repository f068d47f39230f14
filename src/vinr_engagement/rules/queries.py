"""Reading earning rules and segments."""

from collections.abc import Iterable

from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Filters, Page, Window, page
from vinr_engagement.rules.tables import RULE_VERSIONS, RULES, SEGMENTS, RuleRow, RuleVersionRow, SegmentRow


async def get_rule(session: Session, identifier: str) -> RuleRow | None:
    """A rule at its newest version."""
    found = await get_rules(session, [identifier])
    return found[0] if found else None


async def get_rules(session: Session, identifiers: Iterable[str]) -> list[RuleRow]:
    """The rules that exist of these, at their newest versions."""
    keys = [(identifier,) for identifier in identifiers]
    return await session.find(RULES, keys) if keys else []


async def list_rules(
    session: Session, window: Window, *, program: str | None = None, active: bool | None = None
) -> Page[RuleRow]:
    """Rules at their newest versions, newest rule first."""
    return await page(session, RULES, window, Filters().equal("program", program).equal("active", active))


async def list_versions(session: Session, rule: str) -> list[RuleVersionRow]:
    """Every version of a rule, the newest first."""
    return await session.rows(RULE_VERSIONS, "rule = $1 order by version desc", rule)


async def get_segment(session: Session, identifier: str) -> SegmentRow | None:
    """A segment that was not deleted."""
    found = await get_segments(session, [identifier])
    return found[0] if found else None


async def get_segments(session: Session, identifiers: Iterable[str]) -> list[SegmentRow]:
    """The segments that exist of these."""
    keys = [(identifier,) for identifier in identifiers]
    return [row for row in await session.find(SEGMENTS, keys) if row.active] if keys else []


async def list_segments(session: Session, window: Window, *, program: str | None = None) -> Page[SegmentRow]:
    """Segments, newest first."""
    return await page(session, SEGMENTS, window, Filters().equal("active", True).equal("program", program))
