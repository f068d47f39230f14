"""How pages are served: kept, packed, protected, and left out where they are not wanted."""

import gzip

import pytest

from tests.docs_site.conftest import ORIGIN, SETTINGS, Served
from vinr_engagement.entrypoints.api import create_app
from vinr_engagement.entrypoints.cli.docs import documented
from vinr_engagement.entrypoints.cli.server import application
from vinr_engagement.entrypoints.docs.place import Place
from vinr_engagement.entrypoints.docs.site import Site
from vinr_engagement.foundation.settings import Settings, from_environment

FIRST_VIEW_BYTES = 100_000
KINDS = ("/docs", "/docs/guides/events", "/docs/reference/api/accounts", "/docs/search.json", "/llms.txt", "/docs/none")


@pytest.mark.parametrize("path", KINDS)
def test_every_answer_has_a_strict_policy(served: Served, path: str) -> None:
    headers = served.read(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'; style-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"


def test_what_was_read_is_not_sent_again(served: Served) -> None:
    first = served.ask("/docs/guides/events")
    assert first.headers["cache-control"] == "no-cache"
    again = served.ask("/docs/guides/events", if_none_match=f'W/"other", {first.headers["etag"]}')
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert served.ask("/docs/guides/events", if_none_match='"other"').status_code == 200


def test_assets_are_kept_for_ever_under_a_name_that_changes_with_them(served: Served) -> None:
    for path in served.page("/docs").resources:
        assert served.read(path).headers["cache-control"] == "public, max-age=31536000, immutable"


def test_bodies_are_packed_for_those_who_take_that(served: Served) -> None:
    plain = served.ask("/docs", accept_encoding="identity")
    packed = served.ask("/docs", accept_encoding="br, gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == plain.text
    assert packed.headers["etag"] != plain.headers["etag"]
    assert "Accept-Encoding" in packed.headers["vary"]


def test_head_has_no_body(served: Served) -> None:
    answer = served.ask("/docs", method="HEAD", accept_encoding="identity")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(served.ask("/docs", accept_encoding="identity").content))


def test_what_is_not_there(served: Served) -> None:
    answer = served.read("/docs/guides/nothing")
    assert answer.status_code == 404
    assert "There is no such page" in answer.text
    assert 'name="robots" content="noindex"' in answer.text
    assert served.read("/docs/guides/nothing.md").status_code == 404
    posted = served.ask("/docs", method="POST")
    assert (posted.status_code, posted.headers["allow"]) == (405, "GET, HEAD")
    moved = served.ask("/docs/guides/events/")
    assert (moved.status_code, moved.headers["location"]) == (308, "/docs/guides/events")


def test_all_else_is_the_api(served: Served) -> None:
    assert served.read("/v1/loyalty/programs").status_code == 401
    assert served.read("/documents").json()["error"]["code"] == "path_unknown"
    assert served.read("/healthz").json() == {"status": "ok"}


def test_the_first_view_is_light(served: Served) -> None:
    for path in ("/docs", "/docs/guides/events", "/docs/reference/api/accounts"):
        page = served.page(path)
        sent = sum(len(gzip.compress(served.read(each).content)) for each in (path, *page.resources))
        assert sent < FIRST_VIEW_BYTES, (path, sent)


def test_the_map_for_search_engines(served: Served, site: Site) -> None:
    text = served.read("/sitemap.xml").text
    assert all(f"<loc>{ORIGIN}{path}</loc>" in text for path in site.pages)
    nameless = Served(documented(create_app({}, Settings()), Settings()))
    assert "<loc>http://docs.test/docs/guides/events</loc>" in nameless.read("/sitemap.xml").text


def test_it_can_be_switched_off() -> None:
    off = Served(application({}, Settings(docs=False, log_level="critical")))
    assert off.read("/docs").json()["error"]["code"] == "path_unknown"
    assert Served(application({}, SETTINGS)).read("/docs").status_code == 200
    assert not from_environment({"VINR_DOCS": "false"}).docs
    assert from_environment({}).docs
    with pytest.raises(ValueError, match="VINR_DOCS must be true or false"):
        from_environment({"VINR_DOCS": "no"})


def test_where_a_site_stands() -> None:
    assert Place.of("https://shop.example/loyalty/").url("/docs") == "https://shop.example/loyalty/docs"
    assert Place.of_docs("https://docs.shop.example/docs").url("/docs") == "https://docs.shop.example/docs"
    assert Place.of_docs("/docs").url("/docs") == "/docs"
    for wrong in ("docs.shop.example", "ftp://shop.example", "https://", "https://shop.example?a=b"):
        with pytest.raises(ValueError, match="base URL"):
            Place.of(wrong)


def test_the_skill_is_one_that_agents_can_install(served: Served) -> None:
    text = served.read("/docs/skill.md").text
    _, front, body = text.split("---\n", 2)
    fields = dict(line.split(": ", 1) for line in front.splitlines())
    assert fields["name"] == "vinr-engagement"
    assert 40 <= len(fields["description"]) <= 1_024
    assert body.lstrip().startswith("# ")
    for told in ("customer", "Idempotency-Key", "test-helpers/clock", "error.code", "Retry-After", "signature"):
        assert told in body, told


def test_one_file_has_everything(served: Served, site: Site) -> None:
    listed, whole = served.read("/llms.txt").text, served.read("/llms-full.txt").text
    assert listed.startswith("# VINR Engagement\n\n> ")
    for group in site.groups:
        assert f"## {group.title}\n" in listed
        for entry in group.entries:
            assert f"]({ORIGIN}{entry.path}.md)" in listed, entry.path
    for path in site.pages:
        assert served.read(f"{path}.md").text.splitlines()[0] in whole, path


def test_the_search_knows_every_page_and_section(served: Served, site: Site) -> None:
    index = served.read("/docs/search.json").json()
    assert {page[0] for page in index["pages"]} == site.pages.keys() - {"/docs"}
    for page, anchor, heading, _ in index["sections"]:
        path = index["pages"][page][0]
        assert not anchor or anchor in served.page(path).ids, (path, anchor)
        assert bool(heading) == bool(anchor)
