"""The bundled weights in float32, made once for an installation, so that its processes hold them in common.

On disk a checkpoint is float16, and each process that reads it fills memory of its own with the float32 form. A file
that holds that form already is mapped: all processes look at the same pages, and one that trains gets copies of those
it writes on. Named by what it was made of and by its own content, a file here serves no other weights, and never when
it is damaged.
"""

import hashlib
import sys
import zlib
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

FOLDER = Path(sys.prefix) / "share" / "encoder_lab"  # one for the installation, wherever the package lies


def find_shared(weights: Path) -> Path | None:
    """Find the float32 form of a safetensors file, whole and made of this very file; None where there is none."""
    for file in FOLDER.glob(f"{_made_of(weights)}-*.safetensors"):
        if file.stem.endswith(f"-{_content(file)}"):
            return file
    return None


def share(files: Iterable[Path]) -> None:
    """Write the float32 form of safetensors files, whole or not at all; what was made of older ones goes.

    Args:
        files: all that is to be shared from now on.

    Raises:
        OSError: the folder cannot be written, or the disk is full; `load` does without.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    current = {find_shared(weights) or _write(weights) for weights in files}
    for file in set(FOLDER.glob("*.safetensors")) - current:
        file.chmod(0o644)  # Windows takes away nothing that is read-only
        file.unlink()


def _write(weights: Path) -> Path:
    """Write one file beside its place, read-only, and put it there when it is whole."""
    with TemporaryDirectory(dir=FOLDER) as beside:
        written = Path(beside) / "model.safetensors"
        try:
            save_file({name: tensor.float() for name, tensor in load_file(weights).items()}, written)
        except SafetensorError as error:  # the disk's errors, too
            raise OSError(f"the float32 form of {weights} could not be written: {error}") from error
        written.chmod(0o444)
        return written.replace(FOLDER / f"{_made_of(weights)}-{_content(written)}.safetensors")


def _made_of(weights: Path) -> str:
    with weights.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _content(weights: Path) -> str:
    """Sum up a file's bytes: finds every damage that happens by itself, at a fraction of a hash's cost."""
    total = 0
    with weights.open("rb") as file:
        while piece := file.read(2**20):
            total = zlib.crc32(piece, total)
    return f"{total:08x}"
