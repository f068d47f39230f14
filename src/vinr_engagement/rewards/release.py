"""What is looked at when a redemption is released or reversed."""

from vinr_engagement import ledger, rules
from vinr_engagement.foundation import json
from vinr_engagement.foundation.database import Need
from vinr_engagement.ledger import Taken
from vinr_engagement.members import Account
from vinr_engagement.rewards.tables import REWARD_STOCK, Redemption

LIFETIME = "lifetime"
"""The window of a reward's limit."""


def taken_of(row: Redemption) -> list[Taken]:
    """What the debit of a redemption took from which lot."""
    return [(bucket, lot, amount) for bucket, lot, amount in json.decode(row.taken)]


def usage_key(account: Account, reward: str) -> tuple[int, str, str, str]:
    """Where it is counted how many of a reward a member has had."""
    return (account.bucket, account.id, reward, LIFETIME)


def release_needs(row: Redemption, account: Account) -> list[Need]:
    """The lots that points return to, the member's limit, and the stock."""
    needs: list[Need] = [(ledger.LOTS, (bucket, account.id, lot)) for bucket, lot, _ in taken_of(row)]
    needs.append((rules.RULE_USAGE, usage_key(account, row.reward)))
    if row.stocked:
        needs.append((REWARD_STOCK, (row.reward,)))
    return needs
