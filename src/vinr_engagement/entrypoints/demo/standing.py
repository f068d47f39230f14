"""What tiers did in the year."""

from collections import Counter

import msgspec

from vinr_engagement.foundation import json
from vinr_engagement.foundation.database import Session
from vinr_engagement.programs import Program


class TierFigures(msgspec.Struct):
    """``members`` of each tier at the end, by its key, lowest first; how often anybody was promoted and demoted."""

    members: dict[str, int]
    promotions: int
    demotions: int


async def read(session: Session, program: Program) -> TierFigures:
    """Where the members of a program are, and how they came there."""
    standing = dict(await session.fetch("select tier, count(*) from accounts group by tier"))
    told = await session.fetch("select data from outgoing_events where type = 'loyalty.tier.changed'")
    moves = Counter(json.decode(data)["object"]["direction"] for (data,) in told)
    keys = [tier.key for tier in program.tier_config.tiers]
    return TierFigures({key: standing.get(key, 0) for key in keys}, moves["up"], moves["down"])
