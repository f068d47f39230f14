"""``vinr keys``."""

from typing import TYPE_CHECKING, Any, Final

import click

from vinr_engagement.entrypoints.cli import running
from vinr_engagement.entrypoints.cli.faults import CommandFailed, WrongUse

if TYPE_CHECKING:
    from vinr_engagement.foundation.database import Session
    from vinr_engagement.foundation.settings import Environment

ACTOR: Final = "cli"


@click.group(short_help="Make, list and revoke API keys.")
def keys() -> None:
    """Make, list and revoke API keys."""


@keys.command(short_help="Make a key.")
@running.environment_option(default="test", text="The store that the key is for.")
@click.option("--name", default="API key", show_default=True, help="What the key is for.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    metavar="RESOURCE:ACCESS",
    help="Restrict the key, e.g. accounts:read; repeatable.",
)
def create(environment: "Environment", name: str, scopes: tuple[str, ...]) -> None:
    """Make a key. The secret goes to standard output, this once: only a digest of it is kept."""
    if scopes:
        _check_scopes(scopes)
    made = running.run(_create(environment, name, list(dict.fromkeys(scopes))))
    click.echo(
        f"{made['id']}, {made['kind']}, for the {environment} store. Keep its secret: it is not shown again.", err=True
    )
    click.echo(made["secret"])


def _check_scopes(scopes: tuple[str, ...]) -> None:
    from vinr_engagement.entrypoints.api.scopes import RESOURCES, SCOPES

    for scope in scopes:
        if scope not in SCOPES:
            raise WrongUse(f"{scope!r} is no scope: RESOURCE:read or RESOURCE:write, of {', '.join(RESOURCES)}.")


async def _create(environment: "Environment", name: str, scopes: list[str]) -> dict[str, Any]:
    from vinr_engagement.audit import Origin

    async with running.opened(running.settings(), [environment]) as stores:
        store = stores[environment]
        command = store.new_key(name, "restricted" if scopes else "secret", scopes)
        made: dict[str, Any] = await store.write_path.run(command, Origin(ACTOR))
        return made


@keys.command("list", short_help="List keys.")
@running.environment_option(default=None, text="Only the keys of this store.")
def list_keys(environment: "Environment | None") -> None:
    """List the keys, oldest first, revoked ones included.

    In a pipe each is one line of ID, store, name, kind, scopes, hint, created and revoked, separated by tabs.
    """
    import sys

    found = running.run(_list(environment))
    if sys.stdout.isatty():
        _print_table(found)
        return
    for row in found:
        click.echo("\t".join(row))


def _print_table(rows: list[tuple[str, ...]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not rows:
        click.echo("There are no keys. Make one: vinr keys create --environment test --name 'My shop'")
        return
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for column in ("id", "key", "created"):
        table.add_column(column, no_wrap=True)
    for column in ("name", "scopes"):
        table.add_column(column, overflow="fold")
    for identifier, _, name, _, scopes, hint, created, revoked in rows:
        state = "revoked" if revoked else created[:10]
        cells = (Text(cell) for cell in (identifier, hint, state, name, scopes.replace(",", " ") or "everything"))
        table.add_row(*cells, style="dim" if revoked else None)
    Console(highlight=False).print(table)


async def _list(environment: "Environment | None") -> list[tuple[str, ...]]:
    from vinr_engagement.commands import ApiKey
    from vinr_engagement.commands.api_keys import API_KEYS

    async def read(session: "Session") -> list[ApiKey]:
        return await session.rows(API_KEYS, "true order by created_at, id")

    async with running.opened(running.settings(), _only(environment)) as stores:
        return [_line(name, key) for name, store in stores.items() for key in await store.database.read(read)]


def _line(environment: str, key: Any) -> tuple[str, ...]:
    from vinr_engagement.commands import key_snapshot

    shown = key_snapshot(key)
    prefix = "rk" if shown["kind"] == "restricted" else "sk"
    return (
        shown["id"],
        environment,
        shown["name"],
        shown["kind"],
        ",".join(shown["scopes"]),
        f"{prefix}_{environment}_…{shown['hint']}",
        shown["created_at"][:19],
        (shown["revoked_at"] or "")[:19],
    )


@keys.command(short_help="Revoke a key.")
@click.argument("key")
@running.environment_option(default=None, text="The store of the key; both are searched otherwise.")
def revoke(key: str, environment: "Environment | None") -> None:
    """Make the key with the id KEY worthless. Running servers follow within seconds; a repeat changes nothing."""
    revoked = running.run(_revoke(key, environment))
    click.echo(f"Revoked {key}, {revoked['name']!r}, which ended in {revoked['hint']}.")


async def _revoke(key: str, environment: "Environment | None") -> dict[str, Any]:
    from vinr_engagement.audit import Origin
    from vinr_engagement.commands import RevokeKey
    from vinr_engagement.foundation.errors import NotFound

    async with running.opened(running.settings(), _only(environment)) as stores:
        for store in stores.values():
            try:
                revoked: dict[str, Any] = await store.write_path.run(RevokeKey(key), Origin(ACTOR))
            except NotFound:
                continue
            else:
                return revoked
    where = f"the {environment} store" if environment else "either store"
    raise CommandFailed(f"There is no key with the id {key!r} in {where}; `vinr keys list` shows them all.")


def _only(environment: "Environment | None") -> "list[Environment] | None":
    return None if environment is None else [environment]
