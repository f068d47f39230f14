"""The site as files: the same as what a server answers."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.docs_site.conftest import ORIGIN, Served
from vinr_engagement.entrypoints.cli.docs import docs
from vinr_engagement.entrypoints.docs.site import Site


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build for the address that the tests' server has."""
    folder = tmp_path_factory.mktemp("site")
    done = CliRunner().invoke(docs, ["build", str(folder), "--base-url", ORIGIN])
    assert done.exit_code == 0, done.output
    count = len([path for path in folder.rglob("*") if path.is_file()])
    assert done.output == f"Wrote {count} files to {folder}.\n"
    return folder


def test_every_file_is_what_the_server_answers(built: Path, served: Served, site: Site) -> None:
    for address in [*site.addresses(), "/sitemap.xml", "/openapi.json"]:
        path = built / address.lstrip("/")
        file = path / "index.html" if path.is_dir() and (path / "index.html").exists() else path
        assert file.read_bytes() == served.read(address).content, address
    assert (built / "404.html").read_bytes() == served.read("/docs/nothing").content


def test_hosts_are_told_the_headers(built: Path) -> None:
    told = (built / "_headers").read_text()
    assert "/*\n  content-security-policy: default-src 'none'" in told


def test_a_site_below_another(tmp_path: Path) -> None:
    done = CliRunner().invoke(docs, ["build", str(tmp_path), "--base-url", "https://shop.example/loyalty"])
    assert done.exit_code == 0, done.output
    page = (tmp_path / "docs/guides/events/index.html").read_text()
    links: list[Any] = [each.split('"')[0] for each in page.split('href="/')[1:]]
    assert links
    assert all(link.startswith("loyalty/") for link in links), links


def test_a_wrong_address_is_named(tmp_path: Path) -> None:
    done = CliRunner().invoke(docs, ["build", str(tmp_path), "--base-url", "docs.shop.example"])
    assert done.exit_code == 2
    assert "'docs.shop.example'" in done.output
    assert list(tmp_path.iterdir()) == []
