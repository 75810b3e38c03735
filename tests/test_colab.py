"""Installing the wheel in Colab changes nothing that Colab has: tests/colab.txt lists that, and the bounds admit it."""

import ast
import importlib.metadata
import re
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.test_project import LAB, PYTHONS, RUNTIME, imported

ROOT = Path(__file__).parents[1]
LIST = (ROOT / "tests" / "colab.txt").read_text(encoding="utf-8").splitlines()
PYTHON = re.match(r"# Python (\d\.\d+)", LIST[0])[1]
COLAB = {canonicalize_name(name): version for name, version in (line.split("==") for line in LIST if line[0] != "#")}
IN_COLAB = {
    "python_version": PYTHON, "python_full_version": f"{PYTHON}.0", "sys_platform": "linux", "os_name": "posix",
    "platform_system": "Linux", "platform_machine": "x86_64", "implementation_name": "cpython", "extra": "",
}  # fmt: skip


def changes(asked: list[Requirement]) -> dict[str, str]:
    """What pip would have to change in Colab for some requirements: name -> why. What Colab lacks is new, no change."""
    found, seen, asked = {}, set(), list(asked)
    while asked:
        each = asked.pop()
        name = canonicalize_name(each.name)
        if each in seen or (each.marker and not each.marker.evaluate(IN_COLAB)):
            continue
        seen.add(each)
        if name not in COLAB:
            asked += map(Requirement, importlib.metadata.requires(name) or [])
        elif not each.specifier.contains(COLAB[name], prereleases=True):
            found[name] = f"{each}, and Colab has {COLAB[name]}"
    return found


def test_installing_the_wheel_changes_no_line_of_colab_s():
    assert len(COLAB) > 500 and PYTHONS.contains(f"{PYTHON}.0")
    assert changes(RUNTIME) == {}


def test_a_change_would_be_seen_also_where_it_comes_along(monkeypatch):
    assert list(changes([Requirement("numpy>=2.4")])) == ["numpy"]
    monkeypatch.delitem(COLAB, "notebook-shim")
    monkeypatch.setitem(COLAB, "jupyter-server", "0.1")
    assert list(changes([Requirement("notebook-shim")])) == ["jupyter-server"]


def test_what_a_notebook_imports_needs_no_extra():
    """Opening and exporting the course and grading do; the self-check, which looks whether they could, asks first."""
    ours = {canonicalize_name(each.name) for each in RUNTIME}
    owners = importlib.metadata.packages_distributions()
    found = imported(ROOT / "encoder_lab")
    extra = {name for name in found if not ours & {canonicalize_name(owner) for owner in owners.get(name, [])}}
    assert {"jupyterlab", "psutil"} <= extra <= {canonicalize_name(each.name).replace("-", "_") for each in LAB}
    apart = ("jupyter", "exercises/grading", "export.py", "lab.py", "self_check.py")
    for file in (ROOT / "encoder_lab").rglob("*.py"):
        if not file.relative_to(ROOT / "encoder_lab").as_posix().startswith(apart):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
            names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
            assert {name.split(".")[0] for name in names} & extra == set(), file
            if file.name != "__main__.py":
                assert not [name for name in names if name.startswith("encoder_lab.exercises.grading")], file
