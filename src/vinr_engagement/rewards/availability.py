"""Whether a member can have a reward: the one answer that the list of what a member can have and the redemption share.

The refusals come in one order, the first that holds counts: of the account, the program, the reward, who may have it, its
stock, the member's own limit, and at last the points.
"""

from typing import NamedTuple

from vinr_engagement.foundation.clock import Instant
from vinr_engagement.foundation.errors import Conflict, Refusal, Unprocessable
from vinr_engagement.rewards.reward import Reward


class Applicant(NamedTuple):
    """A member before a reward, brought up to date.

    ``taken`` is what the stock of the reward counts, ``used`` how many the member has had; ``in_segment`` is whether they are in
    the segment that it asks for.
    """

    account: str
    status: str
    program_status: str
    tier: str | None
    balance: int
    in_segment: bool
    taken: int
    used: int
    now: Instant


def refusal_of(reward: Reward, applicant: Applicant, cost: int, quantity: int) -> Refusal | None:
    """Why a member cannot have ``quantity`` of a reward at ``cost`` points each; ``None`` where they can."""
    return (
        _closed(applicant)
        or _not_now(reward, applicant)
        or _not_for(reward, applicant)
        or _used_up(reward, applicant, quantity)
        or _short(applicant, cost * quantity)
    )


def _closed(applicant: Applicant) -> Refusal | None:
    if applicant.status != "active":
        return Conflict(
            "account_closed", f"Account {applicant.account} is {applicant.status}.", resource=applicant.account
        )
    if applicant.program_status == "archived":
        return Conflict("program_archived", "The program of this account is archived.")
    if applicant.program_status != "active":
        return Conflict("program_paused", "The program of this account is paused and redeems nothing now.")
    return None


def _not_now(reward: Reward, applicant: Applicant) -> Refusal | None:
    if reward.is_on(applicant.now):
        return None
    return Unprocessable("reward_inactive", f"Reward {reward.id} cannot be redeemed now.", resource=reward.id)


def _not_for(reward: Reward, applicant: Applicant) -> Refusal | None:
    if reward.tiers and applicant.tier not in reward.tiers:
        wanted = " or ".join(sorted(reward.tiers))
        message = f"Reward {reward.id} is for tier {wanted}; the member's is {applicant.tier}."
        return Unprocessable("reward_not_eligible", message, resource=reward.id)
    if not applicant.in_segment:
        message = f"Reward {reward.id} is for segment {reward.segment}, which the member is not in."
        return Unprocessable("reward_not_eligible", message, resource=reward.id)
    return None


def _used_up(reward: Reward, applicant: Applicant, quantity: int) -> Refusal | None:
    return out_of_stock(reward, applicant.taken, quantity) or beyond_limit(reward, applicant.used, quantity)


def out_of_stock(reward: Reward, taken: int, quantity: int) -> Refusal | None:
    """The refusal of more than there are left, if so."""
    if reward.inventory is None or taken + quantity <= reward.inventory:
        return None
    left = max(0, reward.inventory - taken)
    message = f"Of reward {reward.id} {left} are left; {quantity} were asked for."
    return Unprocessable("reward_out_of_stock", message, resource=reward.id, details={"remaining": left})


def beyond_limit(reward: Reward, used: int, quantity: int) -> Refusal | None:
    """The refusal of more than one member may have, if so."""
    limit = reward.per_member_limit
    if limit is None or used + quantity <= limit:
        return None
    message = f"A member may have {limit} of reward {reward.id}; this one has {used}, and {quantity} were asked for."
    return Unprocessable(
        "redemption_limit_reached", message, resource=reward.id, details={"per_member_limit": limit, "used": used}
    )


def _short(applicant: Applicant, required: int) -> Refusal | None:
    if required <= applicant.balance:
        return None
    return Unprocessable(
        "insufficient_points",
        f"Account {applicant.account} has {applicant.balance} points available; {required} are needed.",
        resource=applicant.account,
        details={"balance": applicant.balance, "required": required},
    )
