"""Nothing about the project drifts apart: dependencies, pins, conda, CI, the Makefile, the README and the licence."""

import ast
import importlib.metadata
import json
import os
import re
import sys
import tomllib
from functools import cache
from itertools import product
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


PROJECT = tomllib.loads(read("pyproject.toml"))["project"]
RUNTIME = [Requirement(line) for line in PROJECT["dependencies"]]
LAB, TEST = ([Requirement(line) for line in PROJECT["optional-dependencies"][extra]] for extra in ("lab", "test"))
ALL = RUNTIME + LAB + TEST
PYTHONS = SpecifierSet(PROJECT["requires-python"])
PINS = {
    canonicalize_name(pin.name): pin
    for pin in map(Requirement, (line for line in read("requirements.txt").splitlines() if line and line[0] != "#"))
}
WORKFLOW = yaml.safe_load(read(".github/workflows/test.yml"))
README, MAKEFILE = read("README.md"), read("Makefile")

# Every place a pin may have to serve, as pip's markers name it.
PLACES = [
    {"sys_platform": system, "platform_system": name, "os_name": os_name, "python_version": python,
     "python_full_version": f"{python}.9", "platform_machine": machine}
    for (system, name, os_name, machine), python in product(
        [("linux", "Linux", "posix", "x86_64"), ("darwin", "Darwin", "posix", "arm64"),
         ("win32", "Windows", "nt", "AMD64")],
        ["3.11", "3.12", "3.13", "3.14"],
    )
]  # fmt: skip
# PyTorch pins these itself, to the build it comes with; the CPU build has none of them.
CUDA = ("cuda-", "nvidia-", "triton")


def version(name: str) -> str:
    return str(PINS[name].specifier)[2:]


@cache
def brings(name: str) -> list[Requirement]:
    """What a package says it needs; nothing where it is not installed, because it belongs to another system."""
    try:
        return [Requirement(line) for line in importlib.metadata.requires(name) or []]
    except importlib.metadata.PackageNotFoundError:
        return []


def needs(requirements: list[Requirement], place: dict[str, str]) -> dict[Requirement, str]:
    """Everything the requirements bring along in one place, each with who asks for it."""
    asked = [("pyproject.toml", requirement) for requirement in requirements]
    found = {}
    while asked:
        who, requirement = asked.pop()
        name = canonicalize_name(requirement.name)
        if requirement in found or name.startswith(CUDA):
            continue
        found[requirement] = who
        extras = {"", *requirement.extras}
        asked += [
            (name, need)
            for need in brings(name)
            if not need.marker or any(need.marker.evaluate({**place, "extra": extra}) for extra in extras)
        ]
    return found


def code(file: Path) -> str:
    """A file's Python: all of it, or a notebook's code cells without the lines that only a notebook understands."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".py":
        return text
    cells = [cell["source"] for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    return "\n".join(line for cell in cells for line in "".join(cell).splitlines() if not re.match(r"\s*[%!?]", line))


def imported(folder: Path) -> dict[str, str]:
    """The packages a folder's files import from outside, each with one file that does."""
    found = {}
    for file in [*folder.rglob("*.py"), *folder.glob("*.ipynb")]:
        for node in ast.walk(ast.parse(code(file))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            else:
                continue
            for name in (name.split(".")[0] for name in names):
                beside = (file.parent / f"{name}.py").exists()  # a script may import the file beside it
                if (
                    name not in sys.stdlib_module_names
                    and name not in ("encoder_lab", "recipes", "tests", "docs", "install")
                    and not beside
                ):
                    found[name] = str(file.relative_to(ROOT))
    return found


def test_requirements_pin_every_version_exactly():
    assert len(PINS) > 50
    loose = [str(pin) for pin in PINS.values() if not re.fullmatch(r"==[^*,]+", str(pin.specifier))]
    assert loose == []


def test_what_the_project_asks_for_is_pinned_within_its_bounds():
    for asked in ALL:
        pin = PINS[canonicalize_name(asked.name)]
        assert not pin.marker, f"{pin} is needed everywhere"
        assert str(asked.specifier).startswith(("<", ">=")), f"{asked} has no lower bound"
        assert asked.specifier.contains(version(canonicalize_name(asked.name))), f"{asked}, but {pin} is pinned"


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place['sys_platform']}-{place['python_version']}")
def test_everything_that_comes_along_is_pinned_too(place):
    wanting = []
    for requirement, who in needs(ALL, place).items():
        pin = PINS.get(canonicalize_name(requirement.name))
        if pin is None or (pin.marker and not pin.marker.evaluate(place)):
            wanting.append(f"{who} needs {requirement.name}, which is not pinned here")
        elif not requirement.specifier.contains(str(pin.specifier)[2:], prereleases=True):
            wanting.append(f"{who} needs {requirement}, but {pin} is pinned")
    assert wanting == []


def test_no_pin_refuses_an_admitted_python():
    lowest = re.search(r">=([\d.]+)", str(PYTHONS))[1] + ".0"
    assert PYTHONS.contains(lowest)
    installed = {canonicalize_name(each.name): each for each in importlib.metadata.distributions()}
    pinned = {name: installed[name] for name in PINS.keys() & installed if installed[name].version == version(name)}
    assert len(pinned) > 50
    asking = {name: each.metadata["Requires-Python"] or "" for name, each in pinned.items()}
    assert [(name, asked) for name, asked in asking.items() if not SpecifierSet(asked).contains(lowest)] == []


def test_no_pin_is_left_over():
    needed = {canonicalize_name(requirement.name) for place in PLACES for requirement in needs(ALL, place)}
    assert set(PINS) - needed == set()


@pytest.mark.parametrize("folder", ["encoder_lab", "recipes", "notebooks", "tests"])
def test_what_is_imported_is_declared(folder):
    declared = ALL if folder == "tests" else RUNTIME + LAB
    names = {canonicalize_name(requirement.name) for requirement in declared}
    names |= {
        line.split("==")[0] for line in read("tests/browser/engines/requirements.txt").splitlines() if folder == "tests"
    }
    owners = importlib.metadata.packages_distributions()
    undeclared = {
        name: file
        for name, file in imported(ROOT / folder).items()
        if not names & {canonicalize_name(owner) for owner in owners.get(name, [name])}
    }
    assert undeclared == {}


def test_conda_gives_an_admitted_python_and_the_same_pins():
    conda = yaml.safe_load(read("environment.yml"))
    assert conda["name"] == "encoder-lab" and "conda-forge" in conda["channels"]
    *packages, pip = conda["dependencies"]
    python = next(package.removeprefix("python=") for package in packages if package.startswith("python="))
    assert PYTHONS.contains(python)
    assert pip == {"pip": ["-r requirements.txt", "-e ."]}
    assert {re.split("[=<>]", package)[0] for package in packages} == {"python", "pip"}, "versions belong in one file"


def test_the_workflow_runs_the_same_commands_on_three_systems():
    linux, others = WORKFLOW["jobs"]["linux"], WORKFLOW["jobs"]["macos-and-windows"]
    assert linux["runs-on"].startswith("ubuntu")
    assert [re.sub("-.*", "", system) for system in others["strategy"]["matrix"]["os"]] == ["macos", "windows"]
    assert linux["steps"][-1] == {"run": ".ci/run"}
    assert others["steps"][-1] == {"run": "make test"}
    setup = next(step for step in others["steps"] if "setup-python" in step.get("uses", ""))
    for python in (
        setup["with"]["python-version"],
        re.fullmatch(r"python:([\d.]+)-\w+", linux["container"]["image"])[1],
    ):
        assert PYTHONS.contains(python)


def test_ci_runs_all_tests_and_requires_browser_and_sandbox():
    script = ROOT / ".ci" / "run"
    lines = read(".ci/run").splitlines()
    assert lines[0] == "#!/usr/bin/env bash" and lines[-2:] == ["make test", "make test-more"]
    assert "export ENCODER_LAB_REQUIRE_BROWSER=1" in lines and "export ENCODER_LAB_REQUIRE_SANDBOX=1" in lines
    assert os.name == "nt" or os.access(script, os.X_OK)


def test_make_test_and_make_test_more_check_everything():
    test, more = (re.search(rf"^{name}: .*\n((?:\t.*\n)+)", MAKEFILE, re.M)[1] for name in ("test", "test-more"))
    assert "ruff check\n" in test and "ruff format --check\n" in test
    assert re.search(r'\$\(PYTEST\) -m "not more" --nbval notebooks tests$', test, re.M)
    assert re.search(r"\$\(PYTEST\) -m more tests$", more, re.M)
    assert re.search(r"^PYTEST := .* -m pytest -n 2 --dist loadfile", MAKEFILE, re.M)


def test_pytorch_s_index_is_the_same_everywhere():
    (index,) = set(re.findall(r"https://download\.pytorch\.org/[\w/]+", README + MAKEFILE + read("install.py")))
    assert f'TORCH = "{index}"' in read("install.py")


def test_the_readme_names_only_commands_that_exist():
    targets = set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.M)[1].split())
    assert targets == set(re.findall(r"^([a-z-]+):", MAKEFILE, re.M))
    named = set(re.findall(r"\bmake ([a-z-]+)", "\n".join(re.findall(r"```.*?```|`[^`\n]+`", README, re.S))))
    assert {"lab", "test"} <= named <= targets
    assert targets == set(re.findall(r"make ([a-z-]+)", MAKEFILE.split("help:\n")[1].split("\n\n")[0])) | {"help"}
    for module in re.findall(r"-m ((?:encoder_lab|recipes|tests)[\w.]*)", README + MAKEFILE):
        path = ROOT.joinpath(*module.split("."))
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), f"there is no {module}"


def test_the_readme_agrees_with_the_files():
    assert f"torch=={version('torch')}" in README
    for link in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / link).exists(), f"README.md points at {link}, which is not there"
    assert PYTHONS == SpecifierSet(">=3.11") and "Python 3.11" in README
    for line in ("conda env create -f environment.yml", "pip install -r requirements.txt", "pip install -e ."):
        assert line in README


def test_the_licence_is_apache_2():
    licence = read("LICENSE")
    assert "Apache License" in licence and "Version 2.0, January 2004" in licence
    assert "END OF TERMS AND CONDITIONS" in licence
    assert PROJECT["license"] == "Apache-2.0" and PROJECT["license-files"] == ["LICENSE"]
