"""Words as people type them, in one spelling."""

import pytest

from vinr_engagement.foundation import wording


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Anna.Smith@Shop.Example", "anna.smith@shop.example"),
        ("  Zoë  ", "zoe"),
        ("Straße", "strasse"),
        ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
        ("İstanbul", "istanbul"),
        ("ﬁne", "fine"),
        ("a\u200bb\x07c", "abc"),
        ("x" * 150, "x" * 100),
    ],
)
def test_one_spelling(written: str, plain: str) -> None:
    assert wording.plain(written) == plain
    assert wording.plain(plain) == plain, "what is in that spelling stays as it is"


@pytest.mark.parametrize(
    ("name", "found_by"),
    [
        ("Ann Smith", {"ann smith", "smith ann"}),
        ("  Ann   SMITH ", {"ann smith", "smith ann"}),
        ("Anne-Marie O'Neil", {"anne marie oneil", "marie oneil anne", "oneil anne marie"}),
        ("José", {"jose"}),
        ("王 小明", {"王 小明", "小明 王"}),
        ("Ann\nSmith", {"ann smith", "smith ann"}),
        ("— ! —", set()),
        ("", set()),
    ],
)
def test_a_name_is_found_by_the_beginning_of_each_word(name: str, found_by: set[str]) -> None:
    assert wording.beginnings(name) == found_by


def test_of_a_long_name_the_first_words_count() -> None:
    name = " ".join(f"w{number}" for number in range(20))
    assert len(wording.beginnings(name)) == wording.MOST_WORDS
    assert max(map(len, wording.beginnings("ab " * 90))) <= wording.LONGEST_TERM
