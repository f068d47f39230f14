"""``vinr listen``."""

import sys
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from vinr_engagement.entrypoints.cli import running
from vinr_engagement.entrypoints.cli.faults import WrongUse

if TYPE_CHECKING:
    from rich.console import Console

    from vinr_engagement.entrypoints.cli.following import Event
    from vinr_engagement.entrypoints.cli.forwarding import Forwarder


@click.command(short_help="Show events as they happen.")
@click.option("--forward-to", metavar="URL", help="Hand every event on to this URL, as a webhook is delivered.")
@click.option("--types", metavar="LIST", help="Only these: loyalty.points.*,loyalty.tier.changed")
@click.option("--account", metavar="ID", help="Only those about this member, or this campaign.")
@click.option("--secret", metavar="whsec_…", help="Sign with this secret, instead of a new one.")
@click.option(
    "--print-json", is_flag=True, help="Print each event as a line of JSON; what else is told goes to stderr."
)
@click.option("--api-key", envvar="VINR_SECRET_KEY", metavar="KEY", help="A key with events:read; or VINR_SECRET_KEY.")
@click.option(
    "--base-url",
    envvar="VINR_API_BASE",
    metavar="URL",
    default="http://127.0.0.1:8000",
    show_default=True,
    help="The server; or VINR_API_BASE.",
)
def listen(
    *,
    forward_to: str | None,
    types: str | None,
    account: str | None,
    secret: str | None,
    print_json: bool,
    api_key: str | None,
    base_url: str,
) -> None:
    """Show events as they happen, from now on, and hand them on to a URL of yours.

    Ctrl-C ends it. A connection that is lost comes back by itself, and misses nothing.
    """
    if not api_key:
        raise WrongUse("Which key? Give --api-key, or set VINR_SECRET_KEY. `vinr keys create` makes one.")
    if not (api_key.isascii() and api_key.isprintable()):
        raise WrongUse("--api-key is no API key: it has characters that none has.")
    query = {name: value for name, value in (("types", types), ("account", account)) if value is not None}
    signed_with = None if forward_to is None else _secret_for(forward_to, secret)
    try:
        running.run(_listen(_Wish(base_url, api_key, query, forward_to, signed_with, print_json)))
    except KeyboardInterrupt:
        click.echo("Stopped.", err=print_json)


@dataclass(frozen=True)
class _Wish:
    """What the command was told."""

    base_url: str
    api_key: str
    query: dict[str, str]
    forward_to: str | None
    secret: str | None
    print_json: bool


def _secret_for(url: str, given: str | None) -> str:
    """The secret to sign with. Raises ``WrongUse`` for one that is none, and where there is nothing to send to."""
    from base64 import b64decode

    from vinr_engagement.foundation import ids
    from vinr_engagement.webhooks import signing

    if not url.startswith(("http://", "https://")):
        raise WrongUse(f"--forward-to must be a URL such as http://127.0.0.1:3000/webhooks, not {url!r}.")
    if given is None:
        return signing.secret_of(ids.random_bytes(signing.KEY_BYTES))
    try:
        b64decode(given.removeprefix(signing.PREFIX), validate=True)
    except ValueError as error:
        raise WrongUse("--secret must be as a webhook's: whsec_ and then base64.") from error
    return given


async def _listen(wish: _Wish) -> None:
    from rich.console import Console

    from vinr_engagement.entrypoints.cli import following, forwarding

    shown = Console(highlight=False, file=sys.stderr if wish.print_json else sys.stdout)

    def say(line: str) -> None:
        shown.print(line, style="dim", markup=False, soft_wrap=True)

    async with AsyncExitStack() as stack:
        forwarder = None
        if wish.forward_to is not None and wish.secret is not None:
            forwarder = await stack.enter_async_context(forwarding.Forwarder(wish.forward_to, wish.secret))
            say(f"Forwarding to {wish.forward_to}, signed with {wish.secret}")
        follower = following.Follower(wish.base_url, wish.api_key, wish.query, say)
        events = await stack.enter_async_context(aclosing(follower.events()))
        async for event in events:
            await _handle(event, wish, shown, forwarder)


async def _handle(event: "Event", wish: _Wish, shown: "Console", forwarder: "Forwarder | None") -> None:
    from vinr_engagement.foundation import json

    told: dict[str, Any] = json.decode(event.data)
    outcome = None if forwarder is None else await forwarder.send(told["id"], event.data.encode())
    if wish.print_json:
        click.echo(event.data)
        if outcome is not None and not outcome[0]:
            shown.print(f"{told['id']}: {outcome[1]}", style="red", markup=False, soft_wrap=True)
        return
    shown.print(_line(told, outcome), soft_wrap=True)


def _line(told: dict[str, Any], outcome: tuple[bool, str] | None) -> Any:
    """An event in a line: when, what, about whom, and what came of forwarding it."""
    from rich.text import Text

    line = Text.assemble(
        (f"{told['created_at'][11:19]}  ", "dim"),
        (f"{told['type']:<26}", "bold"),
        f"  {told['account']}  {told['id']}",
        (_amount(told["data"]["object"]), "cyan"),
    )
    if outcome is not None:
        line.append(f"  → {outcome[1]}", "green" if outcome[0] else "red")
    return line


def _amount(about: dict[str, Any]) -> str:
    """How many points, or how much money, where the event is about that."""
    amount = about.get("amount")
    if not isinstance(amount, int):
        return ""
    return f"  {amount:+,} {about.get('currency') or ''}".rstrip()
