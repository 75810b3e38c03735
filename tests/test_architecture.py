"""The package's shape: imports run one way, one file loads models, every file says what it is for and stays short."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "encoder_lab"

# Which parts of the package each part may import. A part is a module or a folder; a new one gets a line here.
STAGES = (
    "probabilities",
    "records",
    "families",
    "pieces",
    "tokens",
    "contexts",
    "windows",
    "embeddings",
    "layers",
    "heads",
)
EVERYWHERE = (
    "whole",
    "shown",
    "cells",
    "surroundings",
    "progress",
    "fonts",
    "written",
)  # know nothing of the rest
MAY_IMPORT = {
    **dict.fromkeys(EVERYWHERE, ()),
    **{stage: STAGES[:depth] for depth, stage in enumerate(STAGES)},
    "pieces": ("texts",),
    "hub": (),
    "shared_weights": (),
    "loadable": ("families", "hub"),
    "folders": ("families", "hub", "loadable", "shared_weights"),
    "checkpoints": ("folders", "hub", "loadable"),
    "forward": (*STAGES, "checkpoints", "texts"),
    "few_shot": ("records", "tokens", "embeddings", "checkpoints", "forward", "grow", "samples"),
    "interventions": (*STAGES, "checkpoints", "forward"),
    "encoder_lab": (*STAGES, "checkpoints", "forward", "self_check"),  # __init__.py: the names a notebook uses
    "metrics": (),
    "samples": (),
    "plots": (),
    "widgets": ("records", "texts"),
    "explore": (*STAGES, "checkpoints", "forward", "interventions", "widgets", "texts"),
    "exercises": ("encoder_lab", "texts", *STAGES, "forward", "metrics", "samples", "few_shot", "grow"),
    "self_check": ("encoder_lab", "folders"),
    "jupyter": ("texts",),
    "texts": (),
    "grow": ("records", "families", "tokens", "windows", "heads", "loadable", "folders", "checkpoints", "forward"),
    "export": ("texts",),
    "lab": ("checkpoints", "jupyter", "shared_weights", "texts"),
}
DRAWS = ("plots", "widgets")
MODELS = {"torch", "transformers", "tokenizers", "safetensors", "huggingface_hub"}

# Ways to read a model from disk or anything from the network, and the parts that have a reason to.
READERS = {"from_pretrained", "load_file", "safe_open", "hf_hub_download", "snapshot_download", "urlopen"}
NETWORK = ("huggingface_hub", "requests", "urllib.request", "http.client", "httpx", "socket")
# A socket between two processes of one machine, for a submission's files.
SPEAK_WITH_EACH_OTHER = [f"encoder_lab/exercises/grading/{file}.py" for file in ("sandbox", "inside/warm")]
READ = ("folders", "hub", "shared_weights")

FILES = sorted(PACKAGE.rglob("*.py"))
PLACES = (ROOT, PACKAGE, PACKAGE / "bundled" / "question-answering")  # where ARCHITECTURE.md's names are looked for
ROOMS = ("encoder_lab", "recipes", "tests", "docs")
PYTHON = [file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py"))]


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def part(file: Path) -> str:
    """The part of the package a file belongs to; `encoder_lab` for its __init__.py."""
    first = file.relative_to(PACKAGE).parts[0]
    return "encoder_lab" if first == "__init__.py" else first.removesuffix(".py")


def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def imports(file: Path) -> set[str]:
    """The full name of everything a file imports, anywhere in it: `from a import b` gives a.b."""
    found = set()
    here = ["encoder_lab", *file.relative_to(PACKAGE).parent.parts]
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = here[: len(here) + 1 - node.level] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            found |= {f"{module}.{alias.name}" for alias in node.names}
    return found


def parts_imported(file: Path) -> set[str]:
    """Which parts of the package a file imports from; `encoder_lab` for what its __init__.py gives."""
    parts = {each.stem for each in PACKAGE.iterdir()}
    ours = [each.split(".")[1:] for each in imports(file) if each.split(".")[0] == "encoder_lab"]
    return {rest[0] if rest and rest[0] in parts else "encoder_lab" for rest in ours}


@pytest.mark.parametrize("file", FILES, ids=name)
def test_imports_run_one_way(file):
    assert part(file) in MAY_IMPORT, f"{part(file)} is new: say in MAY_IMPORT what it may import"
    wrong = parts_imported(file) - {part(file), *MAY_IMPORT[part(file)], *EVERYWHERE}
    assert wrong == set(), f"{name(file)} may not import {sorted(wrong)}"


@pytest.mark.parametrize("file", [file for file in FILES if part(file) in DRAWS], ids=name)
def test_what_draws_knows_no_model(file):
    assert {module.split(".")[0] for module in imports(file)} & MODELS == set()


@pytest.mark.parametrize("file", [file for file in FILES if part(file) not in READ], ids=name)
def test_models_are_read_in_one_place(file):
    called = {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Attribute | ast.Name)
    }
    assert called & READERS == set()
    network = [each for each in NETWORK if each != "socket" or name(file) not in SPEAK_WITH_EACH_OTHER]
    assert [each for each in imports(file) if each.startswith(tuple(network))] == []
    assert not re.search(r"\btorch\.(hub\.)?load\b", ast.unparse(tree(file)))


@pytest.mark.parametrize("file", PYTHON, ids=name)
def test_a_file_says_first_what_it_is_for(file):
    assert ast.get_docstring(tree(file)), f"{name(file)} does not begin with a docstring"


@pytest.mark.parametrize("file", PYTHON, ids=name)
def test_a_file_is_short_and_named_after_an_idea(file):
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 300
    assert not {"utils", "util", "helpers", "misc", "common"} & set(file.with_suffix("").parts)


def texts() -> list[Path]:
    """Every text the project publishes; vocabularies and what tools leave behind are not among them."""
    kinds = {".py", ".md", ".toml", ".txt", ".yml", ".ipynb", ".js", ".css", ".json"}
    others = {"Makefile", "LICENSE", ".gitignore", ".gitattributes", "run"}
    folders = [ROOT / folder for folder in ("encoder_lab", "recipes", "tests", "notebooks", "docs", ".github", ".ci")]
    files = [*ROOT.iterdir(), *(file for folder in folders for file in folder.rglob("*"))]
    files = [file for file in files if file.is_file() and (file.suffix in kinds or file.name in others)]
    return [
        file
        for file in files
        if not {"__pycache__", ".ipynb_checkpoints"} & set(file.parts)
        and (PACKAGE / "bundled" not in file.parents or file.suffix == ".md")
    ]


def test_no_path_of_somebody_s_machine_and_nothing_left_to_do():
    path = re.compile(r"(?<![\w.~-])(/(home|Users|root|work|tmp)/\w|[A-Z]:\\+Users)")
    note = re.compile(r"\b(TODO|FIXME|XXX)\b")
    assert len(texts()) > 50
    found = []
    for file in texts():
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            picture = line.lstrip().startswith('"image/png": "')
            if not picture and (path.search(line) or (note.search(line) and file != Path(__file__))):
                found.append(f"{name(file)}:{number}: {line.strip()[:80]}")
    assert found == []


def test_the_plan_names_what_is_there():
    plan = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert len(plan.splitlines()) < 120
    named = set(re.findall(r"`(\w[\w./]*(?:\.(?:py|js|css|toml|md|json)|/))`", plan))
    assert len(named) > 30
    assert {each for each in named if not any((place / each).exists() for place in PLACES)} == set()


def test_every_room_has_its_row():
    rooms = {each.name for each in PACKAGE.iterdir() if each.is_dir() and each.name != "__pycache__"}
    files = {each.stem for each in PACKAGE.glob("[!_]*.py")}
    plan, readme = ((ROOT / name).read_text(encoding="utf-8") for name in ("ARCHITECTURE.md", "README.md"))
    assert {each for each in rooms if f"`{each}/`" not in plan or f"| `encoder_lab/{each}/` |" not in readme} == set()
    assert {each for each in files if f"`{each}`" not in plan} == set()
