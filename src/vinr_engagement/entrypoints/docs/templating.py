"""The templates, and what all of them may ask for."""

from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from vinr_engagement import __version__
from vinr_engagement.entrypoints.docs.place import Place
from vinr_engagement.entrypoints.pages.file import TYPES, File

_FOLDER: Final = Path(__file__).parent
ASSETS: Final = "/docs/assets"


def templates(place: Place, assets: dict[str, str]) -> Environment:
    """The templates of a site that stands there. HTML is escaped, other text is not."""
    environment = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=lambda name: name is not None and name.endswith((".html", ".xml")),  # noqa: S701 (text is not HTML)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    known: dict[str, Any] = environment.globals
    known |= {
        "href": place.href,
        "place": place,
        "version": __version__,
        "asset": lambda name: place.href(assets[name]),
    }
    return environment


def asset_files() -> dict[str, tuple[str, File]]:
    """The address and the content of each asset, by its name; the address changes with the content."""
    found = dict[str, tuple[str, File]]()
    for path in sorted((_FOLDER / "assets").iterdir()):
        if path.suffix in TYPES:
            file = File(path.read_bytes(), TYPES[path.suffix], is_final=True)
            found[path.name] = (f"{ASSETS}/{path.stem}.{file.digest[:10]}{path.suffix}", file)
    return found
