"""Every page there is, judged by axe-core on a telephone in the dark: where layouts and colours fail first."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from scripts.screenshots import path_of, routes
from scripts.visiting import wait_until_shown
from tests.dashboard.browsing import NARROW, SERIOUS
from tests.dashboard.serving import Shop

pytestmark = pytest.mark.timeout(240)


def test_every_page_fits_is_legible_and_has_a_title_of_its_own(signed_in: Callable[..., Any], shop: Shop) -> None:
    def first_of(path: str) -> dict[str, Any] | None:
        found: list[dict[str, Any]] = shop.get(path, limit=1)["data"]
        return found[0] if found else None

    page = signed_in("admin", "_components", size=NARROW, theme="dark")
    faults, titles = [], set()
    for path in filter(None, (path_of(route, first_of) for route in routes())):
        page.goto(f"/dashboard/test/{path}")
        wait_until_shown(page)
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        serious = [each for each in Axe().run(page).response["violations"] if each["impact"] in SERIOUS]
        faults += [f"{path}: {page.title()} is another's title"] if page.title() in titles else []
        titles.add(page.title())
        assert page.get_by_role("heading", level=1).count() == 1, path
        faults += [f"{path}: {beyond} pixels too wide"] if beyond > 0 else []
        faults += [f"{path}: {each['id']}: {node['html'][:150]}" for each in serious for node in each["nodes"]]
    assert not faults, "\n".join(faults)
