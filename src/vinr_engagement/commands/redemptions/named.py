"""Finding the redemption that an id or a code names, and whose it is by now."""

from vinr_engagement import members, rewards
from vinr_engagement.commands.context import Context, no_such
from vinr_engagement.foundation.database import Key, Need
from vinr_engagement.members import Account
from vinr_engagement.rewards import Redemption


def redemption_of(context: Context, identifier: str, owner: str | None = None) -> tuple[Account, Redemption] | None:
    """The redemption with this id and the account that holds it now, brought up to date; ``None`` where there is none.

    The account is locked before anything but its name is read of the redemption; ``owner`` where it is known already, be it
    from before a merge. May raise ``NotGathered``.
    """
    key = rewards.redemption_key(identifier)
    if key is None:
        return None
    holder = owner or _owner(context, key)
    account = None if holder is None else context.survivor(holder)
    if account is None:
        return None
    row = context.state.find(rewards.REDEMPTIONS, key)
    assert row is not None, f"{identifier} has an owner and is not there"
    return account, row


def by_code(context: Context, text: str) -> tuple[Account, Redemption] | None:
    """As :func:`redemption_of`, for the redemption that has a code, however it was typed."""
    key = rewards.code_key(text)
    claim = None if key is None else context.state.find(rewards.REDEMPTION_CODES, key)
    return None if claim is None else redemption_of(context, claim.redemption, claim.account)


def _owner(context: Context, key: Key) -> str | None:
    held = context.state.known(rewards.REDEMPTIONS, key)  # redeemed by a command before this one, not written yet
    if held is not None:
        return held.account
    found = context.state.find(rewards.REDEMPTION_OWNERS, key)
    return None if found is None else found.account


def existing(context: Context, identifier: str) -> tuple[Account, Redemption]:
    """As :func:`redemption_of`. Raises ``NotFound``."""
    found = redemption_of(context, identifier)
    if found is None:
        raise no_such("redemption", identifier)
    return found


def owner_needs(identifiers: list[str]) -> list[Need]:
    """What is read first: whose these are."""
    keys = [rewards.redemption_key(identifier) for identifier in identifiers]
    return [(rewards.REDEMPTION_OWNERS, key) for key in keys if key is not None]


def code_needs(codes: list[str]) -> list[Need]:
    """What is read first of codes."""
    return [(rewards.REDEMPTION_CODES, key) for code in codes if (key := rewards.code_key(code)) is not None]


def holders(context: Context, identifiers: list[str], codes: list[str]) -> dict[str, str]:
    """The accounts of these, by the id of the redemption, as far as they were gathered."""
    owners = [context.state.known(rewards.REDEMPTION_OWNERS, key) for _, key in owner_needs(identifiers)]
    claims = [context.state.known(rewards.REDEMPTION_CODES, key) for _, key in code_needs(codes)]
    found = {owner.id: owner.account for owner in owners if owner is not None}
    return found | {claim.redemption: claim.account for claim in claims if claim is not None}


def account_needs(context: Context, identifiers: list[str], codes: list[str]) -> list[Need]:
    """The accounts of these."""
    return [(members.ACCOUNTS, members.account_key(name)) for name in holders(context, identifiers, codes).values()]


def row_needs(context: Context, identifiers: list[str], codes: list[str]) -> list[Need]:
    """What is read of these once their accounts are locked; where one was merged away, its survivor is to be locked first."""
    needs: list[Need] = []
    for identifier, name in holders(context, identifiers, codes).items():
        account = context.state.known(members.ACCOUNTS, members.account_key(name))
        key = rewards.redemption_key(identifier)
        if account is not None and account.merged_into is None and key is not None:
            needs.append((rewards.REDEMPTIONS, key))
    return needs
