"""Redeeming a reward: one step takes the points, the stock and the limit, and issues what they buy."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from vinr_engagement import ledger, members, rewards
from vinr_engagement.commands import standing, store_credit
from vinr_engagement.commands.configuration import ProgramRules
from vinr_engagement.commands.context import Context, Decision, due_lots, due_redemptions, lots_of, no_such
from vinr_engagement.commands.redemptions import moves
from vinr_engagement.commands.redemptions.applicant import applicant_needs, applicant_of
from vinr_engagement.commands.redemptions.cost import Cost, cost_of
from vinr_engagement.foundation import ids, json
from vinr_engagement.foundation.clock import HOUR
from vinr_engagement.foundation.database import Need
from vinr_engagement.foundation.errors import Invalid
from vinr_engagement.ledger import Cause, Source, Transaction
from vinr_engagement.members import Account
from vinr_engagement.rewards import Artifact, Redemption, RedemptionCode, Reward


class RedeemReward(Decision):
    """``quantity`` of a reward for an account's points; answers the redemption.

    Raises ``NotFound``, ``Conflict`` and ``Unprocessable`` in the order of :mod:`vinr_engagement.rewards.availability`.
    """

    def __init__(self, account: str, reward: str, quantity: int, metadata: dict[str, str]) -> None:
        self.account = account
        self.reward = reward
        self.quantity = quantity
        self.metadata = metadata

    def needs(self, context: Context) -> Iterator[Iterable[Need]]:
        key = members.account_key(self.account)
        yield [(members.ACCOUNTS, key)]
        account = context.state.known(members.ACCOUNTS, key)
        if account is None:
            return
        entry = context.configuration.programs[account.program]
        reward = entry.rewards.get(self.reward)
        asked = [] if reward is None else applicant_needs(entry, account, reward)
        yield [*lots_of(account), *due_lots(context, [account]), *asked]
        yield due_redemptions(context, [account])

    def decide(self, context: Context) -> dict[str, Any]:
        account = context.own_account(self.account)
        entry = context.configuration.programs[account.program]
        reward = entry.rewards.get(self.reward)
        if reward is None:
            raise no_such(f"reward in program {account.program}", self.reward, "reward")
        self._check_quantity(reward)
        cost = cost_of(context, entry, account, reward)
        refusal = rewards.refusal_of(reward, applicant_of(context, entry, account, reward), cost.points, self.quantity)
        if refusal is not None:
            raise refusal
        return rewards.redemption_snapshot(self._redeem(context, entry, account, reward, cost))

    def _check_quantity(self, reward: Reward) -> None:
        most = reward.kind.most
        if most is not None and self.quantity > most:
            message = f"quantity of a {reward.type} reward must be {most}, not {self.quantity}."
            raise Invalid("parameter_invalid", message, param="quantity")

    def _redeem(
        self, context: Context, entry: ProgramRules, account: Account, reward: Reward, cost: Cost
    ) -> Redemption:
        identifier = ids.new_id("rdm", account.bucket)
        points = cost.points * self.quantity
        debit = moves.take(context, account, identifier, reward, points, self.quantity, cost.campaign)
        artifact = reward.artifact(self.quantity)
        if artifact.credit is not None:
            artifact.credit["transaction"] = _grant(context, account, identifier, artifact.credit)
        row = self._row(context, entry, account, reward, debit, artifact)
        context.state.insert(row)
        if row.code is not None:
            bucket, code = rewards.code_key(row.code) or (0, "")
            context.state.insert(RedemptionCode(bucket, code, row.id, account.id))
        standing.wake(account, row.expires_at)
        moves.tell(context, account, row, "loyalty.reward.redeemed")
        if reward.kind.at_once:
            moves.apply(context, account, row, None)
        return row

    def _row(
        self,
        context: Context,
        entry: ProgramRules,
        account: Account,
        reward: Reward,
        debit: Transaction,
        artifact: Artifact,
    ) -> Redemption:
        code = rewards.new_code() if reward.kind.coded else None
        if artifact.discount is not None:
            artifact.discount["code"] = code
        ttl_hours = entry.program.redemption_ttl_hours if reward.kind.timed else None
        assert debit.redemption is not None
        return Redemption(
            bucket=account.bucket,
            id=debit.redemption,
            account=account.id,
            program=account.program,
            reward=reward.id,
            reward_name=reward.name,
            type=reward.type,
            quantity=self.quantity,
            points=-debit.amount,
            status="pending",
            code=code,
            artifact=json.text(msgspec.to_builtins(artifact)),
            on_refund=reward.on_refund,
            stocked=reward.inventory is not None,
            payment=None,
            ledger_row=debit.id,
            taken=json.text(ledger.taken_by(debit)),
            expires_at=None if ttl_hours is None else context.now + ttl_hours * HOUR,
            release_reason=None,
            metadata=json.text(self.metadata),
            created_at=context.now,
            updated_at=context.now,
            applied_at=None,
            released_at=None,
            reversed_at=None,
        )


def _grant(context: Context, account: Account, redemption: str, granted: dict[str, Any]) -> str:
    """Grants store credit; answers the row of the wallet."""
    amount, currency = granted["amount"], granted["currency"]
    cause = Cause("earn", Source("redemption", redemption), reason="reward", redemption=redemption)
    explanation = {"award": {"type": "reward", "amount": amount}, "result": amount}
    return store_credit.issue(context, account, currency, amount, cause, explanation).id
