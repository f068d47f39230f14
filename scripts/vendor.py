"""Fetches the libraries that the dashboard carries, in exactly these versions, and writes them where it loads them.

    python -m scripts.vendor

For maintainers, when a version below changes. Packages come from the npm registry and have to be what `integrity` says. A module
that imports another by its name is made to import the file beside it; nothing else is changed. README.md, beside the files, tells
what they are.
"""

import base64
import hashlib
import io
import re
import sys
import tarfile
import urllib.request
from pathlib import Path
from typing import NamedTuple

REGISTRY = "https://registry.npmjs.org"
FOLDER = Path(__file__).parents[1] / "src/vinr_engagement/entrypoints/dashboard/static/vendor"
SECONDS = 60


class Package(NamedTuple):
    """A version of a package; ``files`` are those of it that are taken, by the name they get."""

    name: str
    version: str
    licence: str
    integrity: str
    files: dict[str, str]

    @property
    def url(self) -> str:
        """Where the registry has it."""
        return f"{REGISTRY}/{self.name}/-/{self.name}-{self.version}.tgz"


PACKAGES = (
    Package(
        "preact",
        "11.2.0",
        "MIT",
        "sha512-/HfHI/7N84e6GrWBJ3J280z3mLaRJiDcSvj/A+y/4AbLnND/1UlGHe1sR6oYuTGwId0nP7dqDU9OnLxMPZ7xBg==",
        {
            "preact.js": "dist/preact.mjs",
            "preact-hooks.js": "hooks/dist/hooks.mjs",
            "preact-LICENSE.txt": "LICENSE",
        },
    ),
    Package(
        "htm",
        "3.1.1",
        "Apache-2.0",
        "sha512-983Vyg8NwUE7JkZ6NmOqpCZ+sh1bKv2iYTlUkzlWmA5JD2acKoxd4KVxbMmxX/85mtfdnDmTFoNKcg5DGAvxNQ==",
        {"htm.js": "dist/htm.mjs", "htm-LICENSE.txt": "LICENSE"},
    ),
    Package(
        "uplot",
        "1.6.32",
        "MIT",
        "sha512-KIMVnG68zvu5XXUbC4LQEPnhwOxBuLyW1AHtpm6IKTXImkbLgkMy+jabjLgSLMasNuGGzQm/ep3tOkyTxpiQIw==",
        {"uplot.js": "dist/uPlot.iife.min.js", "uplot.css": "dist/uPlot.min.css", "uplot-LICENSE.txt": "LICENSE"},
    ),
)
BESIDE = {'from"preact"': 'from"./preact.js"'}
EXPORTED = {"uplot.js": "export default uPlot;\n"}
"""Ends of files that are scripts, so that they are modules."""
_SOURCE_MAP = re.compile(r"\n?//# sourceMappingURL=\S+\s*$")


def main() -> None:
    """Writes every file, and the page that tells of them."""
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.iterdir():
        path.unlink()
    for package in PACKAGES:
        for name, content in contents(package, fetched(package)).items():
            (FOLDER / name).write_bytes(content)
    (FOLDER / "README.md").write_text(readme(), encoding="utf-8")
    print(f"Wrote {len(list(FOLDER.iterdir()))} files to {FOLDER}.")


def fetched(package: Package) -> bytes:
    """The package as the registry has it. Ends the script where it is another than was asked for."""
    with urllib.request.urlopen(package.url, timeout=SECONDS) as answer:
        archive: bytes = answer.read()
    found = f"sha512-{base64.b64encode(hashlib.sha512(archive).digest()).decode()}"
    if found != package.integrity:
        sys.exit(f"{package.url} is {found}, not {package.integrity}.")
    return archive


def contents(package: Package, archive: bytes) -> dict[str, bytes]:
    """The files that are taken of a package, as they are written."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        return {name: _adapted(name, _member(packed, source)) for name, source in package.files.items()}


def _member(packed: tarfile.TarFile, source: str) -> bytes:
    member = packed.extractfile(f"package/{source}")
    assert member is not None, source
    return member.read()


def _adapted(name: str, content: bytes) -> bytes:
    if not name.endswith(".js"):
        return content
    text = _SOURCE_MAP.sub("", content.decode()).rstrip("\n") + "\n"
    for named, beside in BESIDE.items():
        text = text.replace(named, beside)
    return (text + EXPORTED.get(name, "")).encode()


def readme() -> str:
    """What the files are, where they come from, and their hashes."""
    lines = [
        "# Libraries that the dashboard carries",
        "",
        "Written by `python -m scripts.vendor`, which checks each package against its integrity hash. Changed are only imports,",
        "which name the file beside them, the mention of source maps, and an export at the end of `uplot.js`.",
        "",
        "| package | version | licence | integrity of the package |",
        "|---|---|---|---|",
        *(f"| {each.name} | {each.version} | {each.licence} | `{each.integrity}` |" for each in PACKAGES),
        "",
        "| file | of it | sha256 |",
        "|---|---|---|",
    ]
    for package in PACKAGES:
        for name, source in package.files.items():
            digest = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()
            lines.append(f"| {name} | {package.name}: `{source}` | `{digest}` |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
