"""A tab of a real browser, in which nothing may go wrong unseen."""

import shutil
from collections.abc import Iterable
from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe

CHROMIUM: Final = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None
)
FLAGS: Final = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
PATIENCE: Final = 15_000
"""Milliseconds in which what is waited for has to come: a machine that does much else is slow."""
WIDE: Final = (1440, 900)
NARROW: Final = (390, 844)
SERIOUS: Final = ("serious", "critical")
_NOBODY: Final = "/v1/session"
"""Asked first on every visit; 401 is how the API says that nobody is signed in."""


class Tab:
    """A tab whose every complaint is noted: errors and warnings, what was refused or did not come, what the policy forbids."""

    def __init__(
        self, browser: Any, url: str, *, size: tuple[int, int] = WIDE, theme: str = "light", **more: Any
    ) -> None:
        self.context = browser.new_context(
            base_url=url,
            viewport={"width": size[0], "height": size[1]},
            color_scheme=theme,
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="Europe/London",
            **more,
        )
        self.context.set_default_timeout(PATIENCE)
        self.complaints: list[str] = []
        self.page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._answered)

    def _console(self, message: Any) -> None:
        is_nobody = message.location.get("url", "").endswith(_NOBODY) and " 401 " in message.text
        if message.type in ("error", "warning") and not is_nobody:
            self.complaints.append(f"console: {message.text}")

    def _failed(self, request: Any) -> None:
        if request.failure != "net::ERR_ABORTED":  # The page itself lets go of a stream, or was left meanwhile.
            self.complaints.append(f"failed: {request.url} {request.failure}")

    def _answered(self, response: Any) -> None:
        if response.status >= 400 and not (response.status == 401 and response.url.endswith(_NOBODY)):
            self.complaints.append(f"{response.status}: {response.request.method} {response.url}")

    def forgive(self, *parts: str) -> None:
        """Forgets complaints that have one of these parts: what a test provokes. One that nobody made fails the test."""
        for part in parts:
            assert any(part in each for each in self.complaints), f"no complaint has {part!r}: {self.complaints}"
        self.complaints = [each for each in self.complaints if not any(part in each for part in parts)]

    def close(self) -> None:
        """Closes the tab; fails where there were complaints."""
        self.context.close()
        assert not self.complaints, "\n".join(self.complaints)


def judge(page: Any, *, allowed: Iterable[str] = ()) -> None:
    """Fails where axe-core finds something serious on the page as it is now, or where it is wider than the window."""
    found = Axe().run(page).response["violations"]
    serious = [each for each in found if each["impact"] in SERIOUS and each["id"] not in set(allowed)]
    told = [(each["id"], [node["html"][:200] for node in each["nodes"][:3]]) for each in serious]
    assert not told, f"{page.url}: {told}"
    beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert beyond <= 0, f"{page.url} is {beyond} pixels too wide"
