"""One server for each worker of a run, one browser for a module, a new tab for each test.

The engine behind the API makes no difference to the page, so it is SQLite alone. Tests share the server's stores: what a test
changes it makes for itself first (a member, a rule of a name of its own), and asserts nothing that another test may move.
"""

from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

from tests.dashboard.browsing import CHROMIUM, FLAGS, PATIENCE, Tab
from tests.dashboard.serving import PASSWORD, PEOPLE, Shop, serving
from vinr_engagement.people import Role


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that need a browser are skipped where there is none."""
    if CHROMIUM is None:
        for item in items:
            if "browser" in getattr(item, "fixturenames", ()):
                item.add_marker(
                    pytest.mark.skip(reason="no Chromium on the PATH: pages are not looked at in a browser")
                )


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The server."""
    with serving(tmp_path_factory.mktemp("shop")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """The browser: no longer than a module, for while it is there no other event loop can run in this thread."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def session_of(shop: Shop) -> Callable[[Role], str]:
    """The cookie of a session of somebody in a role, who signs in once."""
    known: dict[Role, str] = {}

    def cookie(role: Role) -> str:
        if role not in known:
            known[role] = sign_in(shop.url, PEOPLE[role][0])
        return known[role]

    return cookie


def sign_in(url: str, email: str, password: str = PASSWORD) -> str:
    """The cookie of a new session, as `name=value`."""
    answer = httpx2.post(f"{url}/v1/session", json={"email": email, "password": password}, headers={"Origin": url})
    assert answer.status_code == 200, answer.text
    return answer.headers["set-cookie"].partition(";")[0]


def add_session(tab: Tab, shop: Shop, cookie: str) -> None:
    """Gives a tab the cookie of a session."""
    name, _, value = cookie.partition("=")
    tab.context.add_cookies([{"name": name, "value": value, "url": shop.url}])


@pytest.fixture
def open_tab(shop: Shop, browser: Any) -> Iterator[Callable[..., Tab]]:
    """Opens tabs: `open_tab(size=NARROW, theme="dark")`. One in which anything went wrong fails the test at its end."""
    tabs: list[Tab] = []

    def opened(**how: Any) -> Tab:
        tabs.append(Tab(browser, shop.url, **how))
        return tabs[-1]

    yield opened
    for tab in tabs:
        tab.close()


@pytest.fixture
def page(open_tab: Callable[..., Tab]) -> Any:
    """A tab in which nobody is signed in."""
    return open_tab().page


@pytest.fixture
def signed_in(shop: Shop, open_tab: Callable[..., Tab], session_of: Callable[[Role], str]) -> Callable[..., Any]:
    """The page at a path, with somebody signed in: `signed_in("editor", "members", size=NARROW)`. It has its heading."""

    def opened(role: Role = "admin", path: str = "", *, environment: str = "test", **how: Any) -> Any:
        tab = open_tab(**how)
        add_session(tab, shop, session_of(role))
        tab.page.goto(f"/dashboard/{environment}/{path}".rstrip("/"))
        tab.page.get_by_role("heading", level=1).wait_for()
        return tab.page

    return opened
