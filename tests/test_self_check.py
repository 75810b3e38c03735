"""The self-check: the same few words where all is well; what is wrong and how to mend it where it is not."""

import builtins
import importlib
import importlib.metadata
import os
import re
import runpy
import subprocess
import sys
import tomllib
from types import SimpleNamespace

import pytest

from encoder_lab import self_check as module
from encoder_lab.folders import UnreadableName
from encoder_lab.self_check import Finding, SelfCheck, self_check

FINE = """\
Python                fine
packages              fine
JupyterLab's widgets  fine
memory and disk       fine
bundled checkpoint    fine
a known answer        fine
All is well: you can begin."""


def forbid(monkeypatch, name, error=ImportError):
    """Let `import name` fail."""
    real = builtins.__import__

    def refuse(wanted, *args, **options):
        if wanted == name:
            raise error(f"No module named {wanted!r}")
        return real(wanted, *args, **options)

    monkeypatch.setattr(builtins, "__import__", refuse)


def looked_at(what):
    """What the self-check found there."""
    return {finding.what: finding for finding in self_check().findings}[what]


def test_all_is_well():
    found = self_check()
    assert found.fine
    assert repr(found) == FINE
    assert found._repr_html_().count("fine") == 6


def test_the_oldest_python_is_the_projects():
    project = tomllib.loads(module.PROJECT.read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == ">=" + ".".join(map(str, module.OLDEST_PYTHON))


def test_an_old_python_is_all_it_says(monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 9, 1, "final", 0))
    with pytest.raises(SystemExit, match="1"):
        runpy.run_path(module.__file__, run_name="__main__")
    assert capsys.readouterr().out.startswith(
        "This is Python 3.9; the course needs 3.11 or newer. To mend it: install Python 3.11, then close JupyterLab"
    )


def test_it_speaks_the_language_in_use(monkeypatch):
    monkeypatch.setenv("ENCODER_LAB_LANGUAGE", "xx")
    with pytest.raises(ValueError, match="no texts in the language 'xx'"):
        self_check()


def test_missing_and_old_packages_are_all_named(monkeypatch):
    real = importlib.metadata.version

    def version(name):
        if name == "anywidget":
            raise importlib.metadata.PackageNotFoundError(name)
        return "4.57.6" if name == "transformers" else real(name)

    monkeypatch.setattr(importlib.metadata, "version", version)
    found = looked_at("packages")
    assert "anywidget is missing; transformers is 4.57.6, the course needs " in found.wrong
    assert "make lab" in found.mend


def test_a_package_that_does_not_start(monkeypatch):
    real = importlib.import_module

    def start(name):
        if name == "torch":
            raise OSError("libc10.so: cannot open shared object file\nmore")
        return real(name)

    monkeypatch.setattr(importlib, "import_module", start)
    found = looked_at("packages")
    assert found.wrong == "torch is there but does not start (OSError: libc10.so: cannot open shared object file)"


def test_without_packaging(monkeypatch):
    forbid(monkeypatch, "packaging.requirements")
    assert looked_at("packages").wrong == "packaging is missing"


def test_without_the_project_what_was_installed_counts(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "PROJECT", tmp_path / "pyproject.toml")
    asked = ["torch>=2", "pytest>=99 ; extra == 'test'"]
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: asked)
    assert looked_at("packages") == Finding("packages")


def test_neither_project_nor_installed(monkeypatch, tmp_path):
    def requires(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(module, "PROJECT", tmp_path / "pyproject.toml")
    monkeypatch.setattr(importlib.metadata, "requires", requires)
    assert looked_at("packages").wrong == "the course's package, encoder_lab, is not installed"


@pytest.mark.parametrize(("package", "name"), module.LABEXTENSIONS.items())
def test_a_missing_front_end_is_named(monkeypatch, tmp_path, package, name):
    for other in set(module.LABEXTENSIONS.values()) - {name}:
        (tmp_path / other).mkdir(parents=True)
        (tmp_path / other / "package.json").write_text("{}")
    monkeypatch.setattr("jupyter_core.paths.jupyter_path", lambda *parts: [str(tmp_path)])
    assert looked_at("JupyterLab's widgets").wrong == f"the page has no front end for {package}"


def test_without_jupyterlab(monkeypatch):
    forbid(monkeypatch, "jupyter_core.paths")
    assert looked_at("JupyterLab's widgets").wrong == "JupyterLab is missing"


def test_a_full_disk(monkeypatch):
    monkeypatch.setattr(module.shutil, "disk_usage", lambda folder: SimpleNamespace(free=1e7))
    assert looked_at("memory and disk").wrong == "the disk has 0.01 GB left, too little to save notebooks"


def test_too_little_memory(monkeypatch):
    import psutil

    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=1e8))
    found = looked_at("memory and disk")
    assert found.wrong == "0.10 GB of memory are free; the course needs 0.5"
    assert "close other programs" in found.mend


def test_memory_is_left_out_when_it_cannot_be_asked(monkeypatch):
    forbid(monkeypatch, "psutil")
    assert looked_at("memory and disk") == Finding("memory and disk")


@pytest.mark.parametrize("damage", ["missing", "weights", "config"])
def test_a_damaged_checkpoint(monkeypatch, tmp_path, damage):
    folder = tmp_path / "fill-mask"
    if damage == "missing":
        (tmp_path / "other").mkdir()
    else:
        module.shutil.copytree(importlib.import_module("encoder_lab.checkpoints").BUNDLED / "fill-mask", folder)
    if damage == "weights":
        (folder / "model.safetensors").write_bytes(b"version https://git-lfs.github.com/spec/v1\n")
    if damage == "config":
        (folder / "config.json").write_text("{")
    monkeypatch.setattr("encoder_lab.checkpoints.BUNDLED", tmp_path)
    found = self_check().findings[-1]  # nothing is asked of it
    assert found.what == "bundled checkpoint"
    assert found.wrong
    assert "git restore encoder_lab/bundled" in found.mend


def test_a_package_of_ours_that_does_not_start(monkeypatch):
    forbid(monkeypatch, "encoder_lab")
    found = looked_at("bundled checkpoint")
    assert found.wrong == "encoder_lab does not start (ImportError: No module named 'encoder_lab')"


@pytest.mark.parametrize(("string", "probability"), [("!", 0.967), ("?", 0.98)])
def test_another_answer_than_the_known_one(monkeypatch, string, probability):
    best = SimpleNamespace(string=string, probability=probability)
    monkeypatch.setattr("encoder_lab.fill_mask", lambda checkpoint, text: SimpleNamespace(choices=((best,),)))
    assert not looked_at("bundled checkpoint").wrong
    asked = looked_at("a known answer")
    assert f"gives {string!r} with {probability:.4f} instead of '?'" in asked.wrong


PLACES = {
    "folder": ({}, "delete the folder .venv", "git restore"),
    "server": ({"JUPYTERHUB_USER": "ada"}, "Hub Control Panel", "whoever runs"),
    "colab": ({"COLAB_RELEASE_TAG": "1"}, "Restart session", "delete runtime"),
    "package": ({}, "pip install --force-reinstall", "pip install --force-reinstall"),
}


@pytest.mark.parametrize(("variables", "install", "restore"), PLACES.values(), ids=PLACES)
def test_what_to_do_fits_where_it_is_read(monkeypatch, tmp_path, request, variables, install, restore):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    if "package" in request.node.name:
        monkeypatch.setattr(module, "PROJECT", tmp_path / "pyproject.toml")
    assert install in module._advice("self_check.install") and restore in module._advice("self_check.restore")


def test_a_file_that_is_imported_instead_of_a_package_is_named(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert looked_at("packages") == Finding("packages")
    file = tmp_path / "tokenizers.py"
    file.touch()
    found = looked_at("packages")
    assert found.wrong == f"{file} is imported instead of the package tokenizers"
    assert found.mend == f"give {file} another name, then restart the kernel"


def test_a_folder_s_name_that_no_package_finds_is_the_cause(monkeypatch):
    folder = os.fsdecode("한글".encode("euc-kr"))
    monkeypatch.setattr(sys, "prefix", f"/{folder}/.venv")
    found = looked_at("packages")
    assert found.wrong.startswith(r"the name of the folder /\udcc7") and "UTF-8" in found.wrong
    assert "another name" in found.mend and "delete" not in found.mend


def test_another_copy_of_the_course_is_named(monkeypatch, tmp_path):
    other = tmp_path / "encoder_lab"
    (tmp_path / "my_notebooks").mkdir()
    other.mkdir()
    monkeypatch.chdir(tmp_path / "my_notebooks")
    found = looked_at("packages")
    assert found.wrong == f"the code in use is that of {module.PACKAGE}, not that of {other}"
    assert f"open the course in {tmp_path}" in found.mend


def test_a_folder_s_name_that_cannot_be_read_is_told_from_damage(monkeypatch):
    def load(task, source):
        raise UnreadableName("the name of the folder is not in UTF-8")

    monkeypatch.setattr("encoder_lab.load", load)
    found = looked_at("bundled checkpoint")
    assert found.wrong == "the name of the folder is not in UTF-8"
    assert "another name" in found.mend and "git" not in found.mend


def test_why_the_package_does_not_start_is_noted_on_the_error_or_said_to_a_command(monkeypatch):
    monkeypatch.setattr(module, "_check_packages", lambda: Finding("packages", "torch is missing", "do this"))
    error = ImportError("no torch")
    sentence = "encoder_lab does not start (torch is missing). To mend it: do this."
    module.explain(error)
    assert error.__notes__ == [sentence]
    monkeypatch.setattr(sys, "argv", ["-m"])
    with pytest.raises(SystemExit, match=re.escape(f"Encoder Lab: {sentence}")):
        module.explain(error)


def test_what_is_wrong_is_said_in_words_and_escaped():
    found = SelfCheck((Finding("Python"), Finding("packages", "<torch> is missing", "install & restart")))
    assert not found.fine
    assert "<torch> is missing" in repr(found)
    assert "To mend it: install & restart." in repr(found)
    assert repr(found).endswith("One thing is wrong; mend the first, then check again.")
    assert "&lt;torch&gt; is missing" in found._repr_html_()
    assert "install &amp; restart" in found._repr_html_()
    two = SelfCheck((Finding("Python", "a", "b"), Finding("packages", "c", "d")))
    assert two.verdict.startswith("2 things are wrong")


def test_it_runs_where_no_package_is_installed():
    bare = [sys.executable, "-I", "-S", module.__file__]  # -S: Python alone, without site-packages
    run = subprocess.run(bare, capture_output=True, text=True, timeout=60)
    assert run.returncode == 1
    assert run.stderr == ""
    assert "packaging is missing" in run.stdout
    assert "JupyterLab is missing" in run.stdout
    assert "make lab" in run.stdout
