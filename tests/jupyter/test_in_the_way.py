"""Files that Python would import instead of a package are found; a student's own modules are not taken for such."""

import os

import pytest

from encoder_lab.jupyter.in_the_way import in_the_way


@pytest.mark.parametrize("name", ["tokenizers", "numpy", "random", "encoder_lab"])
def test_modules_and_packages_that_hide_others_are_found(tmp_path, name):
    (tmp_path / "module").mkdir()
    (tmp_path / "package" / name).mkdir(parents=True)
    (tmp_path / "module" / f"{name}.py").touch()
    (tmp_path / "package" / name / "__init__.py").touch()
    assert in_the_way(tmp_path / "module") == [tmp_path / "module" / f"{name}.py"]
    assert in_the_way(tmp_path / "package") == [tmp_path / "package" / name]


def test_a_student_s_own_files_hide_nothing(tmp_path):
    for name in ("my_words.py", "not-a-module.py", "numpy.txt", "00_welcome.ipynb"):
        (tmp_path / name).touch()
    (tmp_path / "torch").mkdir()  # a folder without __init__.py comes last
    assert in_the_way(tmp_path) == []


def test_another_encoder_lab_in_the_search_path_is_found(tmp_path, monkeypatch):
    (tmp_path / "encoder_lab.py").touch()
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["", str(tmp_path)]))
    assert in_the_way(tmp_path / "elsewhere") == [tmp_path / "encoder_lab.py"]
