"""Members whose program got other tiers: the edit marks them all in one statement, each is moved when it is next looked at.

The mark stands before the tier that was earned, which is still needed: a mode or a kept time may keep it. It says from which
version of the configuration on there are the new tiers. A batch that began before the edit may come upon it: it has the old
tiers, and must begin again.
"""

from vinr_engagement.commands.context import Context, Statement
from vinr_engagement.foundation.errors import Contention
from vinr_engagement.members import Account
from vinr_engagement.programs import Program

_MARK = "\n"
"""No key of a tier has one."""


def mark(context: Context, program: Program) -> Statement:
    """Has the tier of every member chosen anew when the account is next touched, at the latest by the sweep."""
    return Statement(
        "update accounts set tier_earned = cast($1 as text) || coalesce(tier_earned, ''), next_due_at = $2"
        " where program = $3 and status <> 'merged'",
        (f"{_MARK}{context.configuration.version + 1}{_MARK}", context.now, program.id),
    )


def concern(account: Account) -> bool:
    """Whether the member's tier was chosen from others than its program has now."""
    earned = account.tier_earned
    return earned is not None and (
        earned == "" or earned[0] == _MARK
    )  # empty: a store of the release before tiers moved


def earned_of(account: Account) -> str | None:
    """The tier that was earned, of the program as it was then where it was edited since."""
    return account.tier_earned and (account.tier_earned.rpartition(_MARK)[2] or None)


def forget(context: Context, account: Account) -> None:
    """Leaves the tier that was earned. Raises ``Contention`` where the batch does not know the new tiers yet."""
    _, _, marked = (account.tier_earned or "").partition(_MARK)
    version = marked.partition(_MARK)[0]
    if version and int(version) > context.configuration.version:
        raise Contention(f"the tiers of {account.program} were edited meanwhile")
    context.state.change(account).tier_earned = earned_of(account)
