"""The rows of this room."""

import msgspec

from vinr_engagement.foundation import ids
from vinr_engagement.foundation.database import Query, Table


class CampaignRow(msgspec.Struct, gc=False):
    """A campaign; ``body`` is its definition as JSON.

    ``state`` is what people made of it: ``draft``, ``launched`` or ``archived``; what is shown follows from it, the schedule
    and the clock. ``announced`` is what the world was told last, ``started`` or ``ended``, and ``due_at`` when there is
    something to tell next; ``sequence`` counts the facts that were told of it.
    """

    id: str
    program: str
    state: str
    starts_at: int | None
    ends_at: int | None
    announced: str | None
    due_at: int | None
    sequence: int
    body: str
    created_at: int
    updated_at: int

    @property
    def bucket(self) -> int:
        """Where the facts about the campaign are."""
        return ids.bucket_of(self.id)


class CampaignMember(msgspec.Struct, gc=False):
    """What a campaign brought to one member, net of what was reversed.

    ``given`` are the points that the campaign alone gave; ``points`` are those that count against limits: the same, or after
    a refund a few more where a fraction of a point is at stake. ``times`` is how often it gave some; ``spend`` is the net
    spend of the payments that it gave points for or counted, in minor units of the program's currency. ``due`` is what
    refunds took from bonuses of challenges, ``reversed`` what was reversed of that; ``progress`` is how far the member came
    in each challenge, as JSON.
    """

    bucket: int
    account: str
    campaign: str
    points: int
    given: int
    times: int
    spend: int
    due: int
    reversed: int
    progress: str


CAMPAIGNS = Table("campaigns", CampaignRow, ("id",), locked=True)
CAMPAIGN_MEMBERS = Table("campaign_members", CampaignMember, ("bucket", "account", "campaign"))
CAMPAIGNS_OF_ACCOUNT = Query(CAMPAIGN_MEMBERS, ("bucket", "account"))


def new_member(bucket: int, account: str, campaign: str) -> CampaignMember:
    """A member to whom the campaign has brought nothing yet."""
    return CampaignMember(bucket, account, campaign, 0, 0, 0, 0, 0, 0, "{}")
