"""Reports as they are asked for and as they go out."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from vinr_engagement.entrypoints.api.fields import Id, Shape, Time, Wire, example
from vinr_engagement.reports import ReportFormat, ReportType

ReportStatus = Literal["pending", "running", "completed", "failed"]
ReportFault = Literal["too_large", "interrupted", "internal_error"]

DayOrTime = Annotated[str, StringConstraints(min_length=10, max_length=40)]


class ReportPeriodIn(Wire):
    """A span of time. A day, such as `2026-03-01`, stands for its first moment in the program's time zone."""

    gte: DayOrTime = Field(description="The first day, or the first moment.", examples=["2026-03-01"])
    lt: DayOrTime = Field(description="The day, or the moment, before which it ends.", examples=["2026-04-01"])


class NewReport(Wire):
    """A report to make."""

    model_config = example(
        type="liability_journal",
        program="prog_default",
        period={"gte": "2026-03-01", "lt": "2026-04-01"},
        format="csv",
    )

    type: ReportType = Field(
        description="`transactions` and `redemptions`, one row for each; or `liability_journal`: what was owed, day by day."
    )
    program: Id = Field(examples=["prog_default"])
    period: ReportPeriodIn = Field(
        description="What happened in it: transactions by `effective_at`, redemptions by when they were made."
    )
    format: ReportFormat = Field("csv", description="`parquet` has typed columns, and is much smaller.")


class ReportPeriod(Shape):
    """The span of time that a report is about."""

    gte: Time = Field(description="Its first moment.")
    lt: Time = Field(description="The moment before which it ends.")


class ReportRows(Shape):
    """Some rows of the ledger."""

    rows: int = Field(ge=0, description="How many.")
    amount: int = Field(description="The sum of their amounts, signed.")


class ReportUnitTotals(Shape):
    """What the period did to points, or to store credit in one currency. What only a journal has is null elsewhere."""

    unit: str = Field(description="`points`, or a currency: its minor units.", examples=["points"])
    rows: int = Field(ge=0, description="How many rows of the ledger.")
    amount: int = Field(description="The sum of their amounts: what the period changed.")
    earned: int = Field(ge=0, description="Awarded.")
    adjusted_up: int = Field(ge=0, description="Granted by hand, or issued.")
    returned: int = Field(ge=0, description="Given back by redemptions and spends that were released or reversed.")
    redeemed: int = Field(ge=0, description="Spent.")
    reversed: int = Field(ge=0, description="Taken back by refunds.")
    expired: int = Field(ge=0, description="Lost by time.")
    adjusted_down: int = Field(ge=0, description="Taken by hand.")
    recorded_after_period: ReportRows = Field(
        description="Of these rows, those that were recorded when the period was over."
    )
    not_written: ReportRows = Field(
        description="What was due in the period and not written yet: in the figures of a journal, in no row of transactions."
    )
    opening_balance: int | None = Field(description="What was held as the period began.")
    closing_balance: int | None = Field(description="What was held as it ended: the opening balance and all movements.")
    currency: str | None = Field(description="The money that the values are in.")
    unit_value: int | None = Field(description="What one of the unit is worth, in minor units.")
    opening_value: int | None = Field(description="The opening balance in money, in minor units.")
    debit: int | None = Field(description="By how much less is owed, in minor units.")
    credit: int | None = Field(description="By how much more is owed, in minor units.")
    closing_value: int | None = Field(description="The closing balance in money, in minor units.")
    opening_recorded_since: ReportRows | None = Field(
        description="Of what happened before the period, what was recorded since it began: what earlier journals lack."
    )


class ReportStatusTotals(Shape):
    """Redemptions in one state."""

    status: str = Field(description="The state.", examples=["applied"])
    rows: int = Field(ge=0, description="How many redemptions.")
    quantity: int = Field(ge=0, description="How many pieces.")
    points: int = Field(ge=0, description="What they cost in all.")


class ReportTotals(Shape):
    """What the rows add up to."""

    units: list[ReportUnitTotals] = Field(
        description="Of `transactions` and `liability_journal`: points, then currencies."
    )
    statuses: list[ReportStatusTotals] = Field(description="Of `redemptions`: by state.")


class ReportFailure(Shape):
    """Why a report was not made."""

    code: ReportFault = Field(description="`too_large`: ask for shorter periods.")
    message: str = Field(description="The reason in words.")


class ReportRequest(Shape):
    """A report, as it was asked for."""

    id: str = Field(examples=["rpt_06evgt2f0k4x9c2p7r1wz5qjbh"])
    object: Literal["report"]
    type: ReportType = Field(description="What its rows are.")
    format: ReportFormat = Field(description="What kind of file it is.")
    program: str
    period: ReportPeriod = Field(description="The span of time that it is about.")
    created_at: Time = Field(
        description="When it was asked for, in real time, as all times of a report but its period's."
    )


class Report(ReportRequest):
    """A report, and how far it is."""

    status: ReportStatus = Field(description="How far it is.")
    rows: int = Field(ge=0, description="How many rows the file has, so far or in all.")
    bytes: int = Field(ge=0, description="How long the file is, so far or in all.")
    sha256: str | None = Field(description="The digest of the file, in hexadecimal; null until it is completed.")
    totals: ReportTotals | None = Field(description="What the rows add up to; null until it is completed.")
    error: ReportFailure | None = Field(description="Why it failed; null unless it did.")
    as_of: Time | None = Field(
        description="The moment of which the store's figures are, by the store's clock; null until it is completed."
    )
    completed_at: Time | None = Field(description="When it was completed, or failed.")
    expires_at: Time | None = Field(description="When it is forgotten, and its file with it.")
    download: str | None = Field(
        description="The path of the file; null until it is completed.",
        examples=["/v1/reports/rpt_06evgt2f0k4x9c2p7r1wz5qjbh/download"],
    )


class DeletedReport(Shape):
    """A report that is no more."""

    id: str
    object: Literal["report"]
    deleted: Literal[True]
