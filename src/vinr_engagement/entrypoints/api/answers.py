"""How handlers answer: with JSON, with the outcome of a command, with a page of a list."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request, Response

from vinr_engagement import ledger
from vinr_engagement.commands import Reply, Settle, Store
from vinr_engagement.commands.context import Command
from vinr_engagement.entrypoints.api.door import EXCHANGE
from vinr_engagement.entrypoints.api.errors import ErrorWriter, Fault, is_kept, status_of
from vinr_engagement.entrypoints.api.exchange import Exchange
from vinr_engagement.foundation import json
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.errors import NotFound, Refusal
from vinr_engagement.members import Account

Result = TypeVar("Result")


async def _exchange_of(request: Request) -> Exchange:  # async, as the next: otherwise each takes a turn in a thread
    exchange: Exchange = request.scope[EXCHANGE]
    return exchange


async def _writer_of(request: Request) -> ErrorWriter:
    writer: ErrorWriter = request.app.state.error_writer
    return writer


Caller = Annotated[Exchange, Depends(_exchange_of)]
Errors = Annotated[ErrorWriter, Depends(_writer_of)]


def json_answer(content: Any, status: int = 200) -> Response:
    """An answer with JSON made by msgspec."""
    return Response(json.encode(content), status, media_type="application/json")


def reply_answer(reply: Reply) -> Response:
    """An answer of the write path, as it goes out."""
    headers = {"idempotent-replayed": "true"} if reply.replayed else None
    return Response(reply.body, reply.status, headers, media_type="application/json")


async def perform(exchange: Exchange, errors: ErrorWriter, command: Command, *, status: int = 200) -> Response:
    """Runs a command, at most once for the request's idempotency key, and answers what it decided or why not."""

    def render(outcomes: list[Any]) -> tuple[Reply, bool]:
        (outcome,) = outcomes
        if isinstance(outcome, Refusal):
            exchange.outcome = outcome.code
            return Reply(status_of(outcome), errors.body(outcome, exchange.request_id)), is_kept(outcome)
        return Reply(status, json.encode(outcome)), True

    claim = exchange.claim()
    return reply_answer(await exchange.store.write_path.answer([command], exchange.origin, render, claim))


async def settled(
    exchange: Exchange,
    read: Callable[[Session], Awaitable[Result]],
    accounts_in: Callable[[Result], Iterable[Account | None]],
) -> Result:
    """What ``read`` finds, once everything that time has changed of the accounts in it is written."""

    async def read_with_due(session: Session) -> tuple[Result, list[str]]:
        found = await read(session)
        return found, await _due_accounts(exchange.store, session, accounts_in(found))

    found, due = await exchange.read(read_with_due)
    if not due:
        return found
    await exchange.store.write_path.run(Settle(due), exchange.origin)
    return await exchange.read(read)


async def _due_accounts(store: Store, session: Session, accounts: Iterable[Account | None]) -> list[str]:
    """The accounts that time has changed; the clock is asked only where time can change one."""
    waiting = [account for account in accounts if account is not None and account.next_due_at is not None]
    now = await store.now_in(session) if waiting else 0
    return [account.id for account in waiting if ledger.is_due(account, now)]


def found_or_missing(found: Result | None, kind: str, identifier: str, param: str | None = None) -> Result:
    """What was found. Raises ``NotFound``."""
    if found is None:
        message = f"There is no {kind} {identifier[:255]!r} in this store."
        raise NotFound("resource_missing", message, param=param, resource=identifier[:255])
    return found


def list_answer(data: Sequence[Any], *, has_more: bool, next_cursor: str | None, total_estimate: int) -> dict[str, Any]:
    """A list as it goes out."""
    page = {"has_more": has_more, "next_cursor": next_cursor, "total_estimate": total_estimate}
    return {"object": "list", "data": data, "page": page}


def unknown_cursor(param: str, cursor: str) -> Fault:
    """The refusal of a cursor that is no object of the list."""
    return Fault("parameter_invalid", f"{param} names no object of this list: {cursor[:255]!r}.", param=param)
