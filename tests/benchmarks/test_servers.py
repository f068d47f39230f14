"""The databases that are measured are as the report says."""

import asyncio

from benchmarks import servers


def test_postgresql_is_set_as_the_report_says() -> None:
    with servers.running("postgresql", None, 1) as engine:  # a test's own folder may be too long for a socket's path
        names = ", ".join(f"current_setting('{name}')" for name in servers.POSTGRESQL_SETTINGS)
        (found,) = asyncio.run(servers._fetch(engine.url, f"select {names}"))
    assert list(found) == list(servers.POSTGRESQL_SETTINGS.values())
