"""Pages as a browser or a crawler reads them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Seen(HTMLParser):
    """What a page has: its text by tag, its ids, its links, and what a strict policy would forbid."""

    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    resources: list[str] = field(default_factory=list)
    forbidden: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    title: str = ""
    description: str = ""
    canonical: str = ""
    text: str = ""
    _inside: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._inside.append(tag)
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "script" or (tag == "link" and given.get("rel") in ("stylesheet", "icon")):
            self.resources.append(given.get("src") or given.get("href", ""))
        if tag == "link" and given.get("rel") == "canonical":
            self.canonical = given["href"]
        if tag == "meta" and given.get("name") == "description":
            self.description = given["content"]
        if tag == "style" or "style" in given or (tag == "script" and "src" not in given):
            self.forbidden.append(tag)
        self.forbidden += [name for name in given if name.startswith("on")]
        if tag == "h1":
            self.headings.append("")

    def handle_endtag(self, tag: str) -> None:
        while self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.text += data
        if "title" in self._inside and "svg" not in self._inside:
            self.title += data
        if "h1" in self._inside:
            self.headings[-1] += data


def seen(html: str) -> Seen:
    """What a page has."""
    found = Seen()
    found.feed(html)
    found.close()
    return found
