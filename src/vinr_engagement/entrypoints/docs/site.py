"""The whole site: every address and what is there. Whatever is asked for first is made then, and kept."""

import threading
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any, Final

from markupsafe import Markup

from vinr_engagement.entrypoints.docs import contents, landing, search, sources, written
from vinr_engagement.entrypoints.docs.contents import Entry, Group
from vinr_engagement.entrypoints.docs.pages import Page
from vinr_engagement.entrypoints.docs.place import Place
from vinr_engagement.entrypoints.docs.prose import Article, Prose
from vinr_engagement.entrypoints.docs.reference import pages as reference
from vinr_engagement.entrypoints.docs.reference.api import PATH, Api
from vinr_engagement.entrypoints.docs.templating import asset_files, templates
from vinr_engagement.entrypoints.pages.file import HTML, JSON, MARKDOWN, TEXT, XML, File
from vinr_engagement.foundation import json

HOME: Final = "/docs"
SITEMAP: Final = "/sitemap.xml"
_LANDING: Final = Entry(
    HOME, "VINR Engagement documentation", "Guides and API reference of the open-source loyalty engine."
)

Make = Callable[[], File]


class Site:
    """Pages, their Markdown, assets and indexes, by address. ``document`` is the API's own, in OpenAPI."""

    def __init__(self, document: dict[str, Any], place: Place | None = None) -> None:
        self.place = place or Place()
        assets = asset_files()
        self._templates = templates(self.place, {name: address for name, (address, _) in assets.items()})
        self._prose = Prose(self._templates)
        self._document = document
        self._api = Api(document)
        self._reference = reference.Pages(self._api, self._templates, self._prose, self.place)
        self._kept = dict(assets.values())
        self._makers = dict(self._addresses())
        self._making = threading.RLock()

    def addresses(self) -> list[str]:
        """Every address but the sitemap's, which needs to know where the site stands."""
        return [*self._kept, *(address for address in self._makers if address not in self._kept)]

    def kept(self, address: str) -> File | None:
        """What is there, if it was asked for before."""
        return self._kept.get(address)

    def get(self, address: str) -> File | None:
        """What is there; ``None`` for nothing."""
        if address not in self._kept and address in self._makers:
            with self._making:
                self._kept[address] = self._makers[address]()
        return self._kept.get(address)

    def missing(self) -> File:
        """What to show where nothing is."""
        return self._missing

    @cached_property
    def _missing(self) -> File:
        page = Page("", "Not found", "There is no such page.", "written", "guides", str, _nothing, found=False)
        return File(self._rendered("missing.html", page=page), HTML, 404)

    def sitemap(self, place: Place) -> File:
        """The list of all pages for search engines."""
        made = self._templates.get_template("text/sitemap.xml").render(pages=self.pages.values(), place=place)
        return File(made.encode(), XML)

    @cached_property
    def groups(self) -> list[Group]:
        """The contents: guides first, then the API's reference, then what else there is to look up."""
        found = contents.groups()
        at = next((at for at, group in enumerate(found) if group.title == "Reference"), len(found))
        project = Group("Project", tuple(_project(found)))
        return [*found[:at], reference.group(self._api), *found[at:], *([project] if project.entries else [])]

    @cached_property
    def pages(self) -> dict[str, Page]:
        """Every page by its address; those that the contents list come first, in their order."""
        known = {page.path: page for page in self._reference.all()}
        for source in sources.pages():
            entry = self._entry(source)
            known[entry.path] = written.page_of(source, entry, self._prose, self.place)
        listed = [entry.path for entry in self._listed if entry.path in known]
        return {path: known[path] for path in dict.fromkeys([HOME, *listed, *known])}

    @cached_property
    def _listed(self) -> list[Entry]:
        return [each for group in self.groups for entry in group.entries for each in (entry, *entry.children)]

    def _entry(self, source: str) -> Entry:
        if source == sources.INDEX:
            return _LANDING
        address = sources.address(source) or ""
        found = next((entry for entry in self._listed if entry.path == address), None)
        return found or Entry(address, _named(address))

    def _addresses(self) -> Iterator[tuple[str, Make]]:
        for path, page in self.pages.items():
            yield path, lambda page=page: File(self._shown(page), HTML)
            yield f"{path}.md", lambda page=page: File(page.markdown.encode(), MARKDOWN)
        for source in sources.files():
            yield str(sources.address(source)), lambda source=source: sources.file(source)
        yield f"{HOME}/skill.md", lambda: File(self._skill(), MARKDOWN)
        yield f"{HOME}/search.json", lambda: File(json.encode(search.index(self._searched(), self.place)), JSON)
        yield "/llms.txt", lambda: File(self._rendered("text/llms.txt", pages=self.pages), TEXT)
        yield "/llms-full.txt", lambda: File(self._rendered("text/llms-full.txt", pages=self.pages), TEXT)

    def _skill(self) -> bytes:
        text = self._templates.get_template("text/skill.md").render(pages=self.pages)
        return written.with_links(text, "", self.place).encode()

    def _searched(self) -> Iterator[tuple[str, Page]]:
        homes = {
            each.path: group.title
            for group in self.groups
            for entry in group.entries
            for each in (entry, *entry.children)
        }
        return ((homes.get(page.path, ""), page) for page in self.pages.values() if page.path != HOME)

    def _shown(self, page: Page) -> bytes:
        template = {"landing": "landing.html", "resource": "resource.html"}.get(page.kind, "page.html")
        resource = next((each for each in self._api.resources if each.path == page.path), None)
        before, after = self._neighbours(page.path)
        more = self._first_page() if page.kind == "landing" else {"trail": self._trail(page.path)}
        return self._rendered(template, page=page, resource=resource, before=before, after=after, **more)

    def _first_page(self) -> dict[str, Any]:
        return {**landing.code_of(self._api, self.place), "listed": {entry.path: entry for entry in self._listed}}

    def _neighbours(self, path: str) -> tuple[Entry | None, Entry | None]:
        paths = [entry.path for entry in self._listed]
        if path not in paths:
            return None, None
        at = paths.index(path)
        return (self._listed[at - 1] if at else None), (self._listed[at + 1] if at + 1 < len(paths) else None)

    def _trail(self, path: str) -> list[Entry]:
        """What stands above a page: the documentation, its group, and a page that lists it."""
        trail = [Entry(HOME, "Docs")]
        for group in self.groups:
            for entry in group.entries:
                if path == entry.path:
                    return [*trail, Entry(PATH if entry.path.startswith(PATH) and path != PATH else "", group.title)]
                if path in [child.path for child in entry.children]:
                    return [*trail, entry]
        return trail

    def _rendered(self, template: str, **told: Any) -> bytes:
        return self._templates.get_template(template).render(groups=self.groups, **told).encode()


def _project(found: list[Group]) -> Iterator[Entry]:
    """The pages about the project itself that the contents do not list."""
    listed = {entry.path for group in found for entry in group.entries}
    for source in sources.PROJECT:
        address = sources.address(source)
        if address is not None and address not in listed:
            yield Entry(address, _named(address))


def _named(address: str) -> str:
    return PurePosixPath(address).name.replace("-", " ").capitalize()


def _nothing() -> Article:
    return Article(Markup())
