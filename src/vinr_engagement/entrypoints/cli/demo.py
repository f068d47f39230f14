"""``vinr demo``."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from vinr_engagement.entrypoints.cli import running
from vinr_engagement.entrypoints.cli.faults import CommandFailed

if TYPE_CHECKING:
    from vinr_engagement.commands import Store
    from vinr_engagement.entrypoints.demo.figures import Figures
    from vinr_engagement.entrypoints.demo.year import Event
    from vinr_engagement.foundation.database import Session
    from vinr_engagement.foundation.settings import Environment, Settings

HOST: Final = "127.0.0.1"
EMAIL: Final = "demo@example.com"
"""Whoever tries the demo signs in to its dashboard with it."""
FOLDER: Final = Path(".demo")


@click.command(short_help="Play a real shop's year, then serve it.")
@click.option("--no-serve", is_flag=True, help="Print the figures and exit.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option(
    "--port", type=click.IntRange(1, 65_535), default=8000, show_default=True, help="The next free one if in use."
)
@click.option("--database-url", help="An empty database to use instead of a new one in .demo/.")
@click.option(
    "--as-dated", is_flag=True, help="Leave the year, and the test clock, in 2010 and 2011; points never expire."
)
def demo(*, no_serve: bool, as_json: bool, port: int, database_url: str | None, as_dated: bool) -> None:
    """Play a real shop's year through the API, print what it came to, then serve it.

    24,000 payments and refunds, moved so that the last one was yesterday, into a new SQLite database in .demo/. Members climb
    tiers and redeem rewards on the way.
    """
    with _database(database_url) as url:
        chosen = replace(running.settings(), database_url=url, log_level="warning", log_format="console", rate_limit=0)
        running.run(_demo(chosen, port=None if no_serve else port, as_json=as_json, as_dated=as_dated))


@contextmanager
def _database(database_url: str | None) -> Iterator[str]:
    from vinr_engagement.entrypoints.demo.folder import FolderRefused, fresh_database

    with ExitStack() as stack:
        try:
            url = database_url or stack.enter_context(fresh_database(FOLDER))
        except (FolderRefused, OSError) as error:
            raise CommandFailed(f"Cannot make the demo's database: {error}.") from error
        yield url


async def _demo(chosen: "Settings", *, port: int | None, as_json: bool, as_dated: bool) -> None:
    async with running.opened(chosen, migrate=True) as stores:
        store = stores["test"]
        await _refuse_used(store)
        key, password = await _new_key(store), await _new_person(stores["live"])
        events = await _year(store, as_dated=as_dated)
        figures = await _play(stores, chosen, key, events)
        if not as_dated:
            await _rejoin_real_time(store)
        _print_figures(figures, events, password, as_json=as_json)
        if port is not None:
            await _serve(stores, chosen, port, (key, password), figures, as_json=as_json)


async def _refuse_used(store: "Store") -> None:
    """A database that somebody uses is left alone."""

    async def count(session: "Session") -> int:
        ((found,),) = await session.fetch(
            "select (select count(*) from accounts) + (select count(*) from received_events)"
            " + (select count(*) from customers)"
        )
        return int(found)

    if await store.database.read(count):
        shown = running.without_secrets(store.settings.database_url)
        raise CommandFailed(
            f"{shown} is in use: the demo needs an empty database, and deletes none that it did not make."
        )


async def _new_key(store: "Store") -> str:
    from vinr_engagement.audit import Origin

    made: dict[str, Any] = await store.write_path.run(store.new_key("Demo", "secret", []), Origin("demo"))
    secret: str = made["secret"]
    return secret


async def _new_person(live: "Store") -> str | None:
    """The password of an admin who may look around; ``None`` where somebody uses the live store: nobody is let in there."""
    from vinr_engagement.audit import Origin
    from vinr_engagement.commands import AddPerson
    from vinr_engagement.foundation import ids
    from vinr_engagement.people import Passwords

    async def count(session: "Session") -> int:
        ((found,),) = await session.fetch(
            "select (select count(*) from people) + (select count(*) from api_keys) + (select count(*) from accounts)"
        )
        return int(found)

    if await live.database.read(count):
        return None
    code = ids.new_code()
    password = "-".join(code[at : at + 4] for at in range(0, len(code), 4))
    hashed = Passwords().hash_now(password)
    await live.write_path.run(AddPerson(EMAIL, "Demo", "admin", password=hashed), Origin("demo"))
    return password


async def _year(store: "Store", *, as_dated: bool) -> "list[Event]":
    """The events; moved to end yesterday, or as they were dated, in a program whose points never expire."""
    from datetime import timedelta

    from vinr_engagement.audit import Origin
    from vinr_engagement.commands import UpdateProgram
    from vinr_engagement.entrypoints.demo.year import load_year, move_to
    from vinr_engagement.foundation.clock import datetime_of, real_now
    from vinr_engagement.programs import DEFAULT_PROGRAM

    if as_dated:
        await store.write_path.run(UpdateProgram(DEFAULT_PROGRAM, {"currency": {"expiry": None}}), Origin("demo"))
        return load_year()
    zone = store.write_path.configuration.program(DEFAULT_PROGRAM).zone
    yesterday = datetime_of(real_now()).astimezone(zone).date() - timedelta(days=1)
    return move_to(load_year(), yesterday, zone.key)


async def _play(stores: "dict[Environment, Store]", chosen: "Settings", key: str, events: "list[Event]") -> "Figures":
    from vinr_engagement.entrypoints.api import create_app
    from vinr_engagement.entrypoints.demo.door import Door, Refused
    from vinr_engagement.entrypoints.demo.figures import read_figures
    from vinr_engagement.entrypoints.demo.play import play

    store, door = stores["test"], Door(create_app(stores, chosen), key)
    started = time.perf_counter()
    try:
        with _progress(len(events)) as advance:
            await play(store, door, events, advance)
    except Refused as refused:
        raise CommandFailed(f"The year cannot be played: {refused}") from refused
    return await read_figures(store, events, time.perf_counter() - started)


async def _rejoin_real_time(store: "Store") -> None:
    """A year that was moved ended yesterday; one as it was dated is left at its end, for no tier would outlive the jump."""
    from vinr_engagement.audit import Origin
    from vinr_engagement.commands import RejoinRealTime

    await store.write_path.run(RejoinRealTime(), Origin("demo"))


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, one line elsewhere; on stderr, so that stdout has the figures alone."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        click.echo(f"Playing {total:,} events of a real shop's year through the API.", err=True)
        yield lambda count: None
        return
    columns = (TextColumn(" {task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("Playing a real shop's year", total=total)
        yield lambda count: progress.advance(task, count)


def _print_figures(figures: "Figures", events: "list[Event]", password: str | None, *, as_json: bool) -> None:
    from msgspec.structs import asdict
    from rich.console import Console

    from vinr_engagement.entrypoints.demo.summary import print_summary
    from vinr_engagement.foundation import json

    if as_json:
        sign_in = None if password is None else {"email": EMAIL, "password": password}
        click.echo(json.text({**asdict(figures), "sign_in": sign_in}))
        return
    days = [event["created_at"][:10] for event in events]
    print_summary(Console(highlight=False), figures, f"{min(days)} to {max(days)}")


async def _serve(
    stores: "dict[Environment, Store]",
    chosen: "Settings",
    port: int,
    secrets: tuple[str, str | None],
    figures: "Figures",
    *,
    as_json: bool,
) -> None:
    from rich.console import Console

    from vinr_engagement.entrypoints.cli import server
    from vinr_engagement.entrypoints.demo.summary import print_next_steps, print_sign_in
    from vinr_engagement.foundation.clock import SECOND, format_instant

    (key, password), store_now = secrets, await stores["test"].now()
    console = Console(stderr=as_json, highlight=False)
    with server.listen_from(HOST, port) as listening:
        url = server.url_of(listening)

        def announce() -> None:
            now = format_instant(store_now // SECOND * SECOND)
            if password is not None:
                print_sign_in(console, url, EMAIL, password)
            print_next_steps(console, url, key, figures, now)
            if listening.getsockname()[1] != port:
                console.print(f" Port {port} is in use, so this one is at {url}.")
            console.print(" The server is running; Ctrl-C stops it.")

        await server.serve(stores, chosen, listening, with_worker=True, announce=announce)
