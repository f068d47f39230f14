"""The same cases on a small and on a large store, in turn: what size costs."""

import click

from benchmarks import fill, servers, terminal
from benchmarks.cases import PLAIN, Case
from benchmarks.results import Filled, Sample, Scale
from benchmarks.servers import Engine, Site

ADJUSTMENTS_PER_PAYMENT = 3
PAYMENTS = 2
ROWS_EACH = 2 * PAYMENTS + PAYMENTS * ADJUSTMENTS_PER_PAYMENT


def measure(engine: Engine, port: int, small: Site, members: int, chosen: list[Case], events: int, runs: int) -> Scale:
    """Fills the large store, then runs all cases on either, one after the other, so many times."""
    large = servers.new_site(engine, "large", members)
    filled = filled_site(large, PAYMENTS, PAYMENTS * ADJUSTMENTS_PER_PAYMENT)
    result = Scale(filled, [], [], 0)
    with servers.served(small, port), servers.served(large, port and port + 1):
        for number in range(runs):
            terminal.heading(f"{engine.title}, small and large store, run {number + 1} of {runs}")
            result.small.append({})
            result.large.append({})
            for case in chosen:
                for site, samples in ((small, result.small[-1]), (large, result.large[-1])):
                    samples[case.name] = _run(site, case, events)
    result.peak_memory = large.peak_memory
    return result


def filled_site(site: Site, payments: int, adjustments: int) -> Filled:
    """Gives a new store its members."""
    filled = fill.fill(
        site.url,
        site.members,
        payments,
        adjustments,
        furnishing=site.furnishing,
        progress=terminal.progress(f"filling the {site.name} store"),
    )
    site.number = site.members * payments
    terminal.filled(site.name, filled)
    return filled


def _run(site: Site, case: Case, events: int) -> Sample:
    terminal.say(f"{case.title}, {site.name} store")
    sample = case.measure(site, events)
    terminal.line(f"{case.title:<45}{sample.rate:>9,.0f}/s  {site.name}")
    return sample


def of_interest(chosen: list[Case]) -> list[Case]:
    """Those of the plain store that its size could slow down. Raises where nothing is left."""
    kept = [case for case in chosen if case.name not in ("healthz", "told") and case.store == PLAIN]
    if not kept:
        raise click.UsageError("--scale needs a case that reads or writes")
    return kept
