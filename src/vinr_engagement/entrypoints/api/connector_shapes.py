"""The wire schemas of connectors: their settings, and what a provider is told of its message."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from vinr_engagement.commands.connectors import REFUSED_KEPT, SECRETS
from vinr_engagement.entrypoints.api import limits
from vinr_engagement.entrypoints.api.fields import Shape, Time, Wire
from vinr_engagement.entrypoints.api.paging import PageShape

SigningSecret = Annotated[
    str,
    StringConstraints(
        min_length=limits.SIGNING_SECRET_LEAST, max_length=limits.SIGNING_SECRET_CHARACTERS, pattern=r"^[!-~]+$"
    ),
]
Prefix = Annotated[str, StringConstraints(max_length=limits.METADATA_KEY_CHARACTERS, pattern=r"^[!-~]*$")]
MetadataKey = Annotated[str, StringConstraints(min_length=1, max_length=limits.METADATA_KEY_CHARACTERS)]


class ConnectorSettings(Shape):
    """The settings for one provider."""

    id: str = Field(description="The provider.", examples=["stripe"])
    object: Literal["connector"]
    enabled: bool
    signing_secrets: list[str] = Field(description="The last letters of each.", examples=[["…x4k2"]])
    customer_prefix: str = Field(description="Stands before the provider's ids of customers.")
    customer_metadata: str | None = Field(
        description="The key of the metadata that holds your own id of the customer; null for the provider's ids alone."
    )
    created_at: Time | None = Field(description="Null where it was never set up.")
    updated_at: Time | None


class RefusedEvent(Shape):
    """An event of the provider that the engine refused: it left no trace but this."""

    id: str = Field(description="The provider's id of it.")
    type: str = Field(description="The provider's name for it.")
    code: str = Field(examples=["refund_exceeds_payment"])
    message: str
    received_at: Time


class Connector(ConnectorSettings):
    """The settings for one provider, and what came of its last messages."""

    last_received_at: Time | None = Field(description="When a signed message came last, to the minute.")
    refused: list[RefusedEvent] = Field(description=f"The last events that were refused, {REFUSED_KEPT} at most.")


class ConnectorList(Shape):
    """Every provider, by name; always one page."""

    object: Literal["list"]
    data: list[Connector]
    page: PageShape


class ConnectorChanges(Wire):
    """The settings to replace; those not named stay."""

    enabled: bool = False
    signing_secrets: Annotated[list[SigningSecret], Field(max_length=SECRETS)] = Field(
        [],
        description="What the provider signs with; two while one takes the place of the other. Never shown again.",
        examples=[["whsec_5257a8692000000000000000"]],
    )
    customer_prefix: Prefix = Field("", description="Stands before the provider's ids of customers.")
    customer_metadata: MetadataKey | None = Field(
        None, description="The key of the metadata that holds your own id of the customer; null for none."
    )


class TakenEvent(Shape):
    """What became of one event that the message means."""

    id: str | None = Field(description="As `/v1/received-events` has it.")
    type: str | None
    status: Literal["processed", "ignored", "deferred", "duplicate", "refused"]
    reason: str | None
    code: str | None = Field(description="With `refused`: why.")
    message: str | None = Field(description="With `refused`: what was wrong, and what would be right.")


class ConnectorReceipt(Shape):
    """The answer to a provider."""

    object: Literal["connector_receipt"]
    connector: str
    id: str = Field(description="The provider's id of the message.")
    type: str = Field(description="The provider's name for it.")
    environment: Literal["test", "live"] = Field(description="The store that took it.")
    events: list[TakenEvent]
