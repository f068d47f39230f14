"""``vinr people``."""

import sys
from typing import TYPE_CHECKING, Any, Final

import click

from vinr_engagement.entrypoints.cli import running
from vinr_engagement.entrypoints.cli.faults import CommandFailed, WrongUse

if TYPE_CHECKING:
    from vinr_engagement.commands import Store
    from vinr_engagement.people import PersonRow

ACTOR: Final = "cli"
_ROLES: Final = ("viewer", "editor", "admin")
_STDIN: Final = click.option(
    "--password-stdin", "from_stdin", is_flag=True, help="Read the password from standard input, its first line."
)
_INVITE: Final = click.option("--invite", is_flag=True, help="Ask for no password: print a link to choose one with.")


@click.group(short_help="Say who may sign in to the dashboard.")
def people() -> None:
    """Say who may sign in to the dashboard.

    An installation has its people once, for both stores.
    """


@people.command(short_help="Add a person.")
@click.argument("email")
@click.option("--role", type=click.Choice(_ROLES), default="viewer", show_default=True, help="What they may do.")
@click.option("--name", help="For other people to read.")
@_STDIN
@_INVITE
def add(email: str, role: Any, name: str | None, *, from_stdin: bool, invite: bool) -> None:
    """Add a person with this EMAIL.

    Asks for a password on a terminal. Elsewhere, or with --invite, it prints the path of a page on your server where they choose
    one, once, within 7 days: hand it to them alone.
    """
    password = _password_for(email, from_stdin=from_stdin, invite=invite)
    made, token = running.run(_add(email, name, role, password))
    click.echo(f"{made['id']}, {made['email']}, {made['role']}.", err=True)
    _tell(made, token)


@people.command("list", short_help="List people.")
def list_people() -> None:
    """List people, in the order in which they came, disabled ones included.

    In a pipe each is one line of ID, email, name, role, status, last sign-in and creation, separated by tabs.
    """
    found = running.run(_list())
    if sys.stdout.isatty():
        _print_table(found)
        return
    for row in found:
        click.echo("\t".join(row))


@people.command(short_help="Reset a person's password.")
@click.argument("email")
@_STDIN
@_INVITE
def reset(email: str, *, from_stdin: bool, invite: bool) -> None:
    """Give the person with this EMAIL another password, as `vinr people add` does.

    They are signed out everywhere, and what slowed their sign-in down is forgotten.
    """
    password = _password_for(email, from_stdin=from_stdin, invite=invite)
    made, token = running.run(_reset(email, password))
    click.echo(f"{made['email']} is signed out everywhere; their old password is worthless.", err=True)
    _tell(made, token)


@people.command(short_help="Disable a person.")
@click.argument("email")
def disable(email: str) -> None:
    """Sign the person with this EMAIL out everywhere, and let them in no more. A repeat changes nothing."""
    made = running.run(_update(email, {"status": "disabled"}))
    click.echo(f"{made['email']} is disabled.")


@people.command(short_help="Let a disabled person in again.")
@click.argument("email")
def enable(email: str) -> None:
    """Let the person with this EMAIL in again, with the password that they had."""
    made = running.run(_update(email, {"status": "active"}))
    click.echo(f"{made['email']} is {made['status']}.")


def _password_for(email: str, *, from_stdin: bool, invite: bool) -> str | None:
    """The password to give; ``None`` where the person is to choose it. Raises ``WrongUse`` for one that nobody may have."""
    from vinr_engagement.foundation.errors import Unprocessable
    from vinr_engagement.people import password as passwords

    if from_stdin and invite:
        raise WrongUse("--password-stdin and --invite do not go together.")
    if invite or not (from_stdin or sys.stdin.isatty()):
        return None
    given = sys.stdin.readline().rstrip("\r\n") if from_stdin else _asked()
    try:
        return passwords.check(given, email)
    except Unprocessable as refusal:
        raise WrongUse(refusal.message) from refusal


def _asked() -> str:
    given: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return given


def _tell(made: dict[str, Any], token: str | None) -> None:
    """What a person who chooses a password needs: on standard output, alone."""
    if token is None:
        return
    until = made["invitation"]["expires_at"][:16].replace("T", " ")
    click.echo(f"Hand them this page of your server; it is good once, until {until} UTC:", err=True)
    click.echo(f"/dashboard/invitation#{token}")


async def _add(email: str, name: str | None, role: Any, password: str | None) -> tuple[dict[str, Any], str | None]:
    from vinr_engagement.commands import AddPerson

    async with running.opened(running.settings(), ["live"]) as stores:
        hashed, token, digest = _secrets(stores["live"], password)
        made = await _run(stores["live"], AddPerson(email, name, role, password=hashed, invitation=digest))
        return made, token


async def _reset(email: str, password: str | None) -> tuple[dict[str, Any], str | None]:
    from vinr_engagement.commands import ResetPassword
    from vinr_engagement.people import guessing

    async with running.opened(running.settings(), ["live"]) as stores:
        store = stores["live"]
        person = await _found(store, email)
        hashed, token, digest = _secrets(store, password)
        counted = guessing.hash_email(person.email, store.settings.key_pepper)
        return await _run(store, ResetPassword(person.id, counted, password=hashed, invitation=digest)), token


async def _update(email: str, changes: dict[str, Any]) -> dict[str, Any]:
    from vinr_engagement.commands import UpdatePerson

    async with running.opened(running.settings(), ["live"]) as stores:
        person = await _found(stores["live"], email)
        return await _run(stores["live"], UpdatePerson(person.id, changes))


def _secrets(store: "Store", password: str | None) -> tuple[str | None, str | None, str | None]:
    """The hash of the password, or a token to choose one with and its hash."""
    from vinr_engagement.people import Passwords, session

    if password is not None:
        return Passwords().hash_now(password), None, None
    token = session.new_token()
    return None, token, session.hash_token(token, store.settings.key_pepper)


async def _run(store: "Store", command: Any) -> dict[str, Any]:
    from vinr_engagement.audit import Origin

    made: dict[str, Any] = await store.write_path.run(command, Origin(ACTOR))
    return made


async def _found(store: "Store", email: str) -> "PersonRow":
    from vinr_engagement.people import queries

    person = await store.database.read(lambda session: queries.find_person(session, email))
    if person is None:
        raise CommandFailed(f"There is nobody with the email {email!r}; `vinr people list` shows everybody.")
    return person


async def _list() -> list[tuple[str, ...]]:
    from vinr_engagement.people import queries

    async with running.opened(running.settings(), ["live"]) as stores:
        return [_line(person) for person in await stores["live"].database.read(queries.all_people)]


def _line(person: "PersonRow") -> tuple[str, ...]:
    from vinr_engagement.people import person_snapshot

    shown = person_snapshot(person)
    seen = (shown["last_sign_in_at"] or "")[:19]
    return (*(shown[name] or "" for name in ("id", "email", "name", "role", "status")), seen, shown["created_at"][:19])


def _print_table(rows: list[tuple[str, ...]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not rows:
        click.echo("Nobody can sign in yet. Add somebody: vinr people add EMAIL --role admin")
        return
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for column in ("email", "name", "role", "status", "last sign-in"):
        table.add_column(column, overflow="fold")
    for _, email, name, role, status, seen, _ in rows:
        cells = (Text(cell) for cell in (email, name, role, status, seen[:10] or "never"))
        table.add_row(*cells, style="dim" if status == "disabled" else None)
    Console(highlight=False).print(table)
