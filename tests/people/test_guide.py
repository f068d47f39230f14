"""The guide on people: every number in it is one of the code, and its page is what the code does."""

from tests.docs.tables import GUIDES, prose, table
from vinr_engagement.entrypoints.api.cookies import PLAIN, SECURE
from vinr_engagement.entrypoints.api.limits import KEY_CACHE_SECONDS
from vinr_engagement.foundation.clock import DAY, HOUR, MINUTE, SECOND, Instant
from vinr_engagement.people import INVITATION_LASTS, password, session
from vinr_engagement.people.guessing import FOR_ONE, FOR_ONE_HERE, FORGOTTEN_AFTER, HERE, KNOWN_FOR
from vinr_engagement.people.hashing import AT_ONCE, PARAMETERS, WAITING

PAGE = GUIDES / "people.md"
LIMITS = GUIDES.parent / "reference" / "limits.md"


def in_words(span: Instant) -> str:
    return f"{span // SECOND} seconds" if span < MINUTE else f"{span // MINUTE} minute{'s' * (span > MINUTE)}"


def test_the_table_of_guesses_is_the_codes() -> None:
    rows = table(PAGE, "what fails", "free")
    assert [row["what fails"] for row in rows] == [
        "one email from one address",
        "one email from anywhere",
        "one address, whatever the email",
    ]
    limits = LIMITS.read_text("utf-8")
    for row, slowdown in zip(rows, (FOR_ONE_HERE, FOR_ONE, HERE), strict=True):
        assert int(row["free"]) == slowdown.free
        assert row["then it has to wait"].startswith(in_words(slowdown.first))
        assert row["then it has to wait"].endswith(f"up to {in_words(slowdown.longest)}")
        longest = in_words(slowdown.longest).replace("1 minute", "a minute")
        assert f"| {slowdown.free} | {in_words(slowdown.first)}, doubled with each, up to {longest} |" in limits


def test_the_numbers_are_the_codes() -> None:
    told = prose(PAGE)
    for words in (
        f"{password.SHORTEST} to {password.LONGEST} characters",
        f"{PARAMETERS.memory_cost // 1024} MiB and {('', '', 'two', 'three')[PARAMETERS.time_cost]} passes",
        f"checks {('', 'one', 'two')[AT_ONCE]} at a time, and {WAITING} may wait",
        f"good once, for {INVITATION_LASTS // DAY} days",
        f"ends {session.IDLE // HOUR} hours after it was last used and {session.LASTS // DAY} days after it began",
        f"{8 * session.TOKEN_BYTES} random bits",
        f"signed in within {KNOWN_FOR // DAY} days",
        f"within {KEY_CACHE_SECONDS} seconds in every other process",
        f"`{SECURE}`",
        f"`{PLAIN}`",
    ):
        assert words in told, words
    assert FORGOTTEN_AFTER == DAY
    assert "A day without a failure" in told
