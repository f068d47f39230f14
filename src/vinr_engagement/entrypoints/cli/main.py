"""The group of all commands."""

import click

from vinr_engagement import __version__
from vinr_engagement.entrypoints.cli.backup import backup, restore
from vinr_engagement.entrypoints.cli.demo import demo
from vinr_engagement.entrypoints.cli.docs import docs
from vinr_engagement.entrypoints.cli.importing import import_
from vinr_engagement.entrypoints.cli.keys import keys
from vinr_engagement.entrypoints.cli.listen import listen
from vinr_engagement.entrypoints.cli.migrate import migrate
from vinr_engagement.entrypoints.cli.rebuild import rebuild
from vinr_engagement.entrypoints.cli.report import report
from vinr_engagement.entrypoints.cli.serve import serve
from vinr_engagement.entrypoints.cli.verify import verify
from vinr_engagement.entrypoints.cli.worker import worker


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="vinr", message="%(prog)s %(version)s")
def main() -> None:
    """VINR Engagement: an open-source loyalty engine.

    The database is VINR_DATABASE_URL: sqlite:///vinr.db (the default, in this folder) or postgresql://…
    """


for command in (backup, demo, docs, import_, keys, listen, migrate, rebuild, report, restore, serve, verify, worker):
    main.add_command(command)
