"""The files of a folder or zip that may be notebooks, read into memory: nothing is unpacked, no link is followed."""

import io
import os
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from encoder_lab.exercises.grading.notebook import LARGEST, Notebook, read_notebook
from encoder_lab.shown import visible

_MOST_ENTRIES, _MOST_BYTES, _DEEPEST = 20_000, 500 * 2**20, 2  # of a zip, and of zips in zips
_MOST_FOR_ONE = 200 * 2**20  # bytes of a zip that lies in a folder or in another zip


@dataclass(frozen=True, slots=True)
class File:
    """A notebook's file as it was handed in, a folder with nothing in it, or something that was refused."""

    parts: tuple[str, ...]  # its path, part by part
    notebook: Notebook | None = None
    refused: str = ""  # why it is not looked at


def find_files(place: Path) -> Iterator[File]:
    """Find every notebook below a folder or in a zip, zips within included.

    Hidden files (`.ipynb_checkpoints`) and what a Mac adds to a zip (`__MACOSX`, `._name`) are left out.

    Args:
        place: the folder or the zip.

    Raises:
        OSError: it cannot be read.
    """
    if place.is_file():
        yield from _of_zip(place, (), 0)
        return
    for folder, folders, names in os.walk(place, onerror=_raise):
        here = Path(folder).relative_to(place).parts
        for name in list(folders):
            if (Path(folder) / name).is_symlink():
                yield File((*here, name), refused="a link, which is not followed")
            if _left_out(name) or (Path(folder) / name).is_symlink():
                folders.remove(name)
        if here and not folders and not any(map(_wanted, names)):
            yield File((*here, ""))
        for name in filter(_wanted, names):
            yield from _of_disk(Path(folder) / name, (*here, name))


def _of_disk(path: Path, parts: tuple[str, ...]) -> Iterator[File]:
    """Read one file of a folder, if it is one."""
    try:
        about = path.lstat()
        if stat.S_ISLNK(about.st_mode):
            yield File(parts, refused="a link, which is not followed")
        elif not stat.S_ISREG(about.st_mode):
            yield File(parts, refused="no ordinary file")
        elif path.suffix.lower() == ".zip":
            yield from _of_zip(path, (*parts[:-1], path.stem), 1)
        else:
            with path.open("rb") as file:
                yield _read(parts, datetime.fromtimestamp(about.st_mtime), file.read(LARGEST + 1))
    except OSError as error:
        yield File(parts, refused=f"cannot be read ({error.strerror})")


def _of_zip(source: Path | io.BytesIO, parts: tuple[str, ...], depth: int) -> Iterator[File]:
    """Read the notebooks of a zip, a zip within included."""
    left = _MOST_BYTES
    try:
        if depth and isinstance(source, Path) and source.stat().st_size > _MOST_FOR_ONE:
            raise zipfile.BadZipFile(f"larger than {_MOST_FOR_ONE // 2**20} MiB")
        with zipfile.ZipFile(source) as archive:
            entries = archive.infolist()
            if len(entries) > _MOST_ENTRIES:
                raise zipfile.BadZipFile(f"of more than {_MOST_ENTRIES} files")
            if not entries:
                yield File((*parts, ""))
            for entry in entries:
                names = tuple(part for part in _name(entry).replace("\\", "/").split("/") if part not in ("", "."))
                inside = (*parts, *names)
                if ".." in names or _name(entry)[:1] in ("/", "\\") or any(name[1:2] == ":" for name in names[:1]):
                    yield File((*parts, *(name for name in names if name != "..")), refused="leads out of its zip")
                elif any(map(_left_out, names)) or not names:
                    continue
                elif entry.is_dir():
                    yield File((*inside, ""))
                elif _wanted(names[-1]):
                    zipped = names[-1].lower().endswith(".zip")
                    most = min(left, _MOST_FOR_ONE if zipped else LARGEST + 1)
                    with archive.open(entry) as file:
                        content = file.read(most + 1)
                    left -= len(content)
                    if left < 0 or (zipped and len(content) > most):
                        yield File(inside, refused="a zip that unpacks to too much")
                        return
                    if not zipped:
                        yield _read(inside, _written(entry), content)
                    elif depth < _DEEPEST:
                        yield from _of_zip(io.BytesIO(content), (*inside[:-1], names[-1][:-4]), depth + 1)
                    else:
                        yield File(inside, refused="a zip within zips within zips")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        if not depth:
            raise OSError(f"it is no zip that can be read ({error})") from error
        yield File((*parts, ""), refused=f"a zip that cannot be read ({error})")
    except Exception as error:  # zlib, lzma and bz2 have errors of their own
        yield File((*parts, ""), refused=f"a zip that cannot be read ({type(error).__name__})")


def _read(parts: tuple[str, ...], when: datetime, content: bytes) -> File:
    """Read a notebook at once, so that no more than one file's content is in memory."""
    return File(parts, read_notebook(visible("/".join(parts)), when, content))


def _written(entry: zipfile.ZipInfo) -> datetime:
    """Give the time that a zip has for an entry; some hold days that are in no calendar."""
    try:
        return datetime(*entry.date_time)
    except ValueError:
        return datetime(1980, 1, 1)


def _name(entry: zipfile.ZipInfo) -> str:
    """Give an entry's name: where the zip does not say that it is UTF-8, a Mac's is, and a Korean Windows' is cp949."""
    if entry.flag_bits & 0x800:
        return entry.filename
    written = entry.filename.encode("cp437", errors="replace")
    for encoding in ("utf-8", "cp949"):
        try:
            return written.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename


def _left_out(name: str) -> bool:
    """Say whether a file or folder is hidden, or a Mac's addition."""
    return name.startswith(".") or name == "__MACOSX"


def _wanted(name: str) -> bool:
    """Say whether a file may be a notebook, or hold one."""
    return not _left_out(name) and name.lower().endswith((".ipynb", ".zip"))


def _raise(error: OSError) -> None:
    raise error
