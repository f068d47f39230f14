"""Every page: as HTML and as Markdown, its links and anchors, its place in the contents."""

import re
from urllib.parse import urlsplit

import pytest

from tests.docs.tables import DOCS
from tests.docs_site.conftest import ORIGIN, Served
from vinr_engagement.entrypoints.api.errors import CODES, ErrorWriter, Fault
from vinr_engagement.entrypoints.docs.site import HOME, Site

MARKDOWN_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def test_every_written_page_is_on_the_site(site: Site) -> None:
    written = {path.relative_to(DOCS.parent).with_suffix("").as_posix() for path in DOCS.rglob("*.md")}
    assert {f"/{name.removesuffix('/README')}" for name in written} <= site.pages.keys()
    assert {
        f"/docs/project/{name}" for name in ("architecture", "contributing", "security", "changelog")
    } <= site.pages.keys()


def test_every_page_as_html(served: Served, site: Site) -> None:
    titles = list[str]()
    for path in site.pages:
        answer, page = served.read(path), served.page(path)
        assert answer.headers["content-type"] == "text/html; charset=utf-8", path
        assert len(page.headings) == 1, path
        assert page.forbidden == [], path
        assert 10 <= len(page.description) <= 200, (path, page.description)
        assert page.canonical == f"{ORIGIN}{path}"
        assert len(page.ids) == len(set(page.ids)), (path, sorted(page.ids))
        titles.append(page.title)
    assert len(titles) == len(set(titles)), sorted(titles)


def test_every_page_as_markdown(served: Served, site: Site) -> None:
    for path in site.pages:
        answer = served.read(f"{path}.md")
        assert answer.headers["content-type"] == "text/markdown; charset=utf-8", path
        assert answer.text.startswith("# "), path
        assert served.ask(path, accept="text/markdown").text == answer.text
    assert "<html" in served.ask(HOME, accept="text/html,text/markdown;q=0.5").text


def test_every_link_and_anchor_leads_somewhere(served: Served, site: Site) -> None:
    for path in site.pages:
        page = served.page(path)
        for link in {*page.links, *page.resources}:
            assert_leads_somewhere(served, site, path, link)


def assert_leads_somewhere(served: Served, site: Site, path: str, link: str) -> None:
    parts = urlsplit(link)
    if parts.scheme:
        assert link.startswith("https://"), f"{path} links to {link}"
        return
    target = parts.path or path
    assert target == "/openapi.json" or site.get(target) is not None, f"{path} links to {link}"
    if parts.fragment:
        assert parts.fragment in served.page(target).ids, f"{path} links to {link}"


def test_every_link_of_the_markdown_leads_to_markdown(served: Served, site: Site) -> None:
    for path in [*(f"{path}.md" for path in site.pages), "/docs/skill.md", "/llms.txt"]:
        text = re.sub(r"^```.*?^```$|`[^`\n]*`", "", served.read(path).text, flags=re.MULTILINE | re.DOTALL)
        for link in MARKDOWN_LINK.findall(text):
            if link.startswith("#"):
                continue
            target, _, anchor = link.removeprefix(ORIGIN).partition("#")
            if target.startswith("https://"):
                continue
            assert target == "/openapi.json" or site.get(target) is not None, f"{path} links to {link}"
            if anchor:
                assert anchor in served.page(target.removesuffix(".md")).ids, f"{path} links to {link}"


@pytest.mark.parametrize("code", CODES)
def test_what_an_error_links_to_is_there(served: Served, code: str) -> None:
    link = ErrorWriter(SETTING).error(Fault(code, "So it is."), "req_1")["doc_url"]
    path, _, anchor = link.partition("#")
    assert anchor == code
    assert anchor in served.page(path).ids


SETTING = "/docs"


def test_the_contents_list_every_guide_and_lead_through_all(served: Served, site: Site) -> None:
    listed = [entry.path for group in site.groups for entry in group.entries]
    assert len(listed) == len(set(listed))
    missing = {path for path in site.pages if path.startswith(("/docs/guides/", "/docs/reference/"))} - set(listed)
    assert not missing, "docs/README.md lists every page"
    following = [path for path in site.pages if 'rel="next"' in served.read(path).text]
    assert len(following) >= len(listed) - 1


def test_a_page_knows_where_it_stands(served: Served) -> None:
    text = served.read("/docs/guides/refunds").text
    assert text.count('aria-current="page"') == 2, "in the contents, and at the end of the breadcrumb"
    assert 'rel="prev"' in text
    assert 'aria-label="On this page"' in text
    decisions = served.read("/docs/decisions/0001-one-write-path").text
    assert '<li><a href="/docs/decisions">Decisions</a></li>' in decisions


def test_headings_have_links_to_themselves(served: Served) -> None:
    assert '<h2 id="any-order">' in served.read("/docs/guides/events").text
    assert 'href="#any-order" aria-label="Link to Any order"' in served.read("/docs/guides/events").text
