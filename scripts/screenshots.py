"""Takes a picture of every page of a running dashboard, wide and narrow, light and dark.

    make demo                                                   # in another terminal; it prints email and password
    python -m scripts.screenshots http://127.0.0.1:8000 EMAIL PASSWORD

They go into docs/images/dashboard/ as WebP, named PAGE-WIDTH-THEME.webp. Pages of one thing (a member, a rule) are taken of one
that is there; where there is none, the page is left out and named.
"""

import base64
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scripts.visiting import arguments, browser, sign_in, wait_until_shown

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs/images/dashboard"
ROUTES = ROOT / "src/vinr_engagement/entrypoints/dashboard/static/routes.js"
SIZES = {1440: 900, 390: 844}
THEMES = ("light", "dark")
TALLEST = 2_000
QUALITY = 66
NEW = ("rules/new", "rewards/new", "campaigns/new", "segments/new")
FOUND_AT = {
    ":account": ("/loyalty/redemptions", "account"),
    ":rule": ("/loyalty/earning-rules", "id"),
    ":reward": ("/loyalty/rewards", "id"),
    ":campaign": ("/loyalty/campaigns", "id"),
    ":segment": ("/loyalty/segments", "id"),
    ":referral": ("/loyalty/referrals", "id"),
    ":event": ("/events", "id"),
    ":endpoint": ("/webhook-endpoints", "id"),
}
"""Where an id for a page is found, and in which field of the first object there."""


def main() -> None:
    """Takes all of them, or those whose name has a text in it."""
    parser = arguments(__doc__)
    parser.add_argument("--only", default="", help="a text that the page's name has")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with browser() as chromium:
        pages = _pages(chromium, given)
        for theme in THEMES:
            for width, height in SIZES.items():
                _take(chromium, given, pages, width, height, theme)
    pictures = list(given.folder.glob("*.webp"))
    print(f"{len(pictures)} pictures, {sum(path.stat().st_size for path in pictures) / 1e6:.1f} MB, in {given.folder}.")


def routes() -> list[str]:
    """Every page as the dashboard knows it, and what is made anew: `members/:account`, `rules/new`."""
    found = re.findall(r'path: "([^"]*)"', ROUTES.read_text("utf-8"))
    return [route for route in (*found, *NEW) if not route.startswith("_")]


def name_of(route: str) -> str:
    """What the pictures of a page are called: `members/:account` is `members-of-account`."""
    return route.replace("/:", "-of-").replace("/", "-") or "overview"


def path_of(route: str, first_of: Callable[[str], dict[str, Any] | None]) -> str | None:
    """A route with an id in the place of its name; ``None`` where there is nothing of the kind.

    ``first_of`` answers the first object of a list, by the path of the list under /v1.
    """
    named = re.search(r":\w+", route)
    if named is None:
        return route
    where, field = ("/received-events", "id") if route.startswith("received") else FOUND_AT[named[0]]
    found = first_of(where)
    return None if found is None else route.replace(named[0], str(found[field]))


def _pages(chromium: Any, given: Any) -> dict[str, str]:
    """The path of each page, by the name of its pictures."""
    context = chromium.new_context()
    sign_in(context, given.url, given.email, given.password)

    def first_of(path: str) -> dict[str, Any] | None:
        answer = context.request.get(f"{given.url}/v1{path}?limit=1", headers={"Vinr-Environment": "test"})
        data = answer.json()["data"] if answer.ok else []
        return data[0] if data else None

    found = {route: path_of(route, first_of) for route in routes()}
    context.close()
    for route in (route for route, path in found.items() if path is None):
        print(f"Left out, since there is none: {route}")
    named = {name_of(route): path for route, path in found.items()}
    return {name: path for name, path in named.items() if path is not None and given.only in name}


def _take(chromium: Any, given: Any, pages: dict[str, str], width: int, height: int, theme: str) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": height},
        color_scheme=theme,
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="Europe/London",
    )
    sign_in(context, given.url, given.email, given.password)
    page = context.new_page()
    for name, path in pages.items():
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{given.url}/dashboard/test/{path}")
        wait_until_shown(page)
        tall = min(max(page.evaluate("document.documentElement.scrollHeight"), height), TALLEST)
        page.set_viewport_size({"width": width, "height": tall})
        page.wait_for_timeout(400)  # Charts follow the size of the window.
        (given.folder / f"{name}-{width}-{theme}.webp").write_bytes(_picture(context, page))
    context.close()


def _picture(context: Any, page: Any) -> bytes:
    client = context.new_cdp_session(page)
    taken = client.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    client.detach()
    return base64.b64decode(taken["data"])


if __name__ == "__main__":
    main()
