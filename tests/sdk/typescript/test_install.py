"""The package as it is published: what is in it, and that it installs, types and runs where nothing else is."""

import json
import shutil
import sys
from pathlib import Path
from statistics import median

import pytest

from tests.sdk.node import AMBIENT, PACKAGE, STRICT, find_node, npm, run
from tests.sdk.typescript.test_types import CLIENT, RIGHT, WRONG

COMPILERS = ("oldest@npm:typescript@5.0", "newest@npm:typescript@~7.0.2")
EACH_STARTED = 7
# The time from asking for a package until there is a client, within Node.
STARTS = {
    "@vinr/sdk": "const { Vinr } = await import('@vinr/sdk'); new Vinr({ secretKey: 'sk_test_1' });",
    "stripe": "const { default: Stripe } = await import('stripe'); new Stripe('sk_test_1');",
}


def test_what_is_published(typescript_package: Path) -> None:
    (told,) = json.loads(npm("pack", "--dry-run", "--json", "--ignore-scripts", folder=typescript_package))
    packed = {each["path"] for each in told["files"]}
    sources = {path.relative_to(PACKAGE / "src").with_suffix("").as_posix() for path in PACKAGE.glob("src/**/*.ts")}
    built = {f"dist/{name}{suffix}" for name in sources for suffix in (".js", ".d.ts")}
    assert packed == {"LICENSE", "README.md", "package.json", *built}


def test_a_registry_that_cannot_be_reached_fails_a_test_and_says_so(tmp_path: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(PACKAGE / name, tmp_path / name)
    nobody = ("--registry=http://127.0.0.1:1", f"--cache={tmp_path / 'cache'}")
    with pytest.raises(pytest.fail.Exception, match="is the registry reachable"):
        npm("ci", *nobody, folder=tmp_path)


@pytest.mark.slow
def test_it_installs_into_an_empty_project_and_is_small_and_quick(
    typescript_package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    npm("pack", "--pack-destination", str(tmp_path), folder=typescript_package)
    (archive,) = tmp_path.glob("*.tgz")
    project = tmp_path / "project"
    project.mkdir()
    (project / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    npm("install", str(archive), "stripe", "@types/node", *COMPILERS, folder=project)

    wrong = "\n".join(f"// @ts-expect-error\n{line}" for line in WRONG.values())
    (project / "right.mts").write_text(CLIENT + RIGHT, encoding="utf-8")
    (project / "wrong.mts").write_text(CLIENT + wrong, encoding="utf-8")
    compile_with("newest", project, ["node"])
    (project / "ambient.d.ts").write_text(AMBIENT, encoding="utf-8")  # today's types of Node ask for more than 5.0
    compile_with("oldest", project, [])

    sizes = {name: size(project / "node_modules" / name) for name in STARTS}
    starts = {name: median(milliseconds(project, code) for _ in range(EACH_STARTED)) for name, code in STARTS.items()}
    told = [f"{name}: {sizes[name] / 1024:.0f} KiB installed, {starts[name]:.0f} ms to a client" for name in STARTS]
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(told) + "\n")
    assert sizes["@vinr/sdk"] < sizes["stripe"]
    assert starts["@vinr/sdk"] < starts["stripe"]


def compile_with(compiler: str, project: Path, types: list[str]) -> None:
    settings = {"compilerOptions": {**STRICT, "types": types, "noEmit": True}, "include": ["*.mts", "*.d.ts"]}
    (project / "tsconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    command = (find_node().program, project / "node_modules" / compiler / "bin" / "tsc")
    run(*command, "-p", ".", folder=project, seconds=120)


def size(package: Path) -> int:
    return sum(path.stat().st_size for path in package.rglob("*") if path.is_file())


def milliseconds(project: Path, code: str) -> float:
    timed = f"const start = performance.now(); {code} console.log(performance.now() - start);"
    return float(run(find_node().program, "--input-type=module", "-e", timed, folder=project))
