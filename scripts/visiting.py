"""A signed-in browser for the scripts that look at a running dashboard."""

import argparse
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import sync_playwright

FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]


def arguments(description: str | None) -> argparse.ArgumentParser:
    """The arguments that every such script takes: where the dashboard is, and who looks at it."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", help="the server's, like http://127.0.0.1:8000")
    parser.add_argument("email")
    parser.add_argument("password")
    return parser


@contextmanager
def browser() -> Iterator[Any]:
    """The Chromium that is installed."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
    if path is None:
        raise SystemExit("There is no Chromium on the PATH.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


def sign_in(context: Any, url: str, email: str, password: str) -> None:
    """Gives a browser's context a session. Ends the script where that is refused."""
    answer = context.request.post(
        f"{url}/v1/session", data={"email": email, "password": password}, headers={"Origin": url}
    )
    if not answer.ok:
        raise SystemExit(f"Signing in failed: {answer.text()}")


def wait_until_shown(page: Any) -> None:
    """Until the page has its heading, and nothing on it is still on its way."""
    page.get_by_role("heading", level=1).first.wait_for()
    page.locator(".skeleton").first.wait_for(state="hidden")
    page.wait_for_load_state("load")
