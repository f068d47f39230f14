"""Every error that the API gives: one table of codes, their HTTP status, what they mean and what to do.

``docs/reference/errors.md`` shows this table to people; a test compares.
"""

from typing import Any, Final, NamedTuple

from vinr_engagement.entrypoints.api.limits import RETRY_AFTER_SECONDS
from vinr_engagement.foundation import json
from vinr_engagement.foundation.errors import Contention, Refusal, Unavailable


class Code(NamedTuple):
    """What a code says: its HTTP status, what happened, and what to do about it."""

    status: int
    meaning: str
    remedy: str


CODES: Final[dict[str, Code]] = {
    "parameter_missing": Code(400, "A field that is needed is not there.", "Send the field that `param` names."),
    "parameter_unknown": Code(
        400, "There is no field or query parameter of this name.", "Take the nearest known name, which `message` gives."
    ),
    "parameter_invalid": Code(
        400, "A field has the wrong type, or a value that is not allowed.", "Correct the field that `param` names."
    ),
    "json_invalid": Code(400, "The body is not well-formed JSON.", "Correct it at the place that `message` gives."),
    "json_too_deep": Code(400, "The body nests deeper than 32 levels.", "Flatten it."),
    "version_unknown": Code(
        400, "There is no API version of this name.", "Send a known `Vinr-Version`, or leave the header out."
    ),
    "api_key_missing": Code(
        401, "The request carries no API key.", "Send `X-Api-Key: KEY` or `Authorization: Bearer KEY`."
    ),
    "api_key_invalid": Code(401, "The API key is unknown, or was revoked.", "Use a key that `POST /v1/api-keys` made."),
    "signature_invalid": Code(
        401,
        "No signing secret of the connector signed the webhook, or the signature is too old.",
        "Give the connector the secret that the provider shows for this endpoint; keep the server's clock in step.",
    ),
    "connector_disabled": Code(
        403,
        "The connector that the webhook is signed for is disabled.",
        "Enable it; the provider sends the webhook again for a while.",
    ),
    "permission_denied": Code(
        403, "The restricted key lacks the scope that `required_scope` names.", "Use a key that has this scope."
    ),
    "test_mode_only": Code(
        403,
        "Test helpers work in the test store alone, and the key is a live one.",
        "Use a key that starts with `sk_test_`.",
    ),
    "path_unknown": Code(404, "There is nothing at this path.", "Check the path against the reference."),
    "referral_code_unknown": Code(404, "No referral has this code.", "Check the code; case does not matter."),
    "resource_missing": Code(
        404, "The id names nothing in this store.", "Check the id, and that the key is of the store where it was made."
    ),
    "method_not_allowed": Code(405, "The path takes other methods.", "Use one of those in the `Allow` header."),
    "account_already_exists": Code(
        409, "The customer has an active account in the program already.", "Use the account that `resource` names."
    ),
    "account_already_linked": Code(
        409,
        "The account belongs to another customer.",
        "Merge accounts instead; only a standalone account can be linked.",
    ),
    "account_closed": Code(409, "The account is closed.", "Reopen it first, if it is to take part again."),
    "account_erased": Code(409, "The person behind the account was forgotten already.", "Nothing: it is done."),
    "account_merged": Code(409, "The account was merged into another.", "Use the account that `resource` names."),
    "account_not_closed": Code(409, "The account is not closed.", "Nothing: it is active."),
    "analytics_not_ready": Code(
        409,
        "The figures are still being counted from the ledger: after an upgrade, or since a program's timezone was changed.",
        "Try again in a minute; a worker has to be running.",
    ),
    "campaign_archived": Code(409, "The campaign is archived for good.", "Make a new campaign."),
    "campaign_begun": Code(
        409,
        "The campaign has begun, and what `param` names stays as it is.",
        "Archive it and make a new one, or change what may still be changed.",
    ),
    "clock_not_set": Code(409, "The clock follows real time.", "Set it with `POST /v1/test-helpers/clock` first."),
    "event_conflict": Code(
        409,
        "The event id was received before with a different body.",
        "Give each event an id of its own, and never change one.",
    ),
    "event_not_replayable": Code(
        409,
        "The event was not ignored, so there is nothing to evaluate again.",
        "Replay only events with status `ignored`.",
    ),
    "idempotency_key_reused": Code(
        409, "The `Idempotency-Key` was used for a different request.", "Use a new key for a new request."
    ),
    "payment_failed": Code(
        409, "The payment failed or expired.", "Spend the credit on a payment that may still complete."
    ),
    "payment_conflict": Code(
        409,
        "The payment is known with another amount, currency or customer.",
        "Send what the payment named by `resource` really was.",
    ),
    "program_paused": Code(409, "The program is paused.", "Make it active, or wait until it is."),
    "redemption_not_an_item": Code(
        409, "The redemption is a discount or store credit, which nobody hands over.", "Apply it instead."
    ),
    "redemption_not_pending": Code(
        409,
        "The redemption was applied, released or reversed already; `status` says which.",
        "Redeem the reward anew, where it is still wanted.",
    ),
    "program_archived": Code(409, "The program is archived.", "Enrol in an active program, or make this one active."),
    "program_mismatch": Code(409, "The accounts are in different programs.", "Merge accounts of one program."),
    "refund_conflict": Code(
        409, "The refund is known with another amount.", "Give each refund an id of its own, and never change one."
    ),
    "segment_in_use": Code(
        409,
        "Something goes by the segment: a rule, a campaign, a reward.",
        "Take the segment out of what `resource` names first.",
    ),
    "signing_secret_in_use": Code(
        409,
        "The other store's connector has the signing secret, and the provider does not say which store it means.",
        "Use an app, and so a secret, of its own for each store.",
    ),
    "report_limit_reached": Code(
        409,
        "As many reports wait to be made as may.",
        "Ask again once one of them is completed, or delete one.",
    ),
    "report_not_completed": Code(
        409,
        "The report has no file: it is not made yet, or could not be.",
        "Ask for the report until its `status` is `completed`; `error` says why one failed.",
    ),
    "webhook_endpoint_disabled": Code(
        409, "The webhook endpoint is disabled.", "Enable it first: set its `status`, once its receiver works."
    ),
    "webhook_endpoint_limit": Code(
        409, "The store has as many webhook endpoints as it may.", "Delete one that is not needed."
    ),
    "stream_place_gone": Code(
        410,
        "What came after this place is older than 30 days, or the place is of another store.",
        "Open the stream without a place, and read what you missed from `GET /v1/events`.",
    ),
    "body_too_large": Code(
        413, "The body is larger than 1 MiB, 4 MiB for a webhook or 8 MiB for a batch.", "Send less at a time."
    ),
    "unsupported_media_type": Code(415, "The body is not declared as JSON.", "Send `Content-Type: application/json`."),
    "clock_moves_forward": Code(
        422, "A test clock never goes back.", "Choose a time that is not before the one that `message` gives."
    ),
    "credit_out_of_range": Code(
        422, "A wallet would hold more than 2^53 − 1 minor units.", "Check the amount; no wallet can go beyond."
    ),
    "event_in_future": Code(
        422,
        "The event happened more than five minutes ahead of the clock.",
        "Correct `created_at`, or the sender's clock.",
    ),
    "expires_at_in_past": Code(422, "The credit would have expired already.", "Choose a time after the clock's."),
    "insufficient_credit": Code(
        422, "The wallet holds less than the spend takes.", "Spend at most `balance`, in this currency."
    ),
    "insufficient_points": Code(
        422,
        "The account has fewer points than the debit or the redemption takes.",
        "Take at most `balance`; an adjustment may send `allow_negative: true`.",
    ),
    "points_out_of_range": Code(
        422,
        "The account would hold, owe or have earned more than 2^53 − 1 points.",
        "Check the amount; no account can go beyond.",
    ),
    "referee_already_paid": Code(
        422, "The referee has paid before.", "Attribute before the first payment; nothing can be done after it."
    ),
    "referee_already_referred": Code(
        422,
        "The referee was referred before, by the referral that `resource` names.",
        "Nothing: a member is referred once.",
    ),
    "referral_code_exhausted": Code(
        422,
        "As many referrals of the code are converted as it allows.",
        "Make another code, without `max_conversions` or with a higher one.",
    ),
    "referral_self": Code(422, "The code is the referee's own.", "Use a code of another member."),
    "referral_velocity_exceeded": Code(
        422,
        "The referrer brought as many members as the program's `referral_limit` allows.",
        "Look at the referrer; raise the limit if all is well, or wait.",
    ),
    "refund_exceeds_payment": Code(
        422, "More would be refunded than was paid.", "Send the refund's own amount, or the payment's cumulative one."
    ),
    "redemption_limit_reached": Code(
        422, "The member has had as many of the reward as one member may.", "Offer another reward."
    ),
    "reward_inactive": Code(
        422, "The reward is not active, has not started or has ended.", "Offer what `…/accounts/{id}/rewards` lists."
    ),
    "reward_not_eligible": Code(
        422, "The reward is for another tier or segment.", "Offer what `…/accounts/{id}/rewards` lists."
    ),
    "reward_out_of_stock": Code(
        422, "Fewer of the reward are left than were asked for.", "Ask for at most `remaining`, or raise `inventory`."
    ),
    "until_in_past": Code(
        422, "The pin would have ended already.", "Choose a time after the clock's, or leave it out."
    ),
    "webhook_replay_too_large": Code(
        422, "The span has more events than one replay tells.", "Replay shorter spans, one after the other."
    ),
    "webhook_url_refused": Code(
        422,
        "The URL leads to an address that is not public.",
        "Give a public one, or have the operator set `VINR_WEBHOOK_ALLOW_PRIVATE`.",
    ),
    "rate_limit_exceeded": Code(
        429, "The key made more requests than its rate allows.", "Send the request again after `Retry-After` seconds."
    ),
    "stream_limit_reached": Code(
        429,
        "The server process has as many streams open as it may.",
        "Try again after `Retry-After` seconds; share one stream among what needs it.",
    ),
    "internal_error": Code(
        500, "The server failed; the operator's log has the cause under this request id.", "Report the `request_id`."
    ),
    "service_unavailable": Code(
        503,
        "The database takes no work now, or did not say whether it did.",
        "Send the request again after `Retry-After` seconds, with the same `Idempotency-Key`.",
    ),
}

_STATUS_OF_KIND: Final = {"invalid": 400, "not_found": 404, "conflict": 409, "unprocessable": 422}
_TYPES: Final = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
_KEPT: Final = frozenset((409, 422))
_MENDED_BY_TIME: Final = frozenset(("event_in_future", "report_limit_reached"))


class Fault(Refusal):
    """A refusal at the door itself. ``headers`` go out with the answer."""

    kind = "fault"

    def __init__(self, code: str, message: str, *, headers: dict[str, str] | None = None, **more: Any) -> None:
        super().__init__(code, message, **more)
        self.headers = headers or {}


def is_kept(refusal: Refusal) -> bool:
    """Whether a refusal is kept for repeats of the request, as answers with 2xx are."""
    return status_of(refusal) in _KEPT and refusal.code not in _MENDED_BY_TIME


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal."""
    known = CODES.get(refusal.code)
    return known.status if known is not None else _STATUS_OF_KIND[refusal.kind]


def type_of(status: int) -> str:
    """The error type that goes with a status."""
    return "api_error" if status >= 500 else _TYPES.get(status, "invalid_request_error")


def as_refusal(error: BaseException) -> Refusal:
    """What is said of an exception; nothing of an unexpected one but that it happened."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, Unavailable | Contention):
        return Fault(
            "service_unavailable",
            "The service cannot take this request now. Send it again with the same event id or Idempotency-Key: it counts once.",
            headers={"retry-after": str(RETRY_AFTER_SECONDS)},
        )
    return Fault(
        "internal_error", "Something failed on our side; the request id leads to the cause in the server's log."
    )


class ErrorWriter:
    """Writes errors as they go out, with links into the documentation at ``docs_url``."""

    def __init__(self, docs_url: str) -> None:
        self._docs_url = docs_url.rstrip("/")

    def error(self, refusal: Refusal, request_id: str) -> dict[str, Any]:
        """The error object; what the refusal has of further facts stands beside the fixed fields."""
        fixed = {
            "type": type_of(status_of(refusal)),
            "code": refusal.code,
            "message": refusal.message,
            "param": refusal.param,
            "doc_url": f"{self._docs_url}/reference/errors#{refusal.code}",
            "request_id": request_id,
        }
        if refusal.resource is not None:
            fixed["resource"] = refusal.resource
        return {**refusal.details, **fixed}

    def body(self, refusal: Refusal, request_id: str) -> bytes:
        """The whole body of an error answer."""
        return json.encode({"error": self.error(refusal, request_id)})

    def answer(self, refusal: Refusal, request_id: str) -> tuple[int, bytes, dict[str, str]]:
        """Status, body and headers of an error answer."""
        headers = refusal.headers if isinstance(refusal, Fault) else {}
        return status_of(refusal), self.body(refusal, request_id), headers
