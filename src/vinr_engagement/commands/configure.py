"""Changing programs and rules. Each change is in the audit log, and every process follows from its next batch on."""

from typing import Any

import msgspec

from vinr_engagement import audit, programs, rules
from vinr_engagement.commands import edited_tiers
from vinr_engagement.commands.configuring import (
    NEW_VERSION,
    Configure,
    merged,
    refuse_unknown_program,
    refuse_unknown_segments,
)
from vinr_engagement.commands.context import Context, no_such
from vinr_engagement.foundation import ids, json
from vinr_engagement.foundation.clock import format_instant
from vinr_engagement.foundation.errors import Invalid
from vinr_engagement.programs import Program
from vinr_engagement.rules import RuleRow, RuleVersionRow


class CreateProgram(Configure):
    """A new program from a definition that has the shape of the wire schema."""

    def __init__(self, definition: dict[str, Any], identifier: str | None = None) -> None:
        self.definition = definition
        self.identifier = identifier

    def decide(self, context: Context) -> dict[str, Any]:
        identifier = self.identifier or ids.new_id("prog")
        stamps = {"id": identifier, "created_at": context.now, "updated_at": context.now}
        program = _program({**self.definition, **stamps})
        context.state.insert(programs.row_of(program))
        return _noted_program(context, "program.created", None, program)


class UpdateProgram(Configure):
    """Replaces the fields given; ``currency``, ``tier_config`` and ``metadata`` are merged field by field."""

    def __init__(self, program: str, changes: dict[str, Any]) -> None:
        self.program = program
        self.changes = changes

    def decide(self, context: Context) -> dict[str, Any]:
        row = context.state.find(programs.PROGRAMS, (self.program,))
        if row is None:
            raise no_such("program", self.program)
        before = programs.program_of(row)
        changed = merged(json.decode(row.body), self.changes, ("currency", "tier_config", "metadata"))
        program = _program({**changed, "updated_at": context.now})
        context.state.replace(programs.row_of(program))
        if _places_by(program) != _places_by(before):
            context.statements.append(edited_tiers.mark(context, program))
        return _noted_program(context, "program.updated", program_snapshot(before), program)


def _places_by(program: Program) -> tuple[Any, ...]:
    """What decides the tier of a member; names, benefits and multipliers do not."""
    config = program.tier_config
    steps = sorted((tier.rank, tier.key, tier.threshold) for tier in config.tiers)
    return config.qualify_on, config.period, config.downgrade, steps, program.timezone


def _program(definition: dict[str, Any]) -> Program:
    plain = dict(definition)
    plain["currency"] = _expiry_spelled_out(dict(plain.get("currency") or {}))
    plain["tier_config"] = _tiers_spelled_out(dict(plain.get("tier_config") or {}))
    try:
        program = msgspec.convert(plain, Program)
    except msgspec.ValidationError as error:
        raise Invalid("parameter_invalid", f"The program is not valid: {error}.") from None
    return programs.validate(program)


def _expiry_spelled_out(currency: dict[str, Any]) -> dict[str, Any]:
    """``expiry_months`` is short for a rolling expiry."""
    if "expiry_months" in currency:
        months = currency.pop("expiry_months")
        currency["expiry"] = None if months is None else {"type": "rolling", "months": months}
    return currency


def _tiers_spelled_out(config: dict[str, Any]) -> dict[str, Any]:
    """A tier's key is its name in snake case unless given; its multiplier is kept as exact text."""
    config["tiers"] = [
        {
            **tier,
            "key": tier.get("key") or "_".join(str(tier.get("name", "")).lower().split()),
            "multiplier": rules.parse_factor(tier.get("multiplier", 1), f"tier_config.tiers[{place}].multiplier").text,
        }
        for place, tier in enumerate(config.get("tiers") or ())
    ]
    return config


def _noted_program(context: Context, action: str, before: Any, program: Program) -> dict[str, Any]:
    context.statements.append(NEW_VERSION)
    snapshot = program_snapshot(program)
    audit.note(context.state, context.origin, action, program.id, before, snapshot, context.now)
    return snapshot


def program_snapshot(program: Program) -> dict[str, Any]:
    """The program as the API shows it."""
    plain: dict[str, Any] = msgspec.to_builtins(program)
    expiry = program.currency.expiry
    plain["currency"]["expiry_months"] = expiry.months if expiry is not None and expiry.type == "rolling" else None
    plain["tier_config"]["period"] = {"type": program.tier_config.period.type, **plain["tier_config"]["period"]}
    return {
        "id": plain.pop("id"),
        "object": "program",
        **plain,
        "created_at": format_instant(program.created_at),
        "updated_at": format_instant(program.updated_at),
    }


class CreateRule(Configure):
    """A new earning rule, at version 1."""

    def __init__(self, definition: dict[str, Any], identifier: str | None = None) -> None:
        self.definition = definition
        self.identifier = identifier

    def decide(self, context: Context) -> dict[str, Any]:
        refuse_unknown_program(context, self.definition.get("program"))
        definition = {
            **_RULE_DEFAULTS,
            "name": self.definition.get("trigger"),
            **rules.normalise(self.definition),
            "id": self.identifier or ids.new_id("rule"),
            "version": 1,
            "created_at": context.now,
            "updated_at": context.now,
        }
        row = _rule_row(context, definition)
        context.state.insert(row)
        return _noted_rule(context, "earning_rule.created", None, row)


class UpdateRule(Configure):
    """A new version of a rule with the fields given replaced; what was awarded keeps the version that it was awarded by."""

    def __init__(self, rule: str, changes: dict[str, Any]) -> None:
        self.rule = rule
        self.changes = changes

    def decide(self, context: Context) -> dict[str, Any]:
        row = context.state.find(rules.RULES, (self.rule,))
        if row is None:
            raise no_such("earning rule", self.rule)
        before = rule_snapshot(row)
        held = json.decode(row.body)
        if "program" in self.changes and self.changes["program"] != held["program"]:
            raise Invalid("parameter_invalid", "program of a rule cannot be changed; make a new rule.", param="program")
        if self.changes.get("earn") is not None and "award" not in self.changes:
            held.pop("award", None)
        fresh_definition = merged(held, self.changes, ("metadata",))
        definition = {**rules.normalise(fresh_definition), "version": row.version + 1, "updated_at": context.now}
        fresh = context.state.replace(_rule_row(context, definition))
        return _noted_rule(context, "earning_rule.updated", before, fresh)


_RULE_DEFAULTS: dict[str, Any] = {
    "conditions": None,
    "multiplier": 1,
    "multipliers": [],
    "cap": None,
    "window": None,
    "budget": None,
    "starts_at": None,
    "ends_at": None,
    "active": True,
    "metadata": {},
}


def _rule_row(context: Context, definition: dict[str, Any]) -> RuleRow:
    rule = rules.parse_rule(definition)
    refuse_unknown_segments(context, definition["program"], rules.segments_needed(rule), "conditions")
    return RuleRow(
        id=rule.id,
        program=definition["program"],
        version=rule.version,
        active=rule.active,
        body=json.text(rule.definition),
        created_at=definition["created_at"],
        updated_at=definition["updated_at"],
    )


def _noted_rule(context: Context, action: str, before: Any, row: RuleRow) -> dict[str, Any]:
    context.state.append(RuleVersionRow(row.id, row.version, row.body, row.updated_at))
    context.statements.append(NEW_VERSION)
    snapshot = rule_snapshot(row)
    audit.note(context.state, context.origin, action, row.id, before, snapshot, context.now)
    return snapshot


def rule_snapshot(row: RuleRow | RuleVersionRow) -> dict[str, Any]:
    """The rule as the API shows it."""
    body: dict[str, Any] = json.decode(row.body)
    shown = {name: value for name, value in body.items() if name not in ("id", "object")}
    for name in ("starts_at", "ends_at", "created_at", "updated_at"):
        if isinstance(shown.get(name), int):
            shown[name] = format_instant(shown[name])
    return {"id": body["id"], "object": "earning_rule", **shown}
