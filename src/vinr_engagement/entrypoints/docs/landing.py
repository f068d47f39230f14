"""The code on the first page."""

from typing import Any

from vinr_engagement.entrypoints.docs.code import block
from vinr_engagement.entrypoints.docs.place import Place
from vinr_engagement.entrypoints.docs.reference.api import Api
from vinr_engagement.entrypoints.docs.reference.pages import sample_blocks
from vinr_engagement.entrypoints.docs.reference.samples import SERVER

START = (
    "pip install .    # in a checkout\nvinr serve       # http://127.0.0.1:8000\n",
    'export VINR_SECRET_KEY=$(vinr keys create --environment test --name "My shop")\n',
)
FIRST_EVENT = "events.create"
_FOLDER = ".claude/skills/vinr-engagement"


def code_of(api: Api, place: Place) -> dict[str, Any]:
    """What the template of the first page shows."""
    operations = (each for listed in api.operations.values() for each in listed)
    first = next(each for each in operations if each.id == FIRST_EVENT)
    skill = place.url("/docs/skill.md") if place.origin else f"{SERVER}/docs/skill.md"
    return {
        "start": [block(text, "sh") for text in START],
        "first_event": sample_blocks(first),
        "install": block(f"mkdir -p {_FOLDER}\ncurl -o {_FOLDER}/SKILL.md {skill}\n", "sh"),
    }
