"""``/v1/customers``: the mirror of the customers that events told of."""

from typing import Annotated, Literal

from fastapi import Query, Response
from pydantic import Field, StringConstraints

from vinr_engagement.entrypoints.api import limits
from vinr_engagement.entrypoints.api.answers import Caller, found_or_missing, json_answer
from vinr_engagement.entrypoints.api.fields import Shape
from vinr_engagement.entrypoints.api.member_shapes import Customer
from vinr_engagement.entrypoints.api.paging import PageShape, Paging
from vinr_engagement.entrypoints.api.routing import Resource
from vinr_engagement.foundation.database import Session
from vinr_engagement.foundation.database.page import Page
from vinr_engagement.members import Customer as StoredCustomer
from vinr_engagement.members import customer_snapshot
from vinr_engagement.members import queries as member_queries

customers = Resource("customers", "/v1/customers", "customers")


class CustomerList(Shape):
    """A page of customers, newest first."""

    object: Literal["list"]
    data: list[Customer]
    page: PageShape


class ListCustomers(Paging):
    """Which customers to list."""

    email: Annotated[str, StringConstraints(min_length=1, max_length=limits.EMAIL_CHARACTERS)] | None = Field(
        None, description="Only those with exactly this address."
    )


@customers.get("", "list", CustomerList, errors=("parameter_invalid",))
async def list_customers(caller: Caller, query: Annotated[ListCustomers, Query()]) -> Response:
    """List customers

    The one that was heard of last comes first.
    """

    async def place(session: Session, cursor: str) -> str | None:
        found = await member_queries.get_customer(session, cursor)
        return None if found is None else found.listed_id

    async def read(session: Session) -> Page[StoredCustomer]:
        return await member_queries.list_customers(session, await query.window(session, place), email=query.email)

    page = await caller.read(read)
    return json_answer(query.answer(page, [customer_snapshot(customer) for customer in page.rows]))


@customers.get("/{customer:path}", "retrieve", Customer)
async def get_customer(caller: Caller, customer: str) -> Response:
    """Retrieve a customer"""
    found = await caller.read(lambda session: member_queries.get_customer(session, customer))
    return json_answer(customer_snapshot(found_or_missing(found, "customer", customer)))
