"""The dashboard over the year of a real shop, on a real socket, in a thread of its own."""

import asyncio
import os
import shutil
import threading
from collections.abc import Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from queue import Queue
from typing import Any, Final, TypeVar

import httpx2
import uvicorn

from tests.served import TESTS
from tests.stores import RUN_FOLDER, first_of_this_run
from vinr_engagement import people
from vinr_engagement.commands import AddPerson, Store
from vinr_engagement.entrypoints.api import create_app
from vinr_engagement.entrypoints.cli import server
from vinr_engagement.entrypoints.demo.door import Door
from vinr_engagement.entrypoints.demo.play import play
from vinr_engagement.entrypoints.demo.year import load_year, move_to
from vinr_engagement.foundation.settings import ENVIRONMENTS, Environment, Settings
from vinr_engagement.people import Role

LAST_DAY: Final = date(2026, 4, 9)
NOW: Final = "2026-04-10T12:00:00Z"
"""Where the clock of the test store stands: the day after the last payments."""
PASSWORD: Final = "correct horse battery staple"
PEOPLE: Final[dict[Role, tuple[str, str]]] = {
    "admin": ("ada@shop.example", "Ada Lovelace"),
    "editor": ("edith@shop.example", "Edith Clarke"),
    "viewer": ("vera@shop.example", "Vera Rubin"),
}
"""Email and name of somebody in each role; all have the same password."""

KEPT_YEAR: Final = "VINR_TEST_YEAR"
"""May name a folder in which the played year stays from run to run, for whoever works on pages. Remove it after a migration."""

Json = dict[str, Any]
Result = TypeVar("Result")


def played_year() -> Path:
    """A folder with both stores after the year, played once in a run; to be copied, not to be written to."""
    folder = Path(os.environ.get(KEPT_YEAR) or Path(os.environ[RUN_FOLDER], "year"))
    with first_of_this_run("year"):
        if not folder.exists():
            made = folder.with_name(f"{folder.name}.{os.getpid()}")
            made.mkdir()
            in_a_thread(_play(_settings(made)))
            made.rename(folder)
    return folder


def in_a_thread(work: Coroutine[Any, Any, Result]) -> Result:
    """Does something in a loop of its own, also where a browser's runs in this thread."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, work).result()


def _settings(folder: Path) -> Settings:
    return Settings(database_url=f"sqlite:///{folder / 'vinr.db'}", log_level="critical", webhook_allow_private=True)


async def _play(settings: Settings) -> None:
    """The year, moved to end on :data:`LAST_DAY`; the clock stands at noon of the day after; somebody of every role."""
    async with AsyncExitStack() as stack:
        stores = await _opened(settings, stack)
        key = await new_key(stores["test"])
        door = Door(create_app(stores, settings), key)
        await play(stores["test"], door, move_to(load_year(), LAST_DAY), lambda count: None)
        await door.send("POST", "/v1/test-helpers/clock/advance", {"to": NOW})
        await _add_people(stores["live"])


async def _add_people(store: Store) -> None:
    password = people.Passwords().hash_now(PASSWORD)
    for role, (email, name) in PEOPLE.items():
        await store.write_path.run(AddPerson(email, name, role, password=password), TESTS)


async def _opened(settings: Settings, stack: AsyncExitStack) -> dict[Environment, Store]:
    stores: dict[Environment, Store] = {name: await Store.open(name, settings) for name in ENVIRONMENTS}
    for store in stores.values():
        stack.push_async_callback(store.close)
    return stores


async def new_key(store: Store) -> str:
    """The secret of a new key that may do everything."""
    made = await store.write_path.run(store.new_key("tests", "secret", []), TESTS)
    secret: str = made["secret"]
    return secret


@dataclass
class Shop:
    """A running server with the dashboard and the background jobs."""

    url: str
    stores: Mapping[Environment, Store]
    keys: Mapping[Environment, str]
    _loop: asyncio.AbstractEventLoop

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Does something in the server's own loop, as its stores want it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def call(self, method: str, path: str, body: Any = None, environment: Environment = "test", **params: Any) -> Json:
        """What the API answers to a key that may do everything; it has to be a success. ``path`` is without /v1."""
        headers = {"X-Api-Key": self.keys[environment]}
        answer = httpx2.request(
            method, f"{self.url}/v1{path}", json=body, params=params or None, headers=headers, timeout=60
        )
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    def get(self, path: str, **params: Any) -> Json:
        """What a GET answers in the test store."""
        return self.call("GET", path, **params)

    def post(self, path: str, body: Any = None) -> Json:
        """What a POST answers in the test store."""
        return self.call("POST", path, {} if body is None else body)


async def _only_people(settings: Settings) -> None:
    """Both stores with nothing in them, in real time; somebody of every role."""
    async with AsyncExitStack() as stack:
        await _add_people((await _opened(settings, stack))["live"])


@contextmanager
def serving(folder: Path, *, empty: bool = False) -> Iterator[Shop]:
    """Serves a copy of the year, in this folder, for as long as the block runs; or with ``empty`` two stores in which nothing
    happened yet.
    """
    if empty:
        in_a_thread(_only_people(_settings(folder)))
    else:
        shutil.copytree(played_year(), folder, dirs_exist_ok=True)
    ready: Queue[tuple[Shop, uvicorn.Server]] = Queue()
    thread = threading.Thread(target=lambda: asyncio.run(_serve(_settings(folder), ready)))
    thread.start()
    shop, running = ready.get(timeout=60)
    try:
        yield shop
    finally:
        running.should_exit = True
        thread.join()


async def _serve(settings: Settings, ready: Queue[tuple[Shop, uvicorn.Server]]) -> None:
    async with AsyncExitStack() as stack:
        stores = await _opened(settings, stack)
        keys = {name: await new_key(store) for name, store in stores.items()}
        await stack.enter_async_context(server.working(stores, settings, with_worker=True))
        listening = stack.enter_context(server.listen("127.0.0.1", 0))
        running = uvicorn.Server(server.configuration(server.application(stores, settings)))
        ready.put((Shop(server.url_of(listening), stores, keys, asyncio.get_running_loop()), running))
        await running.serve([listening])
