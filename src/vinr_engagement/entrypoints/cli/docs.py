"""``vinr docs``, and the documentation that a server has."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vinr_engagement.entrypoints.cli import running
from vinr_engagement.entrypoints.cli.faults import CommandFailed, WrongUse

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from vinr_engagement.entrypoints.docs import Files, Place
    from vinr_engagement.foundation.settings import Settings


@click.group(short_help="Make the documentation's pages.")
def docs() -> None:
    """The documentation: every server has it at /docs; here it becomes files for any host of static pages."""


@docs.command("build")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--base-url", help="Where the folder will be found, like https://docs.example.com; needed for a sitemap.")
def build(folder: Path, base_url: str | None) -> None:
    """Write the whole site into FOLDER: what a server has at /docs, /llms.txt and /openapi.json.

    Files of an earlier build are overwritten, others left alone.
    """
    place = _place(base_url)
    document = running.run(_document())
    from vinr_engagement.entrypoints.docs.build import build as write

    try:
        count = write(folder, document, place)
    except OSError as error:
        raise CommandFailed(f"Cannot write the pages: {error}.") from error
    click.echo(f"Wrote {count} files to {folder}.")


def documented(app: "ASGIApp", settings: "Settings") -> "ASGIApp":
    """An application with the documentation before it. What makes pages is loaded when the first one is asked for."""
    from vinr_engagement.entrypoints.docs import Docs, Place

    def open_site(document: dict[str, Any]) -> "Files":
        from vinr_engagement.entrypoints.docs.site import Site

        return Site(document, Place.of_docs(settings.docs_url))

    return Docs(app, open_site)


def _place(base_url: str | None) -> "Place":
    from vinr_engagement.entrypoints.docs import Place

    try:
        return Place() if base_url is None else Place.of(base_url)
    except ValueError as error:
        raise WrongUse(f"{error}.") from error


async def _document() -> dict[str, Any]:
    """The API's own document; no store is opened for it."""
    from vinr_engagement.entrypoints.api import create_app
    from vinr_engagement.entrypoints.docs.mount import ask

    return await ask(create_app({}, running.settings()), "/openapi.json")
