"""Can a folder be written? Asked before something is half done in it."""

import errno
from pathlib import Path
from tempfile import TemporaryFile

from encoder_lab.texts import say


def demand_writable(folder: Path) -> None:
    """Make a folder, if there is none, and try to write in it.

    Raises:
        OSError: that cannot be done; one sentence says why and what to do.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder) as file:
            file.write(bytes(2**16))
    except OSError as error:
        mend = say("lab.make_room" if error.errno == errno.ENOSPC else "lab.let_write")
        why = error.strerror or str(error)
        raise OSError(say("lab.cannot_write", folder=folder, why=why, mend=mend)) from error
