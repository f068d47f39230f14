"""The pictures of the documentation: of every page, in every look."""

import re

from scripts.screenshots import FOLDER, SIZES, THEMES, name_of, routes
from tests.docs.tables import GUIDES

PAGE = GUIDES / "dashboard-pages.md"


def test_every_page_has_its_pictures() -> None:
    wanted = {f"{name_of(route)}-{width}-{theme}.webp" for route in routes() for width in SIZES for theme in THEMES}
    assert {path.name for path in FOLDER.glob("*.webp")} == wanted
    assert set(re.findall(r"images/dashboard/([\w-]+\.webp)", PAGE.read_text("utf-8"))) == wanted
