"""The guide on streams: every number and every option is what the code has."""

import re

from click import Option

from tests.docs.tables import GUIDES, blocks, code, codes, prose, table
from vinr_engagement.entrypoints.api import limits
from vinr_engagement.entrypoints.api.event_stream import StreamEvents
from vinr_engagement.entrypoints.api.streams import POLL_SECONDS
from vinr_engagement.entrypoints.cli.connection import PATIENCE_SECONDS
from vinr_engagement.entrypoints.cli.listen import listen
from vinr_engagement.entrypoints.worker.jobs import RELAY_REST_SECONDS
from vinr_engagement.foundation.clock import DAY
from vinr_engagement.outbox import log
from vinr_engagement.outbox.places import Place

PAGE = GUIDES / "events-stream.md"


def test_the_numbers_are_those_of_the_code() -> None:
    told = prose(PAGE)
    assert f"every {limits.STREAM_HEARTBEAT_SECONDS} seconds while there is nothing to tell" in told
    assert f"a read timeout above {limits.STREAM_HEARTBEAT_SECONDS} seconds" in told
    assert f"at most {limits.STREAMS} streams open" in told
    assert f"older than {log.KEPT // DAY} days" in told
    assert PATIENCE_SECONDS == 60
    assert "takes nothing for a minute" in told
    assert 2 * limits.KEY_CACHE_SECONDS < 5
    assert "within 5 seconds of their key being revoked" in told
    assert POLL_SECONDS + RELAY_REST_SECONDS == 0.5
    assert "half a second" in told


def test_the_parameters_are_all_there_are() -> None:
    listed = {code(row["parameter"]) for row in table(PAGE, "parameter", "tells only")}
    assert listed | {"last_event_id"} == set(StreamEvents.model_fields)


def test_the_places_in_the_example_look_like_places() -> None:
    (example,) = [block.text for block in blocks(PAGE, "text") if "retry:" in block.text]
    written = re.findall(r"^id: (.*)$", example, re.MULTILINE)
    assert len(written) == 3
    for each in written:
        batch, _, passed = each.rpartition("-")
        assert str(Place(batch, 1, int(passed), 9)) == each
        assert len(batch) == len("evb_") + 26


def test_the_options_of_the_command_are_told() -> None:
    told = set(codes(prose(PAGE))) | set(re.findall(r"--[\w-]+", prose(PAGE)))
    options = {name for each in listen.params if isinstance(each, Option) for name in each.opts}
    assert options - {"--api-key"} <= told
    assert "VINR_SECRET_KEY" in prose(PAGE)
