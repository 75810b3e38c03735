"""JupyterLab on the student's notebooks: quiet, on this machine alone, and what is in its way said in a sentence."""

import logging
import os
import platform
import sys
from collections.abc import Iterable
from pathlib import Path

from encoder_lab.jupyter.writable import demand_writable
from encoder_lab.shown import printable
from encoder_lab.texts import say

ROOT = Path(__file__).parents[2]
SETTINGS = Path(__file__).parent / "settings"  # JupyterLab's defaults for the course
_LONGEST = 107 - len("/kernel-01234567-0123-0123-0123-0123456789ab-ipc-5")  # bytes of a folder that holds sockets


def start(notebook: Path, trusted: Iterable[Path] = ()) -> None:
    """Run JupyterLab on the notebook's folder until it is stopped; it takes the next port if its own is taken.

    Args:
        notebook: opened first; its folder is the one JupyterLab shows.
        trusted: notebooks that are the course's own, of which JupyterLab shows all that was saved in them.

    Raises:
        OSError: JupyterLab has a folder that it cannot write.
    """
    from jupyter_core.paths import jupyter_config_dir, jupyter_data_dir, jupyter_runtime_dir  # here: a reset needs none
    from jupyterlab.labapp import LabApp
    from nbformat import read
    from nbformat.sign import NotebookNotary

    for folder in (jupyter_config_dir(), jupyter_data_dir(), jupyter_runtime_dir()):
        demand_writable(Path(folder))
    notary = NotebookNotary()
    for each in trusted:
        notary.sign(read(each, as_version=4))
    # Kernels take the course's code from the folder that was opened, whatever is installed, also if it was copied.
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    logging.getLogger("tornado.general").addFilter(_is_news)
    server = LabApp.initialize_server(_arguments(notebook, Path(jupyter_runtime_dir())))
    if getattr(server.identity_provider, "hashed_password", ""):
        print(printable(say("lab.password")))
    print(printable(say("lab.stop")), flush=True)
    server.start()


def _arguments(notebook: Path, sockets: Path) -> list[str]:
    """Say how JupyterLab is started: on this machine only, with its token, saving what the explorers show.

    Args:
        notebook: opened first; its folder is the one JupyterLab shows.
        sockets: the folder in which kernels have theirs.
    """
    arguments = [
        f"--ServerApp.root_dir={notebook.parent}",
        f"--LabApp.default_url=/lab/tree/{notebook.name}",
        "--ServerApp.ip=127.0.0.1",
        f"--LabApp.app_settings_dir={SETTINGS}",
        "--Application.log_level=WARN",
    ]
    if sys.platform == "win32" or len(os.fsencode(sockets)) > _LONGEST:  # where a kernel cannot have a socket of files
        arguments.append("--KernelManager.transport_encryption=auto")
    else:
        arguments.append("--KernelManager.transport=ipc")
    if "microsoft" in platform.release().lower():  # WSL: Windows' browser sees none of Linux's files
        arguments.append("--ServerApp.use_redirect_file=False")
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # root, whom JupyterLab refuses unless told; Windows has none
        arguments.append("--allow-root")
    return arguments


def _is_news(record: logging.LogRecord) -> bool:
    """Leave out what Tornado says of Jupyter Server's own settings at every kernel's start."""
    return "ping_timeout" not in record.getMessage()
