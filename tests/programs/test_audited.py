"""Every change of configuration is in the audit log: who made it, what there was before and what there is now."""

from pathlib import Path
from typing import Any

import pytest

from tests.docs.shop import START, empty_store
from vinr_engagement import audit
from vinr_engagement.audit import AuditEntry, Origin
from vinr_engagement.commands import (
    AdvanceClock,
    CreateProgram,
    CreateRule,
    RevokeKey,
    SetClock,
    Store,
    UpdateProgram,
    UpdateRule,
)
from vinr_engagement.foundation import json
from vinr_engagement.foundation.clock import DAY, parse_instant
from vinr_engagement.foundation.errors import Refusal

pytestmark = pytest.mark.anyio
RULE = {"program": "prog_club", "trigger": "shop.visited", "award": {"type": "fixed", "points": 5}}
NOON = parse_instant(START)


async def _log(store: Store) -> list[AuditEntry]:
    return await store.database.read(
        lambda session: session.rows(audit.AUDIT_LOG, "actor not in ('tests', 'engine') order by id")
    )


async def test_each_change_is_noted_with_who_made_it_and_a_refused_one_is_not(tmp_path: Path) -> None:
    async with empty_store(tmp_path, START) as store:
        key = store.new_key("till", "secret", [])
        changes: list[tuple[Any, str, str]] = [
            (CreateProgram({"name": "Club"}, "prog_club"), "program.created", "prog_club"),
            (UpdateProgram("prog_club", {"hold_days": 14}), "program.updated", "prog_club"),
            (CreateRule(RULE, "rule_visit"), "earning_rule.created", "rule_visit"),
            (UpdateRule("rule_visit", {"active": False}), "earning_rule.updated", "rule_visit"),
            (SetClock(NOON + DAY), "clock.set", "clock"),
            (AdvanceClock(NOON + 2 * DAY), "clock.set", "clock"),
            (key, "api_key.created", ""),
        ]
        for number, (command, _, _) in enumerate(changes):
            await store.write_path.run(command, Origin(f"person_{number}", f"req_{number}"))
        with pytest.raises(Refusal):
            await store.write_path.run(UpdateProgram("prog_club", {"timezone": "Nowhere"}), Origin("person_99"))
        log = await _log(store)
        assert [(entry.action, entry.actor, entry.request_id) for entry in log] == [
            (action, f"person_{number}", f"req_{number}") for number, (_, action, _) in enumerate(changes)
        ]
        assert [entry.resource for entry in log[:-1]] == [resource for _, _, resource in changes[:-1]]
        await store.write_path.run(RevokeKey(log[-1].resource), Origin("person_8"))
        revoked = (await _log(store))[-1]
        assert (revoked.action, revoked.actor, revoked.resource) == ("api_key.revoked", "person_8", log[-1].resource)


async def test_an_entry_has_what_there_was_before_and_what_there_is_now(tmp_path: Path) -> None:
    async with empty_store(tmp_path, START) as store:
        await store.write_path.run(CreateProgram({"name": "Club"}, "prog_club"), Origin("owner"))
        await store.write_path.run(UpdateProgram("prog_club", {"hold_days": 14}), Origin("owner"))
        created, updated = await _log(store)
        assert created.before is None
        assert updated.before == created.after
        before, after = (json.decode(text or "") for text in (updated.before, updated.after))
        assert (before["hold_days"], after["hold_days"]) == (0, 14)
