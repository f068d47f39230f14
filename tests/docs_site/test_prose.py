"""What becomes of Markdown: links, anchors, tabs, tables, callouts; and what of a page's lists."""

from pathlib import Path

import pytest

from vinr_engagement.entrypoints.docs import contents, sources, written
from vinr_engagement.entrypoints.docs.place import Place
from vinr_engagement.entrypoints.docs.prose import Prose
from vinr_engagement.entrypoints.docs.templating import templates

PROSE = Prose(templates(Place(), {}))


def html(text: str) -> str:
    return str(PROSE.article(text, written.resolver("docs/guides/events.md", Place(prefix="/shop"))).html)


@pytest.mark.parametrize(
    ("link", "leads_to"),
    [
        ("refunds.md", "/shop/docs/guides/refunds"),
        ("refunds.md#worked-cases", "/shop/docs/guides/refunds#worked-cases"),
        ("../reference/errors.md", "/shop/docs/reference/errors"),
        ("../README.md", "/shop/docs"),
        ("../decisions/", "/shop/docs/decisions"),
        ("../../README.md", "/shop/docs"),
        ("../../ARCHITECTURE.md", "/shop/docs/project/architecture"),
        ("../../deploy/alerts.yml", "/shop/docs/files/deploy/alerts.yml"),
        ("#here", "#here"),
        ("https://example.com/a", "https://example.com/a"),
    ],
)
def test_a_link_leads_to_the_page_of_its_file(link: str, leads_to: str) -> None:
    assert f'href="{leads_to}"' in html(f"[Look]({link})")


@pytest.mark.parametrize("link", ["../../src/vinr_engagement/__init__.py", "../../../elsewhere.md", "nothing.md"])
def test_a_link_to_what_the_site_has_not_keeps_its_text(link: str) -> None:
    assert html(f"[Look]({link}) there") == "<p>Look there</p>\n"
    assert written.with_links(f"[Look]({link}) there", "docs/guides/events.md", Place()) == "Look there"


def test_pictures_are_files_of_the_site() -> None:
    made = html("![Board](../../deploy/grafana-board.json) ![Far](https://example.com/a.png)")
    assert 'src="/shop/docs/files/deploy/grafana-board.json"' in made
    assert 'src="https://example.com/a.png"' in made


def test_links_in_code_are_left_alone() -> None:
    text = "[Look](refunds.md)\n```text\n[Look](refunds.md)\n```\n"
    assert written.with_links(text, "docs/guides/events.md", Place("https://shop.example")) == (
        "[Look](https://shop.example/docs/guides/refunds.md)\n```text\n[Look](refunds.md)\n```\n"
    )


def test_headings_have_anchors_as_github_makes_them() -> None:
    article = PROSE.article("# One\n\n## `needs` and more!\n\n## `needs` and more!\n", lambda link: link)
    assert [each.anchor for each in article.outline] == ["needs-and-more", "needs-and-more-1"]
    assert [each.text for each in article.outline] == ["needs and more!"] * 2
    assert article.title == "One"


def test_code_in_several_languages_becomes_tabs() -> None:
    curl, python, typescript = "```sh curl\ncurl a\n```\n", "```python\nb()\n```\n", "```ts\nc();\n```\n"
    together = html(curl + python + "\n" + typescript)
    assert together.count('role="tabpanel"') == 3
    assert together.count('role="tablist"') == 1
    assert 'role="tab"' not in html(curl), "one alone has nothing to choose from"
    assert 'role="tab"' not in html(curl + "\nAnd then:\n\n" + python)
    assert html(curl + python + curl + python).count('role="tablist"') == 2
    assert 'role="tab"' not in html("```sh\nls\n```\n```json\n{}\n```\n")
    assert html("```python norun: it waits\nb()\n```\n```ts norun\nc();\n```\n").count('role="tabpanel"') == 2


def test_tables_scroll_by_themselves_and_have_no_style() -> None:
    made = html("## Sums\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n")
    assert '<div class="scroll" tabindex="0" role="group" aria-label="Table: Sums">' in made
    assert '<td class="right">2</td>' in made
    assert "style" not in made


def test_callouts_are_githubs() -> None:
    made = html("> [!WARNING]\n> It is gone for ever.\n")
    assert "markdown-alert-warning" in made
    assert "It is gone for ever." in made


def test_words_are_found_under_their_headings() -> None:
    article = PROSE.article(
        "# One\n\nFirst `words`.\n\n## Two\n\n| a |\n|---|\n| b |\n\n```sh\nls\n```\n", lambda link: link
    )
    assert [(each.anchor, each.heading, each.text) for each in article.sections] == [
        ("", "", "First words."),
        ("two", "Two", "a b ls"),
    ]
    assert article.lead == "First words."


def test_the_contents_are_the_lists_of_an_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("start", "more", "deep/README", "deep/one"):
        page = tmp_path / "docs" / f"{name}.md"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text("# A page\n")
    (tmp_path / "docs/deep/README.md").write_text("# Deep\n\n- [One](one.md)\n")
    (tmp_path / "docs/README.md").write_text(
        "# All\n\n## First\n\n- [Start](start.md): where to begin\n\n"
        "And then:\n\n| you want | read |\n|---|---|\n| to know more | [More](more.md) |\n\n"
        "## Last\n\n- [Deep](deep/README.md)\n- [Nowhere](nothing.md)\n"
    )
    monkeypatch.setattr(sources, "root", lambda: tmp_path)
    first, then, last = contents.groups()
    assert (first.title, then.title, last.title) == ("First", "And then", "Last")
    assert first.entries == (contents.Entry("/docs/start", "Start", "Where to begin."),)
    assert then.entries == (contents.Entry("/docs/more", "More", "To know more."),)
    (deep,) = last.entries
    assert (deep.path, [child.path for child in deep.children]) == ("/docs/deep", ["/docs/deep/one"])
    assert deep.open_at("/docs/deep/one")
    assert not deep.open_at("/docs/more")
