"""The plots of the report."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.cases import CASES, YARDSTICK
from benchmarks.parts import ORDER
from benchmarks.results import EngineResult, Results, Sweep, figure, ratio, slowdown
from benchmarks.svg import COLOURS, FAINT, INK, LINE, QUIET, Drawing, round_up

WIDTH, LEFT, RIGHT = 880, 310, 90
SPAN = WIDTH - LEFT - RIGHT
MET, MISSED, TARGET = COLOURS[2], COLOURS[1], INK


class Bar(NamedTuple):
    """A ratio and its target."""

    label: str
    value: float
    target: float | None


def draw(found: Results, folder: Path) -> list[str]:
    """Every plot that there are figures for; their file names."""
    names = []
    for name, plot in (
        ("rates", _rates(found)),
        ("latency", _latency(found)),
        ("cpu", _cpu(found)),
        ("scale", _scale(found)),
        ("sweep", _sweep(found)),
    ):
        if plot is not None:
            plot.save(folder / f"{name}.svg")
            names.append(f"{name}.svg")
    return names


def plain(title: str) -> str:
    """A case's title without its marks."""
    return title.replace("`", "")


def _rates(found: Results) -> Drawing | None:
    panels = [(engine.title, _ratios(engine)) for engine in found.engines if engine.rounds]
    return _bars("Rate as a ratio to what it is measured by; the mark is the target", panels)


def _ratios(engine: EngineResult) -> list[Bar]:
    bars = []
    for case in CASES.values():
        for against in case.compared:
            value = ratio(engine.rounds, case.name, against)
            if value is not None:
                divided = "" if against == YARDSTICK else f" ÷ {against}"
                target = case.targets.get(engine.engine) if against == case.against else None
                bars.append(Bar(plain(case.title) + divided, value, target))
    return bars


def _scale(found: Results) -> Drawing | None:
    panels = []
    for engine in found.engines:
        if engine.scale is not None:
            shares = [(case, slowdown(engine.scale, case.name)) for case in CASES.values()]
            bars = [Bar(plain(case.title), share, 0.8) for case, share in shares if share is not None]
            panels.append((engine.title, bars))
    return _bars("Rate on the large store as a share of that on the small one", panels)


def _bars(title: str, panels: Sequence[tuple[str, list[Bar]]]) -> Drawing | None:
    every = [bar for _, bars in panels for bar in bars]
    if not every:
        return None
    drawing, y = Drawing(WIDTH, title), 56
    scale = SPAN / round_up(max(max(bar.value, bar.target or 0) for bar in every))
    for name, bars in panels:
        drawing.text(16, y, name, size=13, bold=True)
        for bar in bars:
            y += LINE
            met = bar.target is None or bar.value >= bar.target
            drawing.text(LEFT - 10, y, bar.label, anchor="end")
            drawing.box(LEFT, y - 12, bar.value * scale, 16, MET if met else MISSED)
            drawing.text(LEFT + max(bar.value, bar.target or 0) * scale + 8, y, f"{bar.value:.2f} ×", colour=QUIET)
            if bar.target is not None:
                at = LEFT + bar.target * scale
                drawing.line([(at, y - 16), (at, y + 8)], TARGET, 2)
        y += LINE + 14
    return drawing


def _latency(found: Results) -> Drawing | None:
    rows = [
        (engine.title, plain(case.title), p50, p99)
        for engine in found.engines
        for case in CASES.values()
        if (p50 := figure(engine.rounds, case.name, lambda each: each.p50)) is not None
        and (p99 := figure(engine.rounds, case.name, lambda each: each.p99)) is not None
    ]
    if not rows:
        return None
    drawing, y = Drawing(WIDTH, "Latency of a request over 64 connections, milliseconds"), 56
    low = 10 ** math.floor(math.log10(min(row[2] for row in rows)))
    high = 10 ** math.ceil(math.log10(max(row[3] for row in rows)))
    scale = SPAN / math.log10(high / low)
    bottom = y + LINE * len(rows) + 40 * len({row[0] for row in rows}) - 30
    for power in range(round(math.log10(low)), round(math.log10(high)) + 1):
        at = LEFT + scale * math.log10(10**power / low)
        drawing.line([(at, 64), (at, bottom)], FAINT)
        drawing.text(at, bottom + 16, f"{10**power:g}", colour=QUIET, anchor="middle")
    drawing.legend(LEFT, 46, (("p50", COLOURS[0]), ("p99", COLOURS[1])))
    above = ""
    for name, label, p50, p99 in rows:
        if name != above:
            y += 0 if not above else 40 - LINE
            drawing.text(16, y + (LINE if above else 0), name, size=13, bold=True)
            y, above = y + (LINE if above else 0), name
        y += LINE
        first, last = (LEFT + scale * math.log10(value / low) for value in (p50, p99))
        drawing.text(LEFT - 10, y, label, anchor="end")
        drawing.line([(first, y - 4), (last, y - 4)], FAINT, 5)
        drawing.dot(first, y - 4, COLOURS[0])
        drawing.dot(last, y - 4, COLOURS[1])
    return drawing


def _cpu(found: Results) -> Drawing | None:
    rows = [(engine, name) for engine in found.engines for name in engine.parts if engine.rounds]
    if not rows:
        return None
    drawing, y = Drawing(WIDTH, "CPU of one event, microseconds, by part"), 76
    names = [part for part in ORDER if any(part in engine.parts[name].parts for engine, name in rows)]
    colours = dict(zip([*names, "database processes"], COLOURS, strict=False))
    drawing.legend(16, 50, colours.items())
    stacks = [(engine, name, cpu_by_part(engine, name)) for engine, name in rows]
    scale = SPAN / round_up(max(sum(stack.values()) for _, _, stack in stacks))
    for engine, name, stack in stacks:
        drawing.text(LEFT - 10, y + LINE / 2, f"{plain(CASES[name].title)}, {engine.title}", anchor="end", size=11)
        x = float(LEFT)
        for part, used in stack.items():
            drawing.box(x, y, used * scale, 18, colours[part])
            x += used * scale
        drawing.text(x + 8, y + 13, f"{sum(stack.values()):.0f}", colour=QUIET)
        y += LINE + 4
    return drawing


def cpu_by_part(engine: EngineResult, name: str) -> dict[str, float]:
    """Microseconds of an event: the server's, of the measured runs, by the shares of the run under the sampler."""
    server = figure(engine.rounds, name, lambda each: each.cpu["server"]) or 0.0
    stack = {part: share * server for part, share in engine.parts[name].parts.items()}
    database = figure(engine.rounds, name, lambda each: each.cpu["database"])
    return stack | ({"database processes": database} if database else {})


def _sweep(found: Results) -> Drawing | None:
    swept = [(engine.title, engine.sweep) for engine in found.engines if engine.sweep is not None]
    if not swept:
        return None
    drawing = Drawing(WIDTH, "Traffic beside the sweep of expired lots, second by second")
    drawing.legend(16, 50, (("p99, ms", COLOURS[1]), ("p50, ms", COLOURS[0]), ("lots expired a second", FAINT)))
    for number, (title, sweep) in enumerate(swept):
        _timeline(drawing, 70 + number * 230, title, sweep)
    return drawing


def _timeline(drawing: Drawing, top: int, title: str, sweep: Sweep) -> None:
    height, left, right = 170, 60, 90
    bottom, span = top + 20 + height, WIDTH - left - right
    width = span / len(sweep.timeline)
    most_lots = round_up(max(1, *(second.lots for second in sweep.timeline)))
    most = round_up(max(0.1, *(second.p99 for second in sweep.timeline)))
    drawing.text(16, top + 10, title, size=13, bold=True)
    for second in sweep.timeline:
        tall = height * second.lots / most_lots
        drawing.box(left + second.at * width, bottom - tall, width, tall, FAINT)
    for name, colour in (("p99", COLOURS[1]), ("p50", COLOURS[0])):
        points = [
            (left + (second.at + 0.5) * width, bottom - height * getattr(second, name) / most)
            for second in sweep.timeline
        ]
        drawing.line(points, colour, 1.5)
    drawing.line([(left, bottom), (left + span, bottom)], QUIET)
    for share in (0.0, 0.5, 1.0):
        y = bottom - height * share + 4
        drawing.text(left - 8, y, f"{most * share:g} ms", colour=QUIET, anchor="end", size=11)
        drawing.text(left + span + 8, y, f"{most_lots * share:,.0f} lots", colour=QUIET, size=11)
    drawing.text(left, bottom + 16, "0 s", colour=QUIET, size=11)
    drawing.text(left + span, bottom + 16, f"{len(sweep.timeline)} s", colour=QUIET, anchor="end", size=11)
