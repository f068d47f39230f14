"""Measures how much a browser loads, and how long it takes, until a page of a running dashboard is there.

    python -m scripts.first_view http://127.0.0.1:8000 EMAIL PASSWORD [--page members]

Each visit is of a new browser profile that has nothing yet; the last line is of one that was here before. "Interactive" is when
the page has its heading, all its figures, and takes keys.
"""

import statistics
from typing import Any, NamedTuple

from scripts.visiting import arguments, browser, sign_in, wait_until_shown


class Visit(NamedTuple):
    """What one visit took: answers, bytes over the network, milliseconds to the heading and until nothing was on its way."""

    answers: int
    received: int
    heading: float
    interactive: float


def main() -> None:
    """Prints the median of several visits, and a second one."""
    parser = arguments(__doc__)
    parser.add_argument("--page", default="", help="its path behind /dashboard/test/")
    parser.add_argument("--visits", type=int, default=5)
    given = parser.parse_args()
    address = f"{given.url}/dashboard/test/{given.page}".rstrip("/")
    with browser() as chromium:
        first = [_visit(chromium, given, address)[0] for _ in range(given.visits)]
        again = _visit(chromium, given, address)[1]
    print(f"{address}, {given.visits} first visits, median (worst):")
    for name in Visit._fields:
        values = [getattr(visit, name) for visit in first]
        print(f"  {name:12} {statistics.median(values):10,.0f} ({max(values):,.0f})")
    print(
        f"the next visit: {again.answers} answers, {again.received:,} bytes, interactive after {again.interactive:,.0f} ms"
    )


def _visit(chromium: Any, given: Any, address: str) -> tuple[Visit, Visit]:
    context = chromium.new_context()
    sign_in(context, given.url, given.email, given.password)
    page = context.new_page()
    visits = [_opened(context, page, address) for _ in range(2)]
    context.close()
    return visits[0], visits[1]


def _opened(context: Any, page: Any, address: str) -> Visit:
    sizes: list[float] = []
    client = context.new_cdp_session(page)
    client.send("Network.enable")
    client.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    page.goto(address, wait_until="commit")
    page.get_by_role("heading", level=1).wait_for()
    heading = page.evaluate("performance.now()")
    wait_until_shown(page)
    interactive = page.evaluate("performance.now()")
    client.detach()
    return Visit(len(sizes), int(sum(sizes)), heading, interactive)


if __name__ == "__main__":
    main()
