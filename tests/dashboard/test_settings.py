"""Settings: who may sign in and in which role, one's own password, and who changed what."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from playwright.sync_api import expect

from tests.dashboard.browsing import Tab, judge
from tests.dashboard.serving import PASSWORD, Shop

pytestmark = pytest.mark.timeout(180)

SignedIn = Callable[..., Any]
OTHER_PASSWORD = "quite another long phrase"


def invite(page: Any, email: str, name: str, role: str) -> str:
    """The link that an invitation shows once."""
    page.get_by_role("button", name="Invite a person").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Email").fill(email)
    form.get_by_label("Name").fill(name)
    form.get_by_label("Role").select_option(role)
    form.get_by_role("button", name="Invite", exact=True).click()
    link: str = page.get_by_role("dialog").locator("[data-secret]").inner_text()
    judge(page)
    page.get_by_role("button", name="I have copied it").click()
    return link


def accept(page: Any, link: str) -> None:
    """Chooses a password, which signs in."""
    page.goto(link)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("navigation", name="Dashboard").wait_for()


def come_in_again(page: Any) -> None:
    """Signs in: who gets another role is signed out."""
    page.get_by_label("Email").fill("grace@shop.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("navigation", name="Dashboard").wait_for()


def choose(page: Any, name: str, item: str) -> None:
    """Something from the menu of a person."""
    page.get_by_role("button", name=f"Actions for {name}").click()
    page.get_by_role("menuitem", name=item).click()


def test_a_person_is_invited_gets_another_role_and_is_disabled(
    signed_in: SignedIn, open_tab: Callable[..., Tab], shop: Shop
) -> None:
    page = signed_in("admin", "people", theme="dark")
    link = invite(page, "grace@shop.example", "Grace Hopper", "viewer")
    row = page.get_by_role("row", name="grace@shop.example")
    expect(row).to_contain_text("Invited")
    invited = open_tab()
    accept(invited.page, link)
    assert invited.page.get_by_role("link", name="Simulate a payment").count() == 0
    page.reload()
    expect(row).to_contain_text("Active")
    choose(page, "Grace Hopper", "Change role")
    page.get_by_role("dialog").get_by_label("Role", exact=True).select_option("editor")
    page.get_by_role("button", name="Change the role").click()
    expect(row).to_contain_text("Editor")
    invited.page.reload()
    come_in_again(invited.page)
    expect(invited.page.get_by_role("link", name="Simulate a payment")).to_be_visible()
    own_password(invited)
    choose(page, "Grace Hopper", "Disable")
    page.get_by_role("dialog").get_by_role("button", name="Disable").click()
    expect(row).to_contain_text("Disabled")
    invited.page.goto("/dashboard/test/account")
    expect(invited.page.get_by_label("Email")).to_be_visible()
    seen_in_the_audit_log(page)


def own_password(tab: Tab) -> None:
    """Changes the password of who is signed in; one that is wrong is told at its field."""
    tab.page.goto("/dashboard/test/account")
    current = tab.page.get_by_label("Current password")
    current.fill("not the one")
    tab.page.get_by_label("New password", exact=True).fill(OTHER_PASSWORD)
    again = tab.page.get_by_label("New password again")
    again.fill("something else")
    expect(tab.page.get_by_text("It differs from the one above.")).to_be_visible()
    again.fill(OTHER_PASSWORD)
    tab.page.get_by_role("button", name="Change the password").click()
    expect(current).to_have_attribute("aria-invalid", "true")
    judge(tab.page)
    tab.forgive("422")
    current.fill(PASSWORD)
    tab.page.get_by_role("button", name="Change the password").click()
    tab.page.get_by_text("Your password is changed").wait_for()


def seen_in_the_audit_log(page: Any) -> None:
    """What the admin did stands there under their name, before and after."""
    page.goto("/dashboard/live/audit?action=person.updated")
    table = page.get_by_role("table", name="Audit log")
    changed = table.get_by_role("row", name="role").first
    expect(changed).to_contain_text("Ada Lovelace")
    judge(page)
    changed.get_by_role("button", name="Person updated").click()
    what = page.get_by_role("dialog").get_by_role("row", name="role")
    expect(what.locator("td")).to_have_text(["viewer", "editor"])
    page.get_by_role("button", name="Close").last.click()
    page.get_by_role("combobox", name="Who").select_option("cli")
    expect(page.get_by_text("No changes")).to_be_visible()


def test_a_change_of_the_program_is_told_field_by_field(signed_in: SignedIn, shop: Shop) -> None:
    metadata = shop.get("/loyalty/programs/prog_default")["metadata"]
    shop.call("PATCH", "/loyalty/programs/prog_default", {"metadata": {"audited": "yes"}})
    page = signed_in("viewer", "audit?action=program.updated&resource=prog_default")
    row = page.get_by_role("table", name="Audit log").locator("tbody tr").first
    expect(row).to_contain_text("metadata.audited")
    expect(row).to_contain_text("Key “tests”")
    row.get_by_role("button", name="Program updated").click()
    told = page.get_by_role("dialog").get_by_role("row", name="metadata.audited")
    expect(told.locator("td")).to_have_text(["none", "yes"])
    judge(page)
    shop.call("PATCH", "/loyalty/programs/prog_default", {"metadata": {"audited": None}})
    assert shop.get("/loyalty/programs/prog_default")["metadata"] == metadata


def test_who_may_not_change_people_cannot(signed_in: SignedIn, shop: Shop, session_of: Callable[..., str]) -> None:
    page = signed_in("editor", "people")
    page.get_by_role("row", name="ada@shop.example").wait_for()
    assert page.get_by_role("button", name="Invite a person").count() == 0
    assert page.get_by_role("button", name="Actions for").count() == 0
    headers = {"Cookie": session_of("editor"), "Origin": shop.url}
    headers["X-CSRF-Token"] = httpx2.get(f"{shop.url}/v1/session", headers=headers).json()["csrf_token"]
    body = {"email": "eve@shop.example", "role": "admin"}
    answer = httpx2.post(f"{shop.url}/v1/people", json=body, headers=headers)
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "permission_denied"
