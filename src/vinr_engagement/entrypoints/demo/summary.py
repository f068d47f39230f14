"""The figures for people: short, and plain text where it is not printed on a terminal."""

from rich.console import Console
from rich.text import Text

from vinr_engagement.entrypoints.demo.figures import Figures
from vinr_engagement.foundation.money import format_amount


def print_summary(console: Console, figures: Figures, period: str) -> None:
    """What the year came to. ``period`` says when it was."""

    def money(minor: int) -> str:
        return format_amount(minor, figures.currency)

    def line(label: str, number: int, note: str, style: str = "") -> None:
        console.print(Text(f" {label:<14} {number:>10,}   {note}", style=style), soft_wrap=True)

    point = figures.outstanding_value // figures.outstanding if figures.outstanding else 0
    console.print(Text(f"\n A year of a real shop, {period}\n", style="bold"))
    line("Payments", figures.payments, f"together {money(figures.amount_pence)}")
    line("Refunds", figures.refunds, f"together {money(figures.refunded_pence)}")
    line("Members", figures.members, f"who made {figures.with_customer:,} of the payments")
    console.print()
    line("Points earned", figures.earned, "1 for each whole pound of a payment")
    line("Clawed back", -figures.reversed, "by refunds, to the exact point")
    worth = f"worth {money(figures.outstanding_value)}, at {money(point)} a point"
    line("Outstanding", figures.outstanding, worth, "bold green")
    guests = f"would have gone to guests, for {figures.guest_payments:,} payments"
    line("Left behind", figures.guest_points, guests, "yellow")
    console.print(Text("\n The members with the most points\n", style="bold"))
    for member in figures.top_members:
        line(member.customer, member.balance, f"worth {money(member.balance * point)}")
    speed = f"{figures.seconds:.1f} s, {figures.events_per_second:,} a second"
    console.print(Text(f"\n {figures.events:,} events through the API in {speed}.", style="dim"), soft_wrap=True)


def print_next_steps(console: Console, url: str, key: str, figures: Figures, now: str) -> None:
    """The key, where to look, and three requests to try; ``now`` is a time for the payment of the third."""
    top = figures.top_members[0]
    steps = f"""
 Serving    {url}/v1
 OpenAPI    {url}/openapi.json
 Test key   {key}

 Try it, in another terminal:

 KEY={key} API={url}/v1

 curl -H "X-Api-Key: $KEY" "$API/loyalty/accounts?limit=3"

 curl -H "X-Api-Key: $KEY" -H "Content-Type: application/json" \\
   "$API/loyalty/transactions" -d '{{
     "account": "{top.account}",
     "amount": 500, "reason": "goodwill_credit"}}'

 curl -H "X-Api-Key: $KEY" -H "Content-Type: application/json" \\
   "$API/events" -d '{{"id": "evt_try_1", "type": "payment.completed",
     "created_at": "{now}", "data": {{"object": {{
     "id": "pay_try_1", "amount": 2599, "currency": "GBP",
     "customer": "{top.customer}"}}}}}}'
"""
    console.print(steps, highlight=False, markup=False, soft_wrap=True)
