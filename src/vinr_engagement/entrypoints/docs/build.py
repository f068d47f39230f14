"""The site as files, for any host of static pages."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from vinr_engagement.entrypoints.docs.place import Place
from vinr_engagement.entrypoints.docs.site import SITEMAP, Site
from vinr_engagement.entrypoints.docs.templating import ASSETS
from vinr_engagement.entrypoints.pages import FINAL, SECURITY
from vinr_engagement.entrypoints.pages.file import HTML, File
from vinr_engagement.foundation import json

MISSING: Final = "404.html"
HEADERS: Final = "_headers"
"""Read by hosts that know it: the headers that a server sends itself."""


def build(folder: Path, document: dict[str, Any], place: Place) -> int:
    """Writes every file of the site into a folder, and answers how many. Files of an earlier build are overwritten."""
    site = Site(document, place)
    written = 0
    for name, body in _files(site, document):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        written += 1
    return written


def _files(site: Site, document: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    for address in site.addresses():
        file = site.get(address)
        assert file is not None
        yield _name(address, file), file.body
    yield MISSING, site.missing().body
    yield HEADERS, _headers(site.place).encode()
    yield "openapi.json", json.encode(document)
    if site.place.origin:
        yield SITEMAP.lstrip("/"), site.sitemap(site.place).body


def _name(address: str, file: File) -> str:
    """A page is the index of a folder of its name, which every host serves at that name."""
    return f"{address.lstrip('/')}/index.html" if file.media_type == HTML else address.lstrip("/")


def _headers(place: Place) -> str:
    lines = [place.href("/*"), *(f"  {name}: {value}" for name, value in SECURITY.items())]
    return "\n".join([*lines, place.href(f"{ASSETS}/*"), f"  cache-control: {FINAL}", ""])
