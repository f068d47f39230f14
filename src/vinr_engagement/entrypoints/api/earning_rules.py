"""``/v1/loyalty/earning-rules``: when members earn, and how much."""

from typing import Annotated, Any, Literal

from fastapi import Query, Response
from pydantic import Field

from vinr_engagement.commands import CreateRule, UpdateRule, parse_event, rule_snapshot
from vinr_engagement.entrypoints.api import limits
from vinr_engagement.entrypoints.api.answers import Caller, Errors, found_or_missing, json_answer, list_answer, perform
from vinr_engagement.entrypoints.api.backtest_shapes import Backtest
from vinr_engagement.entrypoints.api.earning_shapes import EarningRule
from vinr_engagement.entrypoints.api.expand import Expanding, expand
from vinr_engagement.entrypoints.api.fields import (
    FlagText,
    Id,
    Instant,
    Metadata,
    MetadataChanges,
    Name,
    Shape,
    Wire,
    example,
)
from vinr_engagement.entrypoints.api.outcome_shapes import ProgramOutcome
from vinr_engagement.entrypoints.api.paging import PageShape, Paging
from vinr_engagement.entrypoints.api.routing import Resource
from vinr_engagement.entrypoints.api.rule_shapes import (
    TRIGGER,
    AwardIn,
    BudgetIn,
    CapIn,
    ConditionsIn,
    EarnIn,
    Factor,
    MultipliersIn,
)
from vinr_engagement.entrypoints.api.shapes import PointsTransaction
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Page
from vinr_engagement.foundation.errors import Invalid
from vinr_engagement.rules import RuleRow
from vinr_engagement.rules import queries as rule_queries

earning_rules = Resource("earning_rules", "/v1/loyalty/earning-rules", "earning_rules")


Trigger = Annotated[str, Field(max_length=100, json_schema_extra={"pattern": TRIGGER})]


class RuleChanges(Wire):
    """The fields of a rule to replace; a new version comes of it."""

    model_config = example(award={"type": "per_amount", "per": 100, "points": 2})

    program: Id = Field("", examples=["prog_default"])
    name: Name = Field("", description="For people.", examples=["1 point per euro"])
    trigger: Trigger = Field("", examples=["payment.completed"])
    award: AwardIn = None
    earn: EarnIn = None
    conditions: ConditionsIn = None
    multiplier: Factor = 1
    multipliers: MultipliersIn = None
    cap: CapIn = None
    window: Literal["day", "week", "month", "lifetime"] | None = None
    budget: BudgetIn = None
    recipient: Literal["member", "referrer", "referee", "both"] | None = None
    starts_at: Instant | None = Field(None, description="By the event's time.")
    ends_at: Instant | None = None
    active: bool = True
    metadata: MetadataChanges = Field(default_factory=dict)

    def definition(self) -> dict[str, Any]:
        """The fields that were given."""
        return self.model_dump(exclude_unset=True)


class NewRule(RuleChanges):
    """An earning rule to make."""

    model_config = example(
        program="prog_default",
        name="1 point per pound",
        trigger="payment.completed",
        award={"type": "per_amount", "per": 100, "points": 1},
    )

    program: Id = Field(examples=["prog_default"])
    trigger: Trigger = Field(examples=["payment.completed"], min_length=1)
    metadata: Metadata = Field(default_factory=dict)  # type: ignore[assignment]


class DraftRule(RuleChanges):
    """An earning rule to try."""

    model_config = example(
        name="2 points per pound",
        trigger="payment.completed",
        award={"type": "per_amount", "per": 100, "points": 2},
    )

    trigger: Trigger = Field(examples=["payment.completed"], min_length=1)
    metadata: Metadata = Field(default_factory=dict)  # type: ignore[assignment]


class NewBacktest(Wire):
    """Rules to try on what really happened."""

    model_config = example(
        program="prog_default",
        rules=[
            {
                "name": "2 points per pound",
                "trigger": "payment.completed",
                "award": {"type": "per_amount", "per": 100, "points": 2},
            }
        ],
        last=500,
    )

    program: Id = Field(description="Whose rules, and whose events.", examples=["prog_default"])
    rules: Annotated[list[DraftRule], Field(max_length=limits.PREVIEW_RULES)] = Field(
        default_factory=list, description="The proposed rules, beside those of today that stay."
    )
    replaces: Annotated[list[Id], Field(max_length=limits.PREVIEW_RULES)] = Field(
        default_factory=list, description="Those of today's rules that would no longer be in force, by their ids."
    )
    last: Annotated[int, Field(ge=1, le=limits.BACKTEST_EVENTS)] = Field(
        limits.BACKTEST_EVENTS, description="On how many of the last events to try them."
    )


class RuleList(Shape):
    """A page of rules, newest first."""

    object: Literal["list"]
    data: list[EarningRule]
    page: PageShape


class Preview(Wire):
    """An event to try rules on, without effect."""

    model_config = example(
        event={
            "id": "evt_shop_1001",
            "type": "payment.completed",
            "created_at": "2026-04-01T12:00:00Z",
            "data": {"object": {"id": "pay_1001", "amount": 4999, "currency": "GBP", "customer": "cust_abc123"}},
        }
    )

    event: dict[str, Any] = Field(
        description="As it would be sent to `/v1/events`.",
        json_schema_extra={"allOf": [{"$ref": "#/components/schemas/EventIn"}]},
    )
    rules: Annotated[list[NewRule], Field(max_length=limits.PREVIEW_RULES)] | None = Field(
        None, description="Rules to try in place of those in force."
    )
    account: Id | None = Field(None, description="The member to try it for, where the event does not name one.")


class PreviewResult(Shape):
    """What the event would bring."""

    object: Literal["earning_preview"]
    programs: list[ProgramOutcome]
    transactions: list[PointsTransaction]


class ListRules(Paging, Expanding):
    """Which rules to list."""

    program: Id | None = Field(None, description="Only those of this program.", examples=["prog_default"])
    active: FlagText | None = Field(None, description="Only those that are active, or are not.")


class GetRule(Expanding):
    """How to show a rule."""


@earning_rules.write("POST", "", "create", EarningRule, errors=("resource_missing",))
async def create_rule(caller: Caller, errors: Errors, body: NewRule) -> Response:
    """Make an earning rule

    Without a `name`, it is named for its trigger.
    """
    return await perform(caller, errors, CreateRule({"name": body.trigger, **body.definition()}))


@earning_rules.get("", "list", RuleList, errors=("parameter_invalid",))
async def list_rules(caller: Caller, query: Annotated[ListRules, Query()]) -> Response:
    """List earning rules

    At their newest versions, the newest rule first.
    """
    tree = query.tree("earning_rule")

    async def place(session: Session, cursor: str) -> str | None:
        return cursor if await rule_queries.get_rule(session, cursor) else None

    async def read(session: Session) -> Page[RuleRow]:
        window = await query.window(session, place)
        return await rule_queries.list_rules(session, window, program=query.program, active=query.active)

    page = await caller.read(read)
    data = [rule_snapshot(row) for row in page.rows]
    await expand(caller, data, "earning_rule", tree)
    return json_answer(query.answer(page, data))


@earning_rules.write(
    "POST", "/preview", "preview", PreviewResult, errors=("resource_missing", "account_merged"), access="read"
)
async def preview_rules(caller: Caller, body: Preview) -> Response:
    """Try rules on an event

    Answers what the event would bring, by the rules in force or by those given. Nothing is written, so an `Idempotency-Key`
    has nothing to protect.
    """
    caller.claim()
    try:
        event = parse_event(body.event)
    except Invalid as fault:
        param = "event" if fault.param is None else f"event.{fault.param}"
        raise Invalid(fault.code, fault.message, param=param) from None
    definitions = None if body.rules is None else [rule.definition() for rule in body.rules]
    return json_answer(await caller.store.preview(event, definitions, body.account))


@earning_rules.write("POST", "/backtest", "backtest", Backtest, errors=("resource_missing",), access="read")
async def backtest_rules(caller: Caller, body: NewBacktest) -> Response:
    """Try rules on past events

    Answers what the program's last payments, invoices and other events that a rule reacts to would bring by today's rules and
    by the proposed ones. Nothing is written, so an `Idempotency-Key` has nothing to protect. What is taken as it stands now,
    and what is left out, is in `notes`.
    """
    caller.claim()
    drafts = [rule.definition() for rule in body.rules]
    return json_answer(await caller.store.backtest(body.program, drafts, body.replaces, body.last))


@earning_rules.get("/{rule}", "retrieve", EarningRule, errors=("parameter_invalid",))
async def get_rule(caller: Caller, rule: str, query: Annotated[GetRule, Query()]) -> Response:
    """Retrieve an earning rule"""
    tree = query.tree("earning_rule")
    row = await caller.read(lambda session: rule_queries.get_rule(session, rule))
    shown = rule_snapshot(found_or_missing(row, "earning rule", rule))
    await expand(caller, [shown], "earning_rule", tree)
    return json_answer(shown)


@earning_rules.write("PATCH", "/{rule}", "update", EarningRule)
async def update_rule(caller: Caller, errors: Errors, rule: str, body: RuleChanges) -> Response:
    """Change an earning rule

    A new version comes of it; what was awarded keeps the version that it was awarded by.
    """
    return await perform(caller, errors, UpdateRule(rule, body.definition()))


@earning_rules.get("/{rule}/versions", "list_versions", RuleList)
async def list_versions(caller: Caller, rule: str) -> Response:
    """List the versions of an earning rule

    All of them, the newest first.
    """
    found = await caller.read(lambda session: rule_queries.list_versions(session, rule))
    versions = [rule_snapshot(version) for version in found_or_missing(found or None, "earning rule", rule)]
    return json_answer(list_answer(versions, has_more=False, next_cursor=None, total_estimate=len(versions)))
