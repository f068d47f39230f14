"""What the server sends as the dashboard: no browser, no store."""

import asyncio
import gzip
import hashlib
import re
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from tests.dashboard.modules import STATIC
from vinr_engagement.entrypoints.cli.server import application
from vinr_engagement.entrypoints.dashboard import Dashboard
from vinr_engagement.entrypoints.dashboard.bundle import COMPONENTS, START, Bundle, imported, needed
from vinr_engagement.foundation.settings import Settings, from_environment

SETTINGS = Settings(log_level="critical")
FIRST_VIEW_BYTES = 150 * 1024


async def _ask(app: Any, method: str, path: str, headers: dict[str, str]) -> httpx2.Response:
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://dashboard.test") as client:
        return await client.request(method, path, headers=headers)


@pytest.fixture(scope="module")
def app() -> Any:
    return application({}, SETTINGS)


@pytest.fixture(scope="module")
def sources() -> dict[str, bytes]:
    paths = [path for path in STATIC.rglob("*") if path.is_file()]
    return {path.relative_to(STATIC).as_posix(): path.read_bytes() for path in paths}


def ask(app: Any, path: str, method: str = "GET", **headers: str) -> httpx2.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return asyncio.run(_ask(app, method, path, named))


def addresses(page: str) -> list[str]:
    return re.findall(r'(?:src|href)="(/dashboard/static/[^"]+)"', page)


@pytest.mark.parametrize("path", ["/dashboard", "/dashboard/", "/dashboard/test/members/loy_1", "/dashboard/live"])
def test_every_path_is_the_one_page(app: Any, path: str) -> None:
    answer = ask(app, path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.text == ask(app, "/dashboard").text
    assert answer.headers["cache-control"] == "no-cache"


def test_what_the_page_names_is_there_for_good(app: Any) -> None:
    named = addresses(ask(app, "/dashboard").text)
    assert any(address.endswith(f"/{START}") for address in named)
    for address in named:
        answer = ask(app, address)
        assert answer.status_code == 200, address
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_the_page_names_every_module_of_the_first_view(app: Any, sources: dict[str, bytes]) -> None:
    named = {address.split("/", 4)[4] for address in addresses(ask(app, "/dashboard").text)}
    assert needed(START, sources) | needed(COMPONENTS, sources) <= named
    assert {"lib/api.js", "ui/chart.js", "vendor/preact.js"} <= named
    assert "vendor/uplot.js" not in named, "charts are fetched with the first chart"


def test_imports_are_found_however_they_are_written() -> None:
    lines = ('import a from "../b.js";', "import {", "  c,", '} from "./d.js";', 'export { e } from "./f.js";')
    text = "\n".join((*lines, 'const g = () => import("./later.js");', ""))
    assert list(imported("ui/a.js", text)) == ["b.js", "ui/d.js", "ui/f.js"]


def test_a_new_release_changes_every_address_and_still_serves_the_page_of_the_old(sources: dict[str, bytes]) -> None:
    before = Bundle(sources, "/dashboard/static/")
    after = Bundle({**sources, "app.js": sources["app.js"] + b"\n"}, "/dashboard/static/")
    assert before.digest != after.digest
    old = before.root.removeprefix("/dashboard") + "lib/api.js"
    assert before.file(old).is_final
    assert after.file(old).body == before.file(old).body
    assert not after.file(old).is_final, "a browser that keeps it would keep another release's file"


@pytest.mark.parametrize(
    "path",
    [
        *("/dashboard/favicon.ico", "/dashboard/static/nothing.js", "/dashboard/static/0123456789abcdef/nothing.js"),
        *("/dashboard/static/0123456789abcdef/../index.html", "/dashboard/static/0123456789abcdef/index.html"),
    ],
)
def test_what_is_no_file_is_not_found(app: Any, path: str) -> None:
    assert ask(app, path).status_code == 404


@pytest.mark.parametrize("path", ["/dashboard", "/dashboard/nothing.js"])
def test_every_answer_forbids_what_no_page_needs(app: Any, path: str) -> None:
    headers = ask(app, path).headers
    policy = dict(each.strip().split(" ", 1) for each in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-opener-policy"] == "same-origin"


def test_what_a_page_loads_is_no_page(app: Any) -> None:
    for address in addresses(ask(app, "/dashboard").text):
        headers = ask(app, address).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert ("content-security-policy" in headers) == address.endswith(".svg")


async def _long_list(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": b"[" + b"1, " * 2_000 + b"1]"})


@pytest.mark.parametrize(
    ("path", "headers", "packed"),
    [
        ("/v1/loyalty/accounts", {}, True),
        ("/v1/session", {}, False),
        ("/v1/loyalty/accounts", {"cookie": ""}, False),
        ("/v1/reports/rpt_1/download", {"accept": "*/*"}, False),
    ],
)
def test_data_is_packed_for_the_page_and_secrets_never_are(path: str, headers: dict[str, str], packed: bool) -> None:
    sent = {"accept": "application/json", "cookie": "vinr_session=1", "accept_encoding": "gzip", **headers}
    answer = ask(Dashboard(_long_list), path, **{name: value for name, value in sent.items() if value})
    assert (answer.headers.get("content-encoding") == "gzip") is packed
    assert len(answer.json()) == 2_001


def test_no_markup_has_a_script_or_a_style_of_its_own(sources: dict[str, bytes]) -> None:
    page = sources["index.html"].decode()
    assert not re.search(r"<style|\bstyle=|\son\w+=|<script(?![^>]*\bsrc=)", page)


def test_what_a_browser_has_is_not_sent_again(app: Any) -> None:
    first = ask(app, "/dashboard", accept_encoding="gzip")
    again = ask(app, "/dashboard", accept_encoding="gzip", if_none_match=first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    plain = ask(app, "/dashboard", accept_encoding="identity")
    assert plain.headers["etag"] != first.headers["etag"]
    assert plain.content == first.content


def test_pages_are_only_read(app: Any) -> None:
    answer = ask(app, "/dashboard", "POST")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    head = ask(app, "/dashboard", "HEAD")
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) > 500


def test_the_root_leads_to_the_dashboard(app: Any) -> None:
    answer = ask(app, "/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/dashboard")


def test_a_server_without_it() -> None:
    assert not from_environment({"VINR_DASHBOARD": "false"}).dashboard
    without = application({}, replace(SETTINGS, dashboard=False))
    assert ask(without, "/dashboard").status_code == 404
    assert ask(without, "/").status_code == 404


def test_the_first_view_is_light(sources: dict[str, bytes]) -> None:
    """The page, its styles, the modules that it names, the heaviest page, and the charts on it."""
    pages = sorted(name for name in sources if name.startswith("pages/") and name.endswith(".js"))
    first = needed(START, sources) | {"index.html", "early.js", "vendor/uplot.js"}
    first |= {name for name in sources if name.startswith("css/") or name == "vendor/uplot.css"}
    heaviest = max((needed(page, sources) - first for page in pages), key=lambda found: packed(sources, found))
    assert packed(sources, first | heaviest) < FIRST_VIEW_BYTES


def packed(sources: dict[str, bytes], names: set[str]) -> int:
    return sum(len(gzip.compress(sources[name], 9)) for name in names)


def test_libraries_are_what_their_registry_has() -> None:
    """As `scripts/vendor.py` wrote them: whoever mends one by hand is told to change the version instead."""
    readme = (STATIC / "vendor" / "README.md").read_text("utf-8")
    listed = dict(re.findall(r"^\| ([\w.-]+) \| \w+: `[^`]+` \| `([0-9a-f]{64})` \|$", readme, re.MULTILINE))
    there = {path.name for path in (STATIC / "vendor").iterdir()} - {"README.md"}
    assert set(listed) == there
    for name, digest in listed.items():
        assert hashlib.sha256((STATIC / "vendor" / name).read_bytes()).hexdigest() == digest, name


def test_each_library_comes_with_its_licence() -> None:
    from scripts.vendor import PACKAGES, readme

    assert readme() == (STATIC / "vendor" / "README.md").read_text("utf-8")
    for package in PACKAGES:
        licence = (STATIC / "vendor" / f"{package.name}-LICENSE.txt").read_text("utf-8")
        assert ("Apache License" if package.licence == "Apache-2.0" else "Permission is hereby granted") in licence


def test_every_style_is_in_the_one_sheet(app: Any, sources: dict[str, bytes]) -> None:
    (address,) = (each for each in addresses(ask(app, "/dashboard").text) if each.endswith(".css"))
    sheet = ask(app, address).content
    sheets = [name for name in sources if name.endswith(".css")]
    assert len(sheets) > 5
    assert [name for name in sheets if sources[name] not in sheet] == []
