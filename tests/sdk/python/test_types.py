"""A type checker at its strictest passes right uses of the SDK, and finds every wrong one."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
PYREFLY = Path(sys.executable).with_name("pyrefly")

RIGHT = """
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import assert_type

from vinr import (
    AsyncPage, AsyncPager, AsyncStream, AsyncVinr, ConflictError, Page, Stream, Vinr, VinrError, params, types, webhooks
)


def enrol(vinr: Vinr) -> types.LoyaltyAccount:
    member = vinr.loyalty.accounts.create(program="prog_default", customer="cust_1", metadata={"a": "b"})
    assert_type(member, types.LoyaltyAccount)
    assert_type(member.balance, int)
    assert_type(member.created_at, datetime)
    assert_type(member.last_activity_at, datetime | None)
    assert_type(member.program, str | types.Program)
    vinr.loyalty.accounts.update(member.id, metadata={"a": None}, customer=None)
    return vinr.loyalty.accounts.retrieve(member.id, as_of=datetime.now(UTC), expand=["program"])


def read(vinr: Vinr, member: types.LoyaltyAccount) -> Iterator[int]:
    page = vinr.loyalty.transactions.list(account=member.id, type="earn", created_at={"gte": datetime.now(UTC)})
    assert_type(page, Page[types.PointsTransaction])
    assert_type(page.data, list[types.PointsTransaction])
    assert_type(page.next_page(), Page[types.PointsTransaction] | None)
    assert_type(page.page.total_estimate, int | None)
    for transaction in page:
        assert_type(transaction, types.PointsTransaction)
        assert_type(transaction.explanation.lots, list[types.LotPart] | None)
        yield transaction.amount


async def read_async(vinr: AsyncVinr) -> AsyncIterator[str]:
    pager = vinr.loyalty.accounts.list(status="all")
    assert_type(pager, AsyncPager[types.LoyaltyAccount])
    assert_type(await pager, AsyncPage[types.LoyaltyAccount])
    async for account in vinr.loyalty.accounts.list():
        assert_type(account, types.LoyaltyAccount)
        yield account.id
    assert_type(await vinr.loyalty.accounts.close("loy_1"), types.LoyaltyAccount)


def follow(vinr: Vinr, place: str | None) -> str | None:
    with vinr.events.stream(types=["loyalty.points.*"], account="loy_1", last_event_id=place) as stream:
        assert_type(stream, Stream[types.Event])
        for event in stream:
            assert_type(event, types.Event)
            break
        return stream.last_event_id


async def follow_async(vinr: AsyncVinr) -> None:
    stream = vinr.events.stream()
    assert_type(stream, AsyncStream[types.Event])
    async for event in stream:
        assert_type(event, types.Event)
    await stream.close()


def configure(vinr: Vinr) -> None:
    award: params.PerAmountAward = {"type": "per_amount", "per": 100, "points": Decimal("1.5")}
    conditions: list[params.Condition] = [{"fact": "event.amount", "op": "gte", "value": 1000}]
    vinr.loyalty.earning_rules.create(
        program="prog_default",
        trigger="payment.completed",
        award=award,
        conditions={"match": "any", "conditions": conditions},
        multipliers=[{"when": {"tier": "gold"}, "factor": 2}],
        cap={"points": 50},
        window="day",
    )
    vinr.loyalty.programs.create(name="Club", currency={"expiry": {"type": "rolling", "months": 12}})
    vinr.loyalty.rewards.create(program="prog_default", name="Mug", cost=5, value={"product": "mug"}, inventory=None)
    batch = vinr.events.create_batch(events=[{"id": "evt_1", "type": "a.b", "created": 1, "data": {"object": {"a": [1]}}}])
    for entry in batch.data:
        if isinstance(entry, types.EventBatchRefused):
            assert_type(entry.error.message, str)
        else:
            assert_type(entry.result, types.EventOutcome)


def receive(vinr: Vinr, body: bytes, headers: dict[str, str]) -> int:
    event = vinr.webhooks.construct_event(body, headers, "whsec_1")
    assert_type(event, types.Event)
    assert_type(webhooks.construct_event(body, headers["vinr-signature"], "whsec_1", 60), types.Event)
    if isinstance(event.data.object, types.PointsTransaction):
        return event.data.object.amount
    return 0


def fail(vinr: Vinr) -> str | None:
    quick = vinr.with_options(timeout=None, max_retries=0)
    assert_type(quick, Vinr)
    try:
        quick.loyalty.accounts.close("loy_1", options={"idempotency_key": "close-1", "timeout": 5})
    except ConflictError as error:
        assert_type(error.resource, str | None)
        return error.resource
    except VinrError as error:
        return error.code
    return None
"""

WRONG = """
from vinr import AsyncVinr, Vinr, types, webhooks

def wrong(vinr: Vinr, awaited: AsyncVinr) -> None:
    vinr.loyalty.accounts.create(customer="cust_1")  # no program
    vinr.loyalty.accounts.create("prog_default")  # not by position
    vinr.loyalty.accounts.create(program=5)  # not a text
    vinr.loyalty.accounts.create(program="p", customr="cust_1")  # misspelt
    vinr.loyalty.accounts.create(program="p", metadata={"a": 5})  # not a text
    vinr.loyalty.accounts.list(status="gone")  # no such status
    vinr.loyalty.accounts.list(created_at={"after": "2026"})  # accounts have no such filter
    vinr.loyalty.transactions.list(account="loy_1", created_at={"after": "2026-04-01T12:00:00Z"})  # no such end
    vinr.loyalty.transactions.create(account="loy_1", amount="5")  # not a number
    vinr.loyalty.rewards.create(program="p", name="Mug", cost=5, value={"prodct": "mug"})  # misspelt inside
    vinr.loyalty.programs.create(name="Club", currency={"expiry": {"type": "never"}})  # no such type
    vinr.loyalty.accounts.close("loy_1", options={"idempotency": "x"})  # no such option
    vinr.loyalty.acounts.list()  # no such resource
    vinr.loyalty.accounts.shut("loy_1")  # no such method
    member = vinr.loyalty.accounts.retrieve("loy_1")
    member.balanc  # no such field
    text: str = member.balance  # a number
    member.last_activity_at.year  # may be null
    for account in awaited.loyalty.accounts.list():  # to be looped over with async for
        pass
    vinr.events.stream(types=[5])  # not a text
    for event in awaited.events.stream():  # to be looped over with async for too
        pass
    awaited.loyalty.accounts.close("loy_1").status  # not awaited
    webhooks.construct_event(b"", {})  # no secret
    event: types.Event = vinr.loyalty.accounts.retrieve("loy_1")  # an account
"""


def faults(folder: Path, source: str, python: Path | None = None) -> dict[int, str]:
    """What the type checker says of a module, by line; with a Python, of the SDK that is installed there."""
    module = folder / "shop.py"
    module.write_text(source, encoding="utf-8")
    place = f"python-interpreter-path = {str(python or sys.executable)!r}\n"
    if python is None:
        place += f"search-path = [{str(ROOT / 'sdk/python/src')!r}]\n"
    settings = f'preset = "strict"\nproject-includes = ["shop.py"]\n{place}'
    (folder / "pyrefly.toml").write_text(settings, encoding="utf-8")
    command = [PYREFLY, "check", "--output-format=json", "--summary=none"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=250, check=False)
    assert done.returncode in (0, 1), done.stderr
    return {error["line"]: error["description"] for error in json.loads(done.stdout)["errors"]}


def test_right_uses_pass(tmp_path: Path) -> None:
    assert faults(tmp_path, RIGHT) == {}


def test_wrong_uses_are_found_and_nothing_else(tmp_path: Path) -> None:
    lines = WRONG.splitlines()
    expected = {number for number, line in enumerate(lines, 1) if "  # " in line}
    found = faults(tmp_path, WRONG)
    assert {lines[number - 1] for number in expected ^ set(found)} == set(), found
    assert len(expected) > 20
