"""The databases that are measured are as the report says."""

import asyncio
from pathlib import Path

from benchmarks import servers


def test_postgresql_is_set_as_the_report_says(tmp_path: Path) -> None:
    with servers.running("postgresql", tmp_path, 1) as engine:
        names = ", ".join(f"current_setting('{name}')" for name in servers.POSTGRESQL_SETTINGS)
        (found,) = asyncio.run(servers._fetch(engine.url, f"select {names}"))
    assert list(found) == list(servers.POSTGRESQL_SETTINGS.values())
