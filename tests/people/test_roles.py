"""Each role may do what the guide's table says: every operation of the API is tried in every role."""

import re
from pathlib import Path

import pytest

from tests.api.conftest import WITHOUT_KEY, Api, Json
from tests.docs.tables import GUIDES, codes, table
from tests.people.browser import Browser, somebody
from vinr_engagement.entrypoints.api import scopes
from vinr_engagement.people import ROLES, Role

pytestmark = pytest.mark.anyio

PAGE: Path = GUIDES / "people.md"
ENDLESS = {"events.stream": "?types=none.such"}
"""What would go on for ever is asked for in a way that is refused once the scope was looked at."""


def told(role: Role) -> set[str]:
    """The scopes that the guide gives a role; to write includes to read."""
    found = set[str]()
    for row in table(PAGE, "what", "scopes"):
        for resource in codes(row["scopes"]):
            found |= {f"{resource}:read"} | ({f"{resource}:write"} if row[role] == "write" else set())
    return found


def test_the_guide_has_every_resource_once() -> None:
    listed = [resource for row in table(PAGE, "what", "scopes") for resource in codes(row["scopes"])]
    assert sorted(listed) == sorted(scopes.RESOURCES)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_what_the_guide_says(role: Role) -> None:
    assert scopes.of_role(role) == told(role)


async def operations(api: Api) -> list[tuple[str, str, Json]]:
    """Method, path and description of everything that asks for a scope."""
    return [
        (method.upper(), path, operation)
        for path, found in (await api.document())["paths"].items()
        for method, operation in found.items()
        if path.startswith("/v1/") and operation["operationId"] not in WITHOUT_KEY
    ]


@pytest.mark.parametrize("role", ROLES)
async def test_every_operation_in_every_role(sqlite_api: Api, role: Role) -> None:
    browser, may = await somebody(sqlite_api, role), told(role)
    tried = {True: 0, False: 0}
    for method, path, operation in await operations(sqlite_api):
        needed: str = operation["x-required-scope"]
        target = re.sub(r"\{\w+\}", "none", path) + ENDLESS.get(operation["operationId"], "")
        answer = await browser.call(method, target, None if method == "GET" else {})
        error = answer.json().get("error", {})
        allowed = error.get("code") != "permission_denied"
        assert allowed is (needed in may), f"{role}: {operation['operationId']}: {answer.text}"
        assert allowed or error["required_scope"] == needed
        tried[allowed] += 1
    assert tried[True] > 20
    assert (tried[False] == 0) is (role == "admin")


async def test_no_answer_that_a_viewer_may_read_has_a_secret(sqlite_api: Api) -> None:
    """Made by an admin: what is shown once is in none of the reads afterwards."""
    admin, viewer = await somebody(sqlite_api, "admin"), await somebody(sqlite_api, "viewer")
    endpoint = {"url": "https://shop.example/hooks"}
    signing = {"enabled": True, "signing_secrets": ["whsec_known_to_us_alone"]}
    hook = await admin.post("/v1/webhook-endpoints", endpoint)
    rotated = await admin.post(f"/v1/webhook-endpoints/{hook['id']}/rotate-secret", {})
    key = await admin.post("/v1/api-keys", {"name": "Shop"})
    invited = await admin.post("/v1/people", {"email": "new@shop.example", "role": "viewer"})
    assert (await admin.call("PATCH", "/v1/connectors/stripe", signing)).status_code == 200
    token = invited["invitation"]["url_path"].partition("#")[2]
    secrets = (hook["secret"], rotated["secret"], key["secret"], token, "known_to_us_alone", "$argon2")
    answers = await _everything(
        viewer, sqlite_api, {"endpoint": hook["id"], "person": invited["id"], "provider": "stripe"}
    )
    assert len(answers) > 20
    for path, text in answers.items():
        assert not [secret for secret in secrets if secret in text], path


async def _everything(viewer: Browser, api: Api, named: dict[str, str]) -> dict[str, str]:
    """What every read answers that succeeds, for either store."""
    found = dict[str, str]()
    for method, path, operation in await operations(api):
        if method == "GET" and operation["operationId"] not in ENDLESS:
            target = re.sub(r"\{(\w+)\}", lambda match: named.get(match[1], "none"), path)
            for environment in ("test", "live"):
                answer = await viewer.call("GET", target, Vinr_Environment=environment)
                assert answer.status_code in (200, 400, 403, 404), f"{target}: {answer.text}"
                if answer.status_code == 200:
                    found[f"{environment} {target}"] = answer.text
    return found
