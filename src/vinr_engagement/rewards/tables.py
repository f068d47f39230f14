"""The rows of this room: rewards and their stock, redemptions and their codes."""

import msgspec

from vinr_engagement.foundation import ids
from vinr_engagement.foundation.database import Key, Query, Table


class RewardRow(msgspec.Struct, gc=False):
    """A reward; ``body`` is its definition as JSON."""

    id: str
    program: str
    active: bool
    body: str
    created_at: int
    updated_at: int


class RewardStock(msgspec.Struct, gc=False):
    """How many of a reward were taken while it had an inventory, net of those released."""

    reward: str
    taken: int


class Redemption(msgspec.Struct, gc=False):
    """One member buying a reward.

    ``points`` is what all ``quantity`` of it cost; ``artifact`` what the member got for them, as JSON; ``taken`` what the debit
    ``ledger_row`` took from which lot, as JSON, so that it can be given back; ``stocked`` says that it counts in the reward's
    stock. ``expires_at`` is when a pending one is released by time.
    """

    bucket: int
    id: str
    account: str
    program: str
    reward: str
    reward_name: str
    type: str
    quantity: int
    points: int
    status: str
    code: str | None
    artifact: str
    on_refund: str
    stocked: bool
    payment: str | None
    ledger_row: str
    taken: str
    expires_at: int | None
    release_reason: str | None
    metadata: str
    created_at: int
    updated_at: int
    applied_at: int | None
    released_at: int | None
    reversed_at: int | None


class RedemptionOwner(msgspec.Struct, gc=False):
    """Whose a redemption is (a view): to be asked before the account is locked, and followed through merges."""

    bucket: int
    id: str
    account: str


class RedemptionCode(msgspec.Struct, gc=False):
    """The claim on a code: there is one redemption for it, for ever. ``account`` is whose it was when it was redeemed."""

    bucket: int
    code: str
    redemption: str
    account: str


REWARDS = Table("rewards", RewardRow, ("id",))
REWARD_STOCK = Table("reward_stock", RewardStock, ("reward",), locked=True)
REDEMPTIONS = Table("redemptions", Redemption, ("bucket", "id"))
EXPIRING_REDEMPTIONS = Query(REDEMPTIONS, ("bucket", "account"), "status = 'pending' and expires_at is not null")
REDEMPTION_OWNERS = Table("redemption_owners", RedemptionOwner, ("bucket", "id"))
REDEMPTION_CODES = Table("redemption_codes", RedemptionCode, ("bucket", "code"))

_ID_PREFIX, _ID_LENGTH = "rdm_", 30


def redemption_key(identifier: str) -> Key | None:
    """Where a redemption is; ``None`` for what cannot be the id of one."""
    if not identifier.startswith(_ID_PREFIX) or len(identifier) != _ID_LENGTH:
        return None
    bucket = ids.carried_bucket(identifier)
    return None if bucket is None else (bucket, identifier)


def code_key(text: str) -> Key | None:
    """Where the claim on a code is, however it was typed; ``None`` for what cannot be one."""
    code = text.strip().upper()
    if not code.startswith(CODE_PREFIX) or not ids.is_code(code.removeprefix(CODE_PREFIX)):
        return None
    return (ids.bucket_of(code), code)


CODE_PREFIX = "RW-"
"""What every code starts with."""


def new_code() -> str:
    """A code that nobody can guess."""
    return CODE_PREFIX + ids.new_code()
