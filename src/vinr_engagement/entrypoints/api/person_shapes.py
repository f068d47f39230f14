"""The wire schemas of people and of their sessions."""

from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from vinr_engagement import people
from vinr_engagement.entrypoints.api.fields import Shape, Time, Wire, example
from vinr_engagement.entrypoints.api.paging import PageShape, Paging
from vinr_engagement.people import Role, Status
from vinr_engagement.people.password import LONGEST, SHORTEST
from vinr_engagement.people.session import TOKEN_CHARACTERS

Email = Annotated[
    str,
    StringConstraints(min_length=1, max_length=people.LONGEST_EMAIL),
    Field(description="What they sign in with; case does not matter.", examples=["ada@shop.example"]),
]
PersonName = Annotated[
    str | None,
    Field(min_length=1, max_length=people.LONGEST_NAME, description="For other people to read.", examples=["Ada Lovelace"]),
]  # fmt: skip
Password = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]
_CHOSEN: Final = "four words in a row"
_CHOSEN_ANEW: Final = "other words in another row"
GivenRole = Annotated[
    Role, Field(description="`viewer` reads, `editor` also changes the program, `admin` also who may do what.")
]


class Person(Shape):
    """Somebody who may sign in to the dashboard."""

    id: str = Field(examples=["per_06evgt2f0k4x9c2p7r1wz5qjbh"])
    object: Literal["person"]
    email: str = Field(description="What they sign in with.")
    name: str | None
    role: Role = Field(description="What they may do.")
    status: Status = Field(description="`invited` until they chose a password.")
    last_sign_in_at: Time | None = Field(description="Null for never.")
    created_at: Time


class Invitation(Shape):
    """How somebody comes to their password: whoever opens this page chooses one, once."""

    url_path: str | None = Field(
        description="The page, with the token behind its `#`; shown this once.",
        examples=["/dashboard/invitation#3q2-7wAbCdEfGhIjKlMnOpQrStUvWxYz0123456789A"],
    )
    expires_at: Time = Field(description="When it is worth nothing any more.")


class InvitedPerson(Person):
    """Somebody with an invitation. A repeat of the request under its `Idempotency-Key` shows no `url_path`."""

    invitation: Invitation = Field(description="Hand it to them alone.")


class PersonList(Shape):
    """A page of people, newest first."""

    object: Literal["list"]
    data: list[Person]
    page: PageShape


class NewPerson(Wire):
    """Somebody to invite."""

    model_config = example(email="ada@shop.example", name="Ada Lovelace", role="editor")

    email: Email
    name: PersonName = None
    role: GivenRole


class PersonChanges(Wire):
    """The fields of a person to replace."""

    model_config = example(role="viewer")

    name: PersonName = None
    role: GivenRole = "viewer"
    status: Literal["active", "disabled"] = Field(
        "active", description="Who is disabled is signed out, and cannot sign in."
    )


class ListPeople(Paging):
    """Which people to list."""

    role: Role | None = Field(None, description="Only those in this role.")


class Session(Shape):
    """A sign-in: who it is, and what they may do."""

    object: Literal["session"]
    person: Person
    scopes: list[str] = Field(description="What the person's role may do.")
    environments: list[Literal["test", "live"]] = Field(description="What `Vinr-Environment` may name.")
    csrf_token: str = Field(description="Goes with every request that changes something, as `X-CSRF-Token`.")
    expires_at: Time = Field(description="When it ends, however it is used; unused it ends earlier.")
    version: str = Field(description="The release that answers.")


class SignedOut(Shape):
    """A session that has ended."""

    object: Literal["session"]
    deleted: Literal[True]


class Credentials(Wire):
    """Who signs in."""

    model_config = example(email="ada@shop.example", password=_CHOSEN)

    email: Email
    password: Password = Field(description="As it was chosen.")


class PasswordChange(Wire):
    """Another password for oneself."""

    model_config = example(current_password=_CHOSEN, new_password=_CHOSEN_ANEW)

    current_password: Password = Field(description="As it was chosen before.")
    new_password: Password = Field(description=f"{SHORTEST} to {LONGEST} characters.")


class Acceptance(Wire):
    """What somebody who was invited chooses."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=TOKEN_CHARACTERS)] = Field(
        description="What stands behind the `#` of the invitation."
    )
    password: Password = Field(description=f"{SHORTEST} to {LONGEST} characters.")
    name: PersonName = None
