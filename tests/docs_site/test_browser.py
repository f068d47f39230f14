"""The site in a real browser: nothing fails, nothing overflows, everybody can use it."""

import asyncio
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Queue
from typing import Any

import pytest
import uvicorn

from vinr_engagement.entrypoints.api import create_app
from vinr_engagement.entrypoints.cli.docs import documented
from vinr_engagement.foundation.settings import Settings

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
WIDE, NARROW = (1440, 900), (390, 844)
JUDGED = ("/docs", "/docs/guides/refunds", "/docs/reference/api", "/docs/reference/api/customers")
"""One of each kind, and none that is long: judging takes the time that there is."""
PAGES = (
    *JUDGED,
    "/docs/guides/events",
    "/docs/guides/hard-cases",
    "/docs/guides/production",
    "/docs/reference/errors",
    "/docs/reference/api/objects",
    "/docs/reference/api/accounts",
    "/docs/reference/api/earning-rules",
    "/docs/decisions/0001-one-write-path",
    "/docs/project/changelog",
)
REFERENCE = "/docs/reference/api/accounts"

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH: pages are not looked at in a browser"),
    pytest.mark.timeout(240),
]


@contextmanager
def serving() -> Iterator[str]:
    """The documentation on a real socket, in a thread of its own."""
    settings = Settings(log_level="critical")
    app = documented(create_app({}, settings), settings)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="off"))
    ready: Queue[int] = Queue()

    async def serve() -> None:
        serving = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 (uvicorn sets no event)
            await asyncio.sleep(0.01)
        ready.put(server.servers[0].sockets[0].getsockname()[1])
        await serving

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        yield f"http://127.0.0.1:{ready.get(timeout=30)}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Where the documentation is."""
    with serving() as found:
        yield found


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One Chromium for all of these tests."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


class Watched:
    """A tab whose every complaint is noted."""

    def __init__(self, browser: Any, url: str, size: tuple[int, int] = WIDE, theme: str = "light", **more: Any) -> None:
        width, height = size
        self.context = browser.new_context(
            base_url=url,
            viewport={"width": width, "height": height},
            color_scheme=theme,
            reduced_motion="reduce",
            **more,
        )
        self.complaints: list[str] = []
        self.page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._answered)

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"console: {message.text}")

    def _failed(self, request: Any) -> None:
        if request.failure != "net::ERR_ABORTED":  # That is what became of an icon when the next page was opened.
            self.complaints.append(f"failed: {request.url} {request.failure}")

    def _answered(self, response: Any) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status}: {response.url}")

    def __enter__(self) -> "Watched":
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()
        assert self.complaints == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_pages_fit_and_say_nothing_wrong(browser: Any, url: str, size: tuple[int, int], theme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()
    with Watched(browser, url, size, theme) as tab:
        for path in PAGES:
            tab.page.goto(path)
            overflow = tab.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert overflow <= 0, f"{path} is {overflow} pixels too wide"
            if path in JUDGED and (size == WIDE) == (theme == "light"):
                found = axe.run(tab.page).response["violations"]
                serious = [each for each in found if each["impact"] in ("serious", "critical")]
                assert not serious, f"{path}: {[(each['id'], each['nodes'][0]['html']) for each in serious]}"


def test_search_by_keyboard(browser: Any, url: str) -> None:
    with Watched(browser, url) as tab:
        page = tab.page
        page.goto("/docs")
        page.keyboard.press("/")
        page.keyboard.type("account_already_exists")
        options = page.get_by_role("option")
        options.first.wait_for()
        assert page.get_by_role("option", selected=True).count() == 1
        assert page.get_by_role("combobox").get_attribute("aria-activedescendant") == "found-0"
        page.keyboard.press("ArrowDown")
        assert page.get_by_role("combobox").get_attribute("aria-activedescendant") == "found-1"
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Escape")
        assert page.get_by_role("dialog").count() == 0

        page.keyboard.press("Control+k")
        page.keyboard.type("refund partial")
        options.first.wait_for()
        wanted = options.first.locator("a").get_attribute("href")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{wanted}")
        page.keyboard.press("/")
        page.keyboard.type("no such thing anywhere")
        page.get_by_text("Nothing about").wait_for()


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("refund", "/docs/guides/refunds"),
        ("insufficient_points", "/docs/reference/errors"),
        ("create earning rule", "/docs/reference/api/earning-rules"),
        ("webhook signature", "/docs"),
        ("tiers", "/docs/guides/tiers"),
        ("VINR_LANES", "/docs/guides/production"),
    ],
)
def test_search_finds_what_is_meant(browser: Any, url: str, asked: str, wanted: str) -> None:
    with Watched(browser, url) as tab:
        tab.page.goto("/docs")
        tab.page.keyboard.press("/")
        tab.page.keyboard.type(asked)
        tab.page.get_by_role("option").first.wait_for()
        links = tab.page.get_by_role("option").locator("a").evaluate_all("links => links.map(link => link.pathname)")
        assert any(link.startswith(wanted) for link in links[:3]), links


def test_tabs_by_keyboard_are_remembered_everywhere(browser: Any, url: str) -> None:
    with Watched(browser, url) as tab:
        page = tab.page
        page.goto(REFERENCE)
        first = page.get_by_role("tab", name="curl").first
        first.focus()
        page.keyboard.press("ArrowRight")
        shown = page.get_by_role("tabpanel")
        assert page.get_by_role("tab", selected=True).first.inner_text() == "Python"
        assert "from vinr import Vinr" in shown.first.inner_text()
        page.keyboard.press("End")
        assert page.get_by_role("tab", selected=True).first.inner_text() == "TypeScript"
        page.goto("/docs/reference/api/programs")
        assert "await vinr.loyalty.programs" in page.get_by_role("tabpanel").first.inner_text()
        assert page.get_by_role("tab", selected=True).first.inner_text() == "TypeScript"


def test_copying_by_keyboard(browser: Any, url: str) -> None:
    with Watched(browser, url, permissions=["clipboard-read", "clipboard-write"]) as tab:
        page = tab.page
        page.goto(REFERENCE)
        page.locator("button.copy:visible").first.focus()
        page.keyboard.press("Enter")
        page.get_by_text("Copied").wait_for()
        assert page.evaluate("navigator.clipboard.readText()").startswith(
            "curl http://127.0.0.1:8000/v1/loyalty/accounts"
        )
        page.get_by_role("button", name="Copy page").focus()
        page.keyboard.press("Enter")
        page.wait_for_function("async () => (await navigator.clipboard.readText()).startsWith('# Accounts')")


def test_the_theme_by_keyboard_is_remembered(browser: Any, url: str) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    with Watched(browser, url, theme="light") as tab:
        page = tab.page
        page.goto("/docs")
        light = page.evaluate(ground)
        page.get_by_role("button", name="Switch to the dark theme").focus()
        page.keyboard.press("Enter")
        dark = page.evaluate(ground)
        assert dark != light
        page.reload()
        assert page.evaluate(ground) == dark
        page.get_by_role("button", name="Switch to the light theme").press("Enter")
        assert page.evaluate(ground) == light


def test_the_menu_of_a_phone(browser: Any, url: str) -> None:
    with Watched(browser, url, NARROW) as tab:
        page = tab.page
        page.goto("/docs/guides/events")
        side = page.get_by_role("navigation", name="Documentation")
        assert not side.is_visible()
        page.get_by_role("button", name="Menu").press("Enter")
        assert side.is_visible()
        page.keyboard.press("Escape")
        assert not side.is_visible()
        page.get_by_role("button", name="Menu").click()
        side.get_by_role("link", name="Refunds").click()
        page.wait_for_url("**/docs/guides/refunds")


def test_to_the_content_at_once(browser: Any, url: str) -> None:
    with Watched(browser, url) as tab:
        tab.page.goto("/docs/guides/events")
        tab.page.keyboard.press("Tab")
        assert tab.page.evaluate("document.activeElement.textContent") == "Skip to content"
        tab.page.keyboard.press("Enter")
        assert tab.page.evaluate("document.activeElement.id") == "content"


def test_what_nobody_finds_is_told(browser: Any, url: str) -> None:
    tab = Watched(browser, url)
    tab.page.goto("/docs/guides/nothing")
    assert tab.page.get_by_role("heading", level=1).inner_text() == "There is no such page"
    tab.context.close()
    assert all("404" in complaint for complaint in tab.complaints)


def test_without_scripts_everything_is_there(browser: Any, url: str) -> None:
    with Watched(browser, url, java_script_enabled=False) as tab:
        tab.page.goto(REFERENCE)
        assert tab.page.locator(".tabs").first.locator("pre:visible").count() == 3
        assert tab.page.get_by_role("navigation", name="Documentation").is_visible()
        assert tab.page.locator("button:visible").count() == 0


def test_on_paper_the_page_is_alone(browser: Any, url: str) -> None:
    with Watched(browser, url) as tab:
        tab.page.goto(REFERENCE)
        tab.page.emulate_media(media="print")
        assert not tab.page.get_by_role("navigation", name="Documentation").is_visible()
        assert tab.page.locator(".tabs").first.locator("pre:visible").count() == 3


def test_a_row_that_an_error_links_to_stands_out(browser: Any, url: str) -> None:
    with Watched(browser, url) as tab:
        tab.page.goto("/docs/reference/errors#insufficient_points")
        row = tab.page.locator("tr:has(#insufficient_points) td").first
        other = tab.page.locator("tr:has(#insufficient_credit) td").first
        colour = "cell => getComputedStyle(cell).backgroundColor"
        assert row.evaluate(colour) != other.evaluate(colour)
        assert row.is_visible()
