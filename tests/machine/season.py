"""What the store holds of campaigns, compared with the model."""

from tests.machine.campaign_model import Progress
from tests.machine.model import Model
from vinr_engagement import campaigns, rules
from vinr_engagement.foundation.database import Session


class Kept:
    """What the store holds of campaigns."""

    def __init__(self, brought: list[campaigns.CampaignMember], budgets: dict[str, int]) -> None:
        self.brought = {(row.account, row.campaign): row for row in brought}
        self.budgets = budgets


async def read_season(session: Session) -> Kept:
    """All of it."""
    brought = await session.rows(campaigns.CAMPAIGN_MEMBERS, "true")
    return Kept(brought, {row.rule: row.points for row in await session.rows(rules.RULE_BUDGETS, "true")})


def compare_season(model: Model, found: Kept) -> None:
    """To whom each campaign gave how much and how often, for what, and how far everybody is in its challenges."""
    known = {str(member.id): member for member in model.members if member.status != "merged"}
    for program in model.programs.values():
        for campaign in program.season.campaigns:
            if campaign.budget is not None:
                assert found.budgets.get(campaign.id, 0) == model.points_of(campaign), campaign.id
            for name, member in known.items():
                if member.program is not program:
                    continue
                row = found.brought.get((name, campaign.id))
                kept = (0, 0, 0) if row is None else (row.points, row.times, row.spend)
                wanted = (
                    model.points_of(campaign, member),
                    model.times_of(campaign, member),
                    model.spend_of(campaign, member),
                )
                assert kept == wanted, (name, campaign.id, kept, wanted)
                progress = {} if row is None else campaigns.progress_of(row.progress)
                counted = [each for each in model.progress if each.member is member and each.campaign is campaign]
                compare_progress(progress, counted)
    assert {account for account, _ in found.brought} <= known.keys()


def compare_progress(found: dict[str, campaigns.Progress], counted: list[Progress]) -> None:
    """How far a member is in each challenge, and how often its target was met."""
    wanted = {str(each.place): (each.value, each.met) for each in counted}
    assert {place: (each.value, each.met) for place, each in found.items()} == wanted
