"""The Python SDK's generated code: its types, what goes into requests, and a method for every operation."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from scripts.sdk.description import Description
from scripts.sdk.python import models, parameters, resources

PACKAGE: Final = "sdk/python/src/vinr"


def files(description: Description) -> Mapping[str, str]:
    """Every generated file, by its path from the root of the repository."""
    made = {
        "types.py": models.module(description),
        "params.py": parameters.module(description),
        **resources.modules(description),
    }
    return {f"{PACKAGE}/{path}": formatted(content) for path, content in made.items()}


def formatted(content: str) -> str:
    """Code as the repository has it: what it does not use is not imported, and it is formatted."""
    cleaned = _ruff("check", "--quiet", "--fix", "--exit-zero", "--select", "F401,I", content=content)
    return _ruff("format", "--quiet", content=cleaned)


def _ruff(*arguments: str, content: str) -> str:
    ruff = Path(sys.executable).with_name("ruff")
    command = [ruff, *arguments, "--stdin-filename", f"{PACKAGE}/types.py", "-"]
    done = subprocess.run(command, input=content, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout
