"""The TypeScript SDK's generated code: its types, what calls take, and a method for every operation."""

from collections.abc import Mapping
from typing import Final

from scripts.sdk.description import MARK, Description
from scripts.sdk.typescript import resources, types

FOLDER: Final = "sdk/typescript/src/generated"


def files(description: Description) -> Mapping[str, str]:
    """Every generated file, by its path from the root of the repository."""
    made = {
        "version.ts": (
            "the version of the API that is spoken",
            f'export const API_VERSION = "{description.api_version}";\n',
        ),
        "types.ts": ("what the API answers with", types.answers(description)),
        "params.ts": ("what calls take", types.params(description)),
        "resources.ts": ("a class for each resource", resources.module(description)),
    }
    return {
        f"{FOLDER}/{name}": f"/** {MARK}: {told}. Not for editing by hand. */\n{content}"
        for name, (told, content) in made.items()
    }
