"""The reference of the API: nothing of the document is missing from it, and every sample works."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.world import World, world
from tests.docs_site.conftest import Served
from tests.docs_site.recording import RECORD, Shell, in_order
from tests.docs_site.stage import Stage
from vinr_engagement.entrypoints.docs.reference import answers, samples
from vinr_engagement.entrypoints.docs.reference.api import Api, Operation
from vinr_engagement.entrypoints.docs.reference.requests import Request


@pytest.fixture(scope="module")
def api(document: dict[str, Any]) -> Api:
    """The document as the site reads it."""
    return Api(document)


class TestPages:
    def test_every_operation_is_on_the_page_of_its_resource(self, served: Served, document: dict[str, Any]) -> None:
        for path, methods in document["paths"].items():
            for method, raw in methods.items():
                page = served.page(f"/docs/reference/api/{raw['tags'][0].replace('_', '-')}")
                shown = path.replace(":path}", "}")
                assert raw["summary"] in page.text, path
                assert f"{method.upper()}{shown}" in page.text, (method, path)
                assert raw.get("x-required-scope", "") in page.text
                for parameter in raw.get("parameters", ()):
                    if parameter["in"] == "query":
                        assert parameter["name"] in page.text, (path, parameter["name"])

    def test_every_error_of_an_operation_is_linked(self, served: Served, api: Api, document: dict[str, Any]) -> None:
        by_id = {raw["operationId"]: raw for methods in document["paths"].values() for raw in methods.values()}
        for operation in (each for listed in api.operations.values() for each in listed):
            assert {error.code for error in operation.errors} == set(by_id[operation.id]["x-error-codes"]), operation.id
            assert all(error.meaning for error in operation.errors)
        for resource in api.resources:
            links = served.page(resource.path).links
            for operation in resource.operations:
                assert {error.path for error in operation.errors} <= set(links)

    def test_every_field_of_a_body_is_told(self, api: Api, served: Served, document: dict[str, Any]) -> None:
        schemas = document["components"]["schemas"]
        for resource in api.resources:
            text = served.page(resource.path).text
            for operation in resource.operations:
                for name in body_fields(document, operation, schemas):
                    assert name in text, (operation.id, name)

    def test_every_object_has_one_home(self, api: Api, served: Served) -> None:
        everything = served.page("/docs/reference/api/objects").text
        homes = [described.path for resource in api.resources for described in resource.objects]
        assert sorted(homes) == sorted(each.path for each in api.objects.values())
        for described in api.objects.values():
            assert described.kind in everything
            assert described.description
            path, _, anchor = described.path.partition("#")
            assert anchor in served.page(path).ids

    def test_what_a_field_may_be_is_told(self, served: Served) -> None:
        text = " ".join(served.page("/docs/reference/api/accounts").text.split())
        assert "program string required" in text
        assert "limit integer How many objects a page has.1 to 100default 25" in text
        assert "status string Only those with this status" in text
        assert "One of active closed merged all" in text


def body_fields(document: dict[str, Any], operation: Operation, schemas: dict[str, Any]) -> list[str]:
    raw = next(
        each
        for methods in document["paths"].values()
        for each in methods.values()
        if each["operationId"] == operation.id
    )
    schema = raw.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    listed = [schema, *schema.get("anyOf", ())]
    names = [each["$ref"].rpartition("/")[2] for each in listed if "$ref" in each]
    return [field for name in names for field in schemas[name].get("properties", {})]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[World]:
    """A running server with nothing in it."""
    with world(f"sqlite:///{tmp_path / 'vinr.db'}") as found:
        yield found


@pytest.fixture
def shell(place: World, tmp_path: Path) -> Shell:
    """Where samples for the shell run."""
    return Shell(place, tmp_path)


class TestSamples:
    def test_in_curl_and_answers_are_as_shown(self, place: World, api: Api, shell: Shell) -> None:
        with place.client() as client:
            shell.freeze(client)
            for operation in in_order(api):
                answer = shell.answer(operation, Stage(client, place.keys["live"]))
                if isinstance(answer, dict):
                    shown = answers.recorded().get(operation.id)
                    assert shown is not None, f"{operation.id}: record its answer, {RECORD}"
                    assert answers.alike(shown, answer), f"{operation.id}: record its answer again, {RECORD}"

    def test_in_python(self, place: World, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
        pytest.importorskip("vinr", reason="the Python SDK is not in this tree")
        monkeypatch.setenv("VINR_API_BASE", place.url)
        with place.client() as client:
            for operation in in_order(api):
                if operation.has_method:
                    monkeypatch.setenv("VINR_SECRET_KEY", place.key_for(operation.id))
                    text = Stage(client, place.keys["live"]).set_for(operation.id, samples.python(operation.request))
                    _runs_here(operation, text)

    def test_in_typescript(self, place: World, api: Api, shell: Shell, tmp_path: Path) -> None:
        node = pytest.importorskip("tests.sdk.node", reason="the TypeScript SDK is not in this tree")
        found = [operation for operation in in_order(api) if operation.has_method]
        with place.client() as client:
            shell.freeze(client)
            stages = [Stage(client, place.keys["live"]) for _ in found]
            texts = [
                stage.set_for(each.id, samples.typescript(each.request))
                for stage, each in zip(stages, found, strict=True)
            ]
        keys = [place.key_for(each.id) for each in found]
        (tmp_path / "project").mkdir()
        project = node.new_project(tmp_path / "project", node.built_package())
        project.compile(**{f"sample_{number}": text for number, text in enumerate(texts)})
        (project.folder / "all.mjs").write_text(EACH_IN_TURN.replace("KEYS", json.dumps(keys)), encoding="utf-8")
        told = project.node("all.mjs", VINR_API_BASE=place.url)
        failed = [f"{found[int(number)].id}: {error}\n{texts[int(number)]}" for number, error in FAILED.findall(told)]
        assert not failed, "\n".join(failed)
        assert told.endswith("All were run.\n")


EACH_IN_TURN = """
for (const [number, key] of KEYS.entries()) {
  process.env.VINR_SECRET_KEY = key;
  await import(`./sample_${number}.mjs`).catch((error) => console.log(`FAILED ${number}: ${error}`));
}
console.log("All were run.");
"""
FAILED = re.compile(r"^FAILED (\d+): (.*)$", re.MULTILINE)


def _runs_here(operation: Operation, text: str) -> None:
    names = dict[str, Any]()
    try:
        exec(compile(text, f"<{operation.id}>", "exec"), names)
    except Exception as error:
        raise AssertionError(f"{operation.id}\n{text}\n{error!r}") from error
    finally:
        if "vinr" in names:
            names["vinr"].close()


class TestAnswers:
    def test_what_is_alike(self) -> None:
        assert answers.alike({"a": [1], "b": None}, {"a": [], "b": "x"})
        assert not answers.alike({"a": 1}, {"a": 1, "b": 2})
        assert not answers.alike({"a": [{"b": 1}]}, {"a": [{"b": "1"}]})

    def test_long_lists_and_secrets_are_not_shown(self) -> None:
        assert answers.shortened({"secret": "rk_test_4g45abc", "data": [1, 2, 3]}) == {
            "secret": "rk_test_…",
            "data": [1, 2],
        }
        assert not re.search(r"(sk|rk)_(test|live)_\w|whsec_\w", answers.PLACE.read_text("utf-8"))

    def test_objects_have_one_to_show(self, api: Api) -> None:
        answered = {operation.answer.kind for operation in in_order(api)}
        for each in api.objects.values():
            assert each.kind not in answered or each.shown["object"] == each.kind


def request(**told: Any) -> Request:
    """A request of something that there is."""
    given: dict[str, Any] = {
        "operation": "things.make",
        "method": "POST",
        "template": "/v1/loyalty/things/{thing}",
        "arguments": {"thing": "thg_1"},
        "query": {},
        "body": None,
        "keyed": True,
    }
    return Request(**{**given, **told})


class TestLanguages:
    def test_curl_quotes_for_the_shell(self) -> None:
        text = samples.curl(request(body={"name": "Ada's"}, query={"created_at[gte]": "2026-04-01T12:00:00Z"}))
        assert '"http://127.0.0.1:8000/v1/loyalty/things/thg_1?created_at%5Bgte%5D=2026-04-01T12:00:00Z"' in text
        shown = subprocess.run(
            ["bash", "-c", text.replace("curl", "printf '%s\\n'", 1)], capture_output=True, text=True, check=True
        ).stdout
        assert json.loads(shown.partition("-d\n")[2]) == {"name": "Ada's"}

    def test_python_takes_spans_and_repeats(self) -> None:
        text = samples.python(
            request(method="GET", query={"created_at[gte]": "2026", "expand[]": ["customer"], "all": True})
        )
        assert 'created_at={"gte": "2026"}' in text
        assert 'expand=["customer"]' in text
        assert "all=True" in text
        compile(text, "sample", "exec")

    def test_typescript_has_its_own_names_but_for_what_is_the_callers(self) -> None:
        text = samples.typescript(
            request(operation="things.make_one", body={"dry_run": True, "metadata": {"own_key": "it's"}})
        )
        assert "await vinr.loyalty.things.makeOne('thg_1', {" in text
        assert "dryRun: true" in text
        assert "own_key: 'it\\'s'" in text
