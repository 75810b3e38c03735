"""Files beside the notebooks that Python would import instead of a package.

The module itself needs only Python, as the self-check does.
"""

import os
import sys
from importlib.machinery import PathFinder
from pathlib import Path

COURSE = Path(__file__).resolve().parents[2]  # or the folder of all packages


def in_the_way(folder: Path) -> list[Path]:
    """List what has the name of a module that Python finds elsewhere and is imported in its stead.

    Args:
        folder: of the notebooks; the folders of PYTHONPATH, which come before the packages too, are looked at besides.
    """
    before = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    folders = {folder.resolve(), *(Path(each).resolve() for each in before)} - {COURSE}
    course = {COURSE} if (COURSE / "pyproject.toml").is_file() else set()
    elsewhere = [each for each in sys.path if Path(each).resolve() not in folders | course]
    found = []
    for each in folders:
        modules = {file: file.stem for file in each.glob("*.py")}
        modules |= {file.parent: file.parent.name for file in each.glob("*/__init__.py")}
        for file, name in modules.items():
            known = name in sys.stdlib_module_names or name == "encoder_lab"
            if known or PathFinder.find_spec(name, elsewhere):
                found.append(file)
    return sorted(found)
