"""How JupyterLab is started: here alone, with its token, quietly, on the code of the folder that was opened."""

import json
import logging
import os
from pathlib import Path
from types import SimpleNamespace

import httpx
import nbformat
import pytest
from jupyterlab.labapp import LabApp
from nbformat.sign import NotebookNotary

from encoder_lab.jupyter import server
from encoder_lab.jupyter.writable import demand_writable

NOTEBOOK = Path("00_welcome.ipynb")


@pytest.fixture
def started(monkeypatch, tmp_path):
    """Open JupyterLab, and do not: the arguments it is started with. Its folders are of the test's own."""
    for name in ("CONFIG", "DATA", "RUNTIME"):
        monkeypatch.setenv(f"JUPYTER_{name}_DIR", str(tmp_path / name))
    monkeypatch.setenv("PYTHONPATH", "what stood there")
    provider = SimpleNamespace(hashed_password="")

    def start(trusted=()):
        kept = []
        app = SimpleNamespace(start=lambda: None, identity_provider=provider)
        monkeypatch.setattr(LabApp, "initialize_server", lambda arguments: kept.extend(arguments) or app)
        server.start(NOTEBOOK, trusted)
        return kept

    start.provider = provider
    return start


@pytest.mark.parametrize("user", [0, 1000])
def test_jupyter_listens_here_alone_and_keeps_its_token(started, monkeypatch, user):
    monkeypatch.setattr("os.geteuid", lambda: user, raising=False)
    given = started()
    assert "--ServerApp.ip=127.0.0.1" in given
    assert ("--allow-root" in given) == (user == 0)
    assert not [argument for argument in given if "token" in argument or "password" in argument]


def test_jupyterlab_saves_what_the_explorers_show_and_asks_for_no_news(started):
    settings = next(each.partition("=")[2] for each in started() if each.startswith("--LabApp.app_settings_dir="))
    chosen = json.loads((Path(settings) / "overrides.json").read_text(encoding="utf-8"))
    assert chosen["@jupyter-widgets/jupyterlab-manager:plugin"] == {"saveState": True}
    assert chosen["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"


def test_kernels_run_the_code_of_the_folder_that_was_opened(started):
    started()
    assert os.environ["PYTHONPATH"] == os.pathsep.join([str(server.ROOT), "what stood there"])


@pytest.mark.parametrize(("folder", "option"), [("r", "transport=ipc"), ("r" * 80, "transport_encryption=auto")])
def test_nobody_else_on_the_machine_hears_what_kernels_say(started, monkeypatch, tmp_path, folder, option):
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(server, "_LONGEST", len(os.fsencode(tmp_path)) + 20)
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / folder))
    assert [each for each in started() if "transport" in each] == [f"--KernelManager.{option}"]


def test_windows_has_no_sockets_of_files(started, monkeypatch):
    monkeypatch.setattr(server.sys, "platform", "win32")
    assert "--KernelManager.transport_encryption=auto" in started()


def test_the_longest_folder_of_sockets_is_what_the_system_takes():
    whole = "/kernel-" + "0" * 8 + "-0000" * 3 + "-" + "0" * 12 + "-ipc-5"
    assert server._LONGEST + len(whole) == 107


def test_a_browser_outside_of_linux_is_given_an_address_and_no_file(started, monkeypatch):
    assert not [each for each in started() if "redirect" in each]
    monkeypatch.setattr("platform.release", lambda: "5.15.167.4-microsoft-standard-WSL2")
    assert "--ServerApp.use_redirect_file=False" in started()


def test_a_password_of_the_user_s_own_is_mentioned(started, capsys):
    started()
    assert "password" not in capsys.readouterr().out
    started.provider.hashed_password = "argon2:…"
    started()
    assert "the password that you have set for Jupyter" in capsys.readouterr().out


def test_the_course_s_own_notebooks_are_trusted(started, tmp_path):
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])
    nbformat.write(book, tmp_path / "mine.ipynb")
    assert not NotebookNotary().check_signature(book)
    started([tmp_path / "mine.ipynb"])
    assert NotebookNotary().check_signature(nbformat.read(tmp_path / "mine.ipynb", as_version=4))


@pytest.mark.parametrize("name", ["JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"])
def test_a_folder_that_jupyter_cannot_write_is_named(started, monkeypatch, tmp_path, name):
    (tmp_path / "file").touch()
    monkeypatch.setenv(name, str(tmp_path / "file" / "folder"))
    with pytest.raises(OSError, match="file/folder cannot be written .*Not a directory.*; take a folder of your own"):
        started()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_told_from_missing_rights(monkeypatch, tmp_path):
    monkeypatch.setattr("encoder_lab.jupyter.writable.TemporaryFile", lambda dir: open("/dev/full", "wb", buffering=0))
    with pytest.raises(OSError, match="No space left on device.*make room"):
        demand_writable(tmp_path)


def test_jupyterlab_starts_behind_a_socks_proxy():
    """It makes such a transport when it is imported, whatever it is used for."""
    httpx.AsyncHTTPTransport(proxy="socks5://127.0.0.1:9")


def test_only_tornado_s_news_of_jupyter_s_own_settings_is_left_out(started, caplog):
    started()
    logger = logging.getLogger("tornado.general")
    logger.warning("The websocket_ping_timeout (%s) cannot be longer than the websocket_ping_interval (%s).", 9, 3)
    logger.warning("something else")
    assert [record.getMessage() for record in caplog.records] == ["something else"]
