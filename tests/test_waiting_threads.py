"""Wherever the course is installed, OpenMP's threads sleep while they wait, unless a person has set that otherwise.

Asked is OpenMP itself, which says when it is loaded what it has read.
"""

import os
import re
import subprocess
import sys

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux' OpenMP says how often its threads spin")
FIRST = "import numpy, torch"  # before anything of the course, as in a notebook's first cell


def python(surroundings):
    return subprocess.run([sys.executable, "-c", FIRST], env=surroundings, stderr=subprocess.PIPE, text=True).stderr


def kernel(surroundings):
    notebook = new_notebook(cells=[new_code_cell(FIRST)])
    NotebookClient(notebook).execute(env=surroundings)
    return "".join(output.text for output in notebook.cells[0].outputs)


@pytest.mark.parametrize("way_in", [python, kernel])
@pytest.mark.parametrize(
    ("setting", "spins"),
    [({}, "0"), ({"OMP_WAIT_POLICY": "ACTIVE"}, "30000000000"), ({"GOMP_SPINCOUNT": "5"}, "5")],
    ids=["nothing set", "policy set", "count set"],
)
def test_threads_sleep_unless_told_otherwise(way_in, setting, spins):
    kept_out = ("OMP_", "GOMP_", "KMP_", "PYTEST_")  # under pytest a kernel does not pass on what libraries write
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(kept_out)}
    said = way_in(surroundings | setting | {"OMP_DISPLAY_ENV": "verbose"})
    assert set(re.findall(r"GOMP_SPINCOUNT = '(\d+)'", said)) == {spins}
