"""`verify` finds customers who are not found by what is known of them, and those found by what is not."""

from collections.abc import AsyncIterator

import pytest

from tests.commands.test_verify import NOW, Shop
from vinr_engagement.commands import SetClock, Store
from vinr_engagement.foundation.settings import Settings

pytestmark = pytest.mark.anyio


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Shop]:
    """Ann, who changed her name; Bob, who was deleted; Cy, of whom only the address is known."""
    shop = Shop(await Store.open("test", Settings(database_url=database_url)))
    await shop.run(SetClock(NOW))
    await shop.hear("evt_1", "customer.created", id="cust_ann", name="Ann Smith", email="ann@shop.example")
    await shop.hear("evt_2", "customer.updated", id="cust_ann", name="Ann Jones")
    await shop.hear("evt_3", "customer.created", id="cust_bob", name="Bob")
    await shop.hear("evt_4", "customer.deleted", id="cust_bob")
    await shop.hear("evt_5", "customer.created", id="cust_cy", email="cy@shop.example")
    yield shop
    await shop.store.close()


async def test_customers_as_events_left_them_are_clean(shop: Shop) -> None:
    assert await shop.faults() == []
    assert await shop.one("select count(*) from customer_terms") == "4"


@pytest.mark.parametrize(
    ("sql", "customer", "message"),
    [
        ("delete from customer_terms where term = 'jones ann'", "cust_ann", "not found by 'jones ann'"),
        (
            "update customers set name = 'Ann Smith' where id = 'cust_ann'",
            "cust_ann",
            "'ann jones', which is not known",
        ),
        ("update customers set name = 'Bob' where id = 'cust_bob'", "cust_bob", "not found by 'bob'"),
        ("delete from customers where id = 'cust_cy'", "cust_cy", "not in the mirror"),
    ],
)
async def test_damage_is_found(shop: Shop, sql: str, customer: str, message: str) -> None:
    await shop.damage(sql)
    await shop.finds("search", customer, message)
