"""The kinds of refusal. Each carries a stable ``code`` and data; what HTTP says of them is decided at the door."""

from typing import Any, ClassVar


class Refusal(Exception):
    """A request that is answered with an error and changes nothing.

    ``code`` is stable and documented; ``message`` says what was wrong, where, and what would be right; ``param`` names the
    field; ``resource`` the id of an object that helps to recover; ``details`` are further facts (``balance``, ``required``).
    """

    kind: ClassVar[str] = "refused"

    def __init__(
        self,
        code: str,
        message: str,
        *,
        param: str | None = None,
        resource: str | None = None,
        details: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.param = param
        self.resource = resource
        self.details = details or {}


class Invalid(Refusal):
    """The request itself is wrong: a field is missing, of a wrong type or out of range."""

    kind = "invalid"


class NotFound(Refusal):
    """What the request names does not exist here."""

    kind = "not_found"


class Conflict(Refusal):
    """The request contradicts what is already there."""

    kind = "conflict"


class Unprocessable(Refusal):
    """The request is well formed, and the domain refuses it: too few points, a time that is not allowed."""

    kind = "unprocessable"


class Unavailable(Exception):
    """The database cannot take work now, or did not say whether it did: asking again with the same key is safe."""


class Contention(Exception):
    """The database refused a transaction because another ran beside it. Nothing was changed; running it again may help."""
