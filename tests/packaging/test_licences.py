"""Whatever is installed with the product may be distributed with it under Apache-2.0."""

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest

RUNTIME = Path(__file__).parents[2] / "requirements" / "runtime.txt"
PERMISSIVE = {"MIT", "MIT-0", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "PSF-2.0", "ISC", "0BSD", "Unlicense"}
CLASSIFIED = {
    "MIT License": "MIT",
    "BSD License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "ISC License (ISCL)": "ISC",
}


def runtime() -> list[str]:
    return re.findall(r"^([A-Za-z0-9][\w.-]*)==", RUNTIME.read_text("utf-8"), re.MULTILINE)


def licence_of(package: str) -> str:
    """An SPDX expression; of several classifiers any may be chosen."""
    about = metadata(package)
    told, named = ("".join(about.get_all(field) or ()) for field in ("License-Expression", "License"))
    classified = [
        CLASSIFIED.get(each.rpartition(" :: ")[2], each)
        for each in about.get_all("Classifier") or ()
        if each.startswith("License :: OSI Approved :: ")
    ]
    return told or " OR ".join(classified) or named


def is_permissive(expression: str) -> bool:
    """Whether one way to read an expression asks for nothing but permissive licences; exceptions only ever permit more."""
    plain = re.sub(r" WITH [\w.-]+", "", expression.replace("(", "").replace(")", ""))
    return any(all(each.strip() in PERMISSIVE for each in way.split(" AND ")) for way in plain.split(" OR "))


@pytest.mark.parametrize("package", runtime())
def test_a_runtime_dependency_is_compatible_with_our_licence(package: str) -> None:
    try:
        found = licence_of(package)
    except PackageNotFoundError:
        pytest.skip("not installed on this platform")
    assert is_permissive(found), f"{package}: {found or 'no licence told'}"


def test_what_counts_as_permissive() -> None:
    for good in ("MIT", "MIT OR GPL-3.0-only", "Apache-2.0 AND BSD-2-Clause", "Apache-2.0 WITH LLVM-exception"):
        assert is_permissive(good), good
    for bad in ("", "GPL-3.0-only", "AGPL-3.0-or-later", "MIT AND GPL-2.0-only", "Proprietary"):
        assert not is_permissive(bad), bad
