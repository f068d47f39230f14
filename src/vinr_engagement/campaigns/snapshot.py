"""Campaigns and what they brought to a member, as the API and outgoing events show them."""

from typing import Any

from vinr_engagement.campaigns.campaign import status_at
from vinr_engagement.campaigns.mechanics import Challenge
from vinr_engagement.campaigns.progress import Progress, progress_of
from vinr_engagement.campaigns.tables import CampaignMember, CampaignRow
from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import Instant, format_instant

_FIELDS = ("name", "audience", "mechanics", "goal", "budget", "per_member_limit", "metadata")


def campaign_snapshot(row: CampaignRow, now: Instant) -> dict[str, Any]:
    """The campaign with the status that it has at a moment."""
    body: dict[str, Any] = json.decode(row.body)
    schedule = {"starts_at": row.starts_at, "ends_at": row.ends_at}
    return {
        "id": row.id,
        "object": "campaign",
        "program": row.program,
        "status": status_at(row.state, row.starts_at, row.ends_at, now),
        "schedule": {name: None if at is None else format_instant(at) for name, at in schedule.items()},
        **{name: body[name] for name in _FIELDS},
        "created_at": format_instant(row.created_at),
        "updated_at": format_instant(row.updated_at),
    }


def challenge_snapshot(
    campaign: str, account: str, place: int, challenge: Challenge, progress: Progress
) -> dict[str, Any]:
    """How far a member came in one challenge. ``progress`` counts on beyond the target."""
    met = progress.met
    completed = bool(met) and not challenge.repeatable
    left = 0 if completed else max(0, challenge.target * (met + 1) - progress.value)
    return {
        "object": "challenge_progress",
        "campaign": campaign,
        "account": account,
        "index": place,
        "measure": challenge.measure,
        "target": challenge.target,
        "progress": progress.value,
        "remaining": left,
        "repeatable": challenge.repeatable,
        "completions": met,
        "points": sum(each.points for each in progress.completions),
    }


def member_snapshot(
    campaign: str, account: str, mechanics: tuple[Any, ...], member: CampaignMember | None
) -> dict[str, Any]:
    """What a campaign brought to a member, and how far they came in its challenges."""
    held = {} if member is None else progress_of(member.progress)
    return {
        "object": "campaign_progress",
        "campaign": campaign,
        "account": account,
        "points": 0 if member is None else member.points,
        "times": 0 if member is None else member.times,
        "spend": 0 if member is None else member.spend,
        "challenges": [
            challenge_snapshot(campaign, account, place, mechanic, held.get(str(place), Progress()))
            for place, mechanic in enumerate(mechanics)
            if isinstance(mechanic, Challenge)
        ],
    }
