"""Which events an endpoint takes."""

import pytest

from vinr_engagement.foundation.errors import Invalid
from vinr_engagement.outbox import EVENT_TYPES
from vinr_engagement.webhooks import types_of
from vinr_engagement.webhooks.matching import check


def test_everything_families_and_types() -> None:
    assert types_of(["*"]) == EVENT_TYPES
    assert types_of(["loyalty.tier.changed"]) == {"loyalty.tier.changed"}
    assert types_of(["credit.*", "credit.issued"]) == {
        f"credit.{verb}" for verb in ("issued", "spent", "reversed", "expired")
    }
    assert types_of(["loyalty.*"]) == {name for name in EVENT_TYPES if name.startswith("loyalty.")}
    assert types_of([]) == frozenset()


def test_a_family_is_no_prefix() -> None:
    assert "loyalty.points.expiring" not in types_of(["loyalty.points.expired"])
    assert types_of(["loyalty.points.*"]).isdisjoint({"loyalty.tier.changed", "loyalty.account.created"})


def test_each_is_taken_once() -> None:
    assert check(["*", "credit.*", "*"], "enabled_events") == ["*", "credit.*"]


@pytest.mark.parametrize(
    ("pattern", "nearest"),
    [
        ("loyalty.points.earnt", "loyalty.points.earned"),
        ("loyalty.point.*", "loyalty.points.*"),
        ("redemption.complete", "redemption.completed"),
        ("payment.completed", None),
        ("**", None),
        ("loyalty.*.*", None),
        ("", None),
    ],
)
def test_what_no_event_can_match_is_refused_with_what_was_meant(pattern: str, nearest: str | None) -> None:
    with pytest.raises(Invalid) as refused:
        check(["*", pattern], "enabled_events")
    assert (refused.value.code, refused.value.param) == ("parameter_invalid", "enabled_events[1]")
    assert nearest is None or f'"{nearest}"' in refused.value.message
