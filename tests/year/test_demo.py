"""The demo's year on PostgreSQL: the same figures as on SQLite, where the command's own test holds them."""

import pytest

from tests.demo import figures
from tests.served import TESTS
from vinr_engagement.commands import Store, UpdateProgram
from vinr_engagement.commands.verify import verify
from vinr_engagement.entrypoints.api import create_app
from vinr_engagement.entrypoints.demo.door import Door
from vinr_engagement.entrypoints.demo.figures import read_figures
from vinr_engagement.entrypoints.demo.play import play
from vinr_engagement.entrypoints.demo.year import load_year
from vinr_engagement.foundation import json
from vinr_engagement.foundation.settings import Settings


@pytest.mark.slow  # the tests of the command line play it on SQLite
@pytest.mark.anyio
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_the_year_with_tiers_a_campaign_and_rewards(database_url: str) -> None:
    settings = Settings(database_url=database_url, log_level="critical")
    store = await Store.open("test", settings)
    try:
        await store.write_path.run(UpdateProgram("prog_default", {"currency": {"expiry": None}}), TESTS)
        key = await store.write_path.run(store.new_key("tests", "secret", []), TESTS)
        year = load_year()
        await play(store, Door(create_app({"test": store}, settings), key["secret"]), year, lambda count: None)
        figures.check(json.decode(json.text(await read_figures(store, year, 1.0))))
        assert (await verify(store.database)).faults == []
    finally:
        await store.close()
