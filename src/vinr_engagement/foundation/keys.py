"""API keys: how they are made and how they are recognised. Only a keyed hash of a key is ever stored."""

import hmac
from typing import Final

from vinr_engagement.foundation import ids
from vinr_engagement.foundation.settings import ENVIRONMENTS, Environment

_PREFIXES: Final = {"secret": "sk", "restricted": "rk"}
_ENVIRONMENT_OF: Final[dict[str, Environment]] = {
    f"{prefix}_{environment}_": environment for prefix in _PREFIXES.values() for environment in ENVIRONMENTS
}
_PREFIX_LENGTH: Final = len("sk_test_")
_SHOWN: Final = 4


def new_key(environment: Environment, kind: str) -> str:
    """A new key of 130 random bits: ``sk_test_…``, or ``rk_live_…`` for kind ``restricted`` in the live store."""
    return ids.new_secret(f"{_PREFIXES[kind]}_{environment}_")


def hash_key(secret: str, pepper: str) -> str:
    """What is stored of a key: HMAC-SHA256 under the pepper, hexadecimal.

    Keys are random, so no slow hash is needed; without the pepper a stolen table does not tell a guessed key from a wrong one.
    """
    return hmac.digest(pepper.encode(), secret.encode(), "sha256").hex()


def environment_of(secret: str) -> Environment | None:
    """The store that a key is for, by its prefix; ``None`` for what is no key of ours."""
    return _ENVIRONMENT_OF.get(secret[:_PREFIX_LENGTH])


def hint_of(secret: str) -> str:
    """What people recognise a key by: ``sk_test_…4k2p``."""
    return f"{secret[:_PREFIX_LENGTH]}…{secret[-_SHOWN:]}"
