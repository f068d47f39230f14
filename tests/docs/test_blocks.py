"""Every block of code in README.md, docs/ and the SDKs: it says what it is, and what can be run runs as it stands."""

import shutil
from pathlib import Path

import pytest

from tests.docs.run_page import run_page
from tests.docs.steps import (
    LANGUAGES,
    NOT_RUN,
    ROOT,
    RUN,
    differences,
    is_left_out,
    language_of,
    pages,
    says,
    steps,
)
from tests.docs.tables import DOCS, blocks

PAGES = {str(path.relative_to(ROOT)): path for path in pages()}
OF_ONE_LANGUAGE = ("python", "typescript")
TO_RUN = [
    (name, language)
    for name, path in PAGES.items()
    for language in RUN
    if any(step.runs(language) for step in steps(path))
]


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest) -> Path:
    """Each page in turn."""
    return PAGES[request.param]


def test_every_block_says_what_it_is(page: Path) -> None:
    for block in blocks(page):
        where = f"{page.name}:{block.line}"
        assert language_of(block) in LANGUAGES, f"{where} does not say what it is, but {block.kind!r}"
        if language_of(block) == "json":
            block.parsed()
        if language_of(block) in RUN and block.kind not in (*RUN, "sh curl"):
            _, _, reason = block.kind.partition(NOT_RUN)
            assert is_left_out(block), f"{where}: {block.kind!r}"
            assert len(reason.split()) > 2, f"{where} does not say why it is not run"


def test_every_fence_is_found(page: Path) -> None:
    """Blocks are looked for at the start of a line, between three backticks."""
    fences = [
        line for line in page.read_text(encoding="utf-8").splitlines() if line.lstrip().startswith(("```", "~~~"))
    ]
    assert all(line.startswith("```") and not line.startswith("````") for line in fences)
    assert len(fences) == 2 * len(blocks(page))


def test_answers_belong_to_something_that_runs(page: Path) -> None:
    for step in steps(page):
        assert not step.answers or any(step.runs(language) for language in RUN), step.answers[0]


def test_languages_come_in_their_order(page: Path) -> None:
    """The site makes tabs of the blocks of a step; who reads one language finds every step in it."""
    for step in steps(page):
        languages = list(step.blocks)
        assert languages == [language for language in RUN if language in languages], step
        first = step.blocks[languages[0]]
        assert (first.kind == "sh curl") == (languages[0] == "sh" and len(languages) > 1), f"{page.name}:{first.line}"
        if page.is_relative_to(DOCS) and page.stem not in OF_ONE_LANGUAGE:
            assert languages in (["sh"], ["python", "ts"], list(RUN)), f"{page.name}:{first.line} has {languages}"


@pytest.mark.anyio
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("name", "language"), TO_RUN)
async def test_the_code_of_a_page_runs(name: str, language: str, database_url: str, tmp_path: Path) -> None:
    await check(name, language, database_url, tmp_path)


@pytest.mark.anyio
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("language", RUN)
async def test_the_tutorial_runs_on_postgresql_as_well(language: str, database_url: str, tmp_path: Path) -> None:
    await check("docs/tutorial.md", language, database_url, tmp_path)


async def check(name: str, language: str, database_url: str, folder: Path) -> None:
    if language == "sh" and not (shutil.which("curl") and shutil.which("bash")):
        pytest.skip("there is no curl, or no bash")
    faults = await run_page(PAGES[name], language, database_url, folder)
    assert not faults, "\n".join(faults)


# The checks above are only as good as these.

PAGE = """# A page

```sh
curl -s http://127.0.0.1:8000/v1/loyalty/programs/prog_default -H "X-Api-Key: $VINR_SECRET_KEY"
```

```json answer
{"id": "prog_default", "name": "…", "auto_enroll": true}
```

```sh
echo "$HOME"  # …/page
```

```python
from vinr import Vinr

print(Vinr().loyalty.programs.retrieve("prog_default").default_currency)  # GBP
```
"""


@pytest.mark.anyio
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("language", "told", "instead", "fault"),
    [
        ("sh", "", "", ""),
        ("sh", '"auto_enroll": true', '"auto_enroll": false', "answer.auto_enroll is True, not False"),
        ("sh", "X-Api-Key", "X-Key", "was refused"),
        ("sh", "curl -s", "exit 3; curl -s", "ended with 3"),
        ("sh", "…/page", "…/elsewhere", "does not print"),
        ("python", "", "", ""),
        ("python", "# GBP", "# EUR", "does not print 'EUR'"),
        ("python", "retrieve(", "retreive(", "line 18"),
    ],
    ids=[
        "right",
        "another answer",
        "refused",
        "fails",
        "says otherwise",
        "Python",
        "Python says otherwise",
        "misspelt",
    ],
)
async def test_a_page_that_is_wrong_is_found(
    language: str, told: str, instead: str, fault: str, database_url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "page"
    folder.mkdir()
    path = tmp_path / "page.md"
    path.write_text(PAGE.replace(told, instead) if told else PAGE, encoding="utf-8")
    faults = await run_page(path, language, database_url, folder)
    assert (fault in "\n".join(faults)) if fault else faults == []


@pytest.mark.parametrize(
    ("shown", "answered", "fault"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, []),
        ({"a": 1}, {"b": 2}, ["answer has no a"]),
        ({"a": 1}, {"a": True}, ["answer.a is True, not 1"]),
        ({"id": "loy_…"}, {"id": "loy_06ev"}, []),
        ({"id": "loy_…"}, {"id": "ptx_06ev"}, ["answer.id is 'ptx_06ev', not 'loy_…'"]),
        ([1, "…"], [1, 2, 3], []),
        ([1], [1, 2], ["answer has 2 elements, not 1: [1, 2]"]),
        ([1, 2], [1], ["answer has 1 elements, not 2: [1]"]),
        ([{"a": 1}], [{"a": 2}], ["answer[0].a is 2, not 1"]),
        (None, 0, ["answer is 0, not None"]),
    ],
)
def test_differences(shown: object, answered: object, fault: list[str]) -> None:
    assert differences(shown, answered) == fault


def test_what_a_block_says_that_it_prints(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text("```python\nprint(member.balance)  # 142\nx = 1  # not printed\n```\n", encoding="utf-8")
    assert [says(block) for block in blocks(path)] == [["142"]]
