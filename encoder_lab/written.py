"""Files that are written whole or not at all, whatever the disk or the user does meanwhile."""

from pathlib import Path
from tempfile import TemporaryDirectory


def write_whole(path: Path, content: str | bytes, encoding: str = "utf-8") -> None:
    """Write a file beside its place and then put it there; what stood there stays until then.

    Args:
        path: the file; folders above it are made where there are none.
        content: bytes, or text, in which half a character is written as Python does.
        encoding: of text.

    Raises:
        OSError: the folder cannot be written, or the disk is full.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".", dir=path.parent) as beside:
        written = Path(beside, "written")
        written.write_bytes(content if isinstance(content, bytes) else content.encode(encoding, "backslashreplace"))
        written.replace(path)
