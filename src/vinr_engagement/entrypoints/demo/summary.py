"""The figures for people: short, and plain text where it is not printed on a terminal."""

from rich.console import Console
from rich.text import Text

from vinr_engagement.entrypoints.demo.figures import Figures
from vinr_engagement.entrypoints.demo.offer import REDEMPTION_DAYS, TIER_MONTHS, TIERS
from vinr_engagement.foundation.money import format_amount


class _Page:
    """Lines of a label, a number and what it is."""

    def __init__(self, console: Console, figures: Figures) -> None:
        self._console = console
        self._figures = figures

    def heading(self, text: str) -> None:
        self._console.print(Text(f"\n {text}\n", style="bold"))

    def line(self, label: str, number: int, note: str, style: str = "") -> None:
        self._console.print(Text(f" {label:<14} {number:>10,}   {note}".rstrip(), style=style), soft_wrap=True)

    def space(self) -> None:
        self._console.print()

    def money(self, minor: int) -> str:
        return format_amount(minor, self._figures.currency)


def print_summary(console: Console, figures: Figures, period: str) -> None:
    """What the year came to. ``period`` says when it was."""
    page = _Page(console, figures)
    page.heading(f"A year of a real shop, {period}")
    _print_rule(page, figures)
    _print_tiers(page, figures)
    _print_campaign(page, figures)
    _print_rewards(page, figures)
    speed = f"{figures.seconds:.1f} s, {figures.events_per_second:,} a second"
    console.print(Text(f"\n {figures.events:,} events through the API in {speed}.", style="dim"), soft_wrap=True)


def _print_rule(page: _Page, figures: Figures) -> None:
    page.line("Payments", figures.payments, f"together {page.money(figures.amount_pence)}")
    page.line("Refunds", figures.refunds, f"together {page.money(figures.refunded_pence)}")
    page.line("Members", figures.members, f"who made {figures.with_customer:,} of the payments")
    page.space()
    point = figures.outstanding_value // figures.outstanding if figures.outstanding else 0
    page.line("Points earned", figures.earned, "1 for each whole pound of a payment")
    page.line("Clawed back", -figures.reversed, "by refunds, to the exact point")
    worth = f"worth {page.money(figures.outstanding_value)}, at {page.money(point)} a point"
    page.line("Kept", figures.outstanding, worth, "bold green")
    guests = f"would have gone to guests, for {figures.guest_payments:,} payments"
    page.line("Left behind", figures.guest_points, guests, "yellow")
    page.heading("The members who kept the most of them")
    for member in figures.top_members:
        page.line(member.customer, member.balance, f"worth {page.money(member.balance * point)}")


def _print_tiers(page: _Page, figures: Figures) -> None:
    page.heading(f"Tiers, by what was spent in the last {TIER_MONTHS} months")
    for (name, least), members in reversed(list(zip(TIERS.items(), figures.tiers.members.values(), strict=True))):
        page.line(name, members, f"members, from {page.money(least)}" if least else "members, with less")
    page.line("Moved up", figures.tiers.promotions, "times, by the payment that reached a tier")
    page.line("Moved down", figures.tiers.demotions, "times, by refunds and by time")


def _print_campaign(page: _Page, figures: Figures) -> None:
    campaign = figures.campaign
    page.heading(f"Double points for the busiest four weeks, from {campaign.starts_on}")
    page.line("Extra points", campaign.earned, f"for {campaign.awards:,} payments, beside those above")
    page.line("Clawed back", -campaign.reversed, "by refunds of those payments, to the last day")
    page.line("Reached", campaign.members_reached, f"members, who spent {page.money(campaign.spend_pence)}")


def _print_rewards(page: _Page, figures: Figures) -> None:
    rewards = figures.rewards
    page.heading("Rewards, for those with the most points")
    page.line("Redeemed", rewards.redeemed, f"points, for {rewards.redemptions:,} rewards")
    page.line("Given back", rewards.returned, f"points of those not used in {REDEMPTION_DAYS} days, or refunded")
    page.line("Came late", rewards.again, "payments, which took such points anew")
    page.line("Used", rewards.applied, f"rewards, worth {page.money(rewards.value_pence)}")
    page.line("Members hold", figures.held, f"points, worth {page.money(figures.held_value)}", "bold green")


def print_sign_in(console: Console, url: str, email: str, password: str) -> None:
    """Where the dashboard is, and what to sign in with."""
    steps = f"""
 Dashboard  {url}/dashboard
 Email      {email}
 Password   {password}"""
    console.print(steps, highlight=False, markup=False, soft_wrap=True)


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
