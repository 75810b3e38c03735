"""The environment is made once, mended when it breaks, and goes on where what is newer cannot be had."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import install

NO_NETWORK = """\
WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError("<…>: Failed to establish")'
ERROR: Could not find a version that satisfies the requirement anywidget==0.11.0 (from versions: none)
ERROR: No matching distribution found for anywidget==0.11.0"""
SOCKS = "ERROR: Could not install packages due to an OSError: Missing dependencies for SOCKS support."
SAID = {
    "no network": (NO_NETWORK, "there is no network, or a proxy is needed"),
    "SOCKS": (SOCKS, "a SOCKS proxy is set"),
    "dead proxy": ("after connection broken by 'ProxyError('Cannot connect to proxy.', …", "the proxy named in"),
    "password": ("ProxyError('Tunnel connection failed: 407 Proxy Authentication Required')", "wants a password"),
    "certificate": ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]", "set PIP_CERT"),
    "full disk": ("ERROR: Could not install: [Errno 28] No space left on device", "the disk is full"),
    "read-only": ("Error: [Errno 30] Read-only file system: '.venv'", "cannot be written"),
    "anything else": ("one\nERROR: wheel is invalid", "pip says: ERROR: wheel is invalid"),
}


@pytest.fixture
def environment(tmp_path) -> Path:
    return tmp_path / "course" / ".venv"


@pytest.fixture
def pip(monkeypatch):
    """A pip that only notes what it was asked; `pip.says` is what goes wrong."""

    class Pip(list):
        says = ""

        def __call__(self, environment, python, quiet):
            self.append(python)
            return self.says

    noted = Pip()
    monkeypatch.setattr(install, "install", noted)
    return noted


@pytest.fixture(scope="module")
def bare(tmp_path_factory) -> Path:
    """An environment with Python and a pip that cannot do anything."""
    folder = tmp_path_factory.mktemp("bare") / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (packages,) = folder.glob("Lib/site-packages" if os.name == "nt" else "lib/python*/site-packages")
    (packages / "pip.py").touch()
    return folder


@pytest.fixture
def made(bare, environment) -> Path:
    return shutil.copytree(bare, environment, symlinks=True)


def test_what_is_there_is_not_installed_again_wherever_the_folder_lies(made, pip, capsys):
    install.main(made)
    assert len(pip) == 1
    for file in [made / "installed", install.ROOT / "requirements.txt"]:
        assert file.is_file()
    moved = made.parent.rename(made.parents[1] / "moved here") / ".venv"
    os.utime(moved / "installed", (0, 0))  # a copy's times say nothing
    install.main(moved)
    assert len(pip) == 1 and capsys.readouterr().out == ""


def test_changed_requirements_are_installed(made, pip):
    install.main(made)
    (made / "installed").write_text("what another edition wanted", encoding="utf-8")
    install.main(made)
    install.main(made)
    assert len(pip) == 2


def test_without_a_network_what_once_worked_goes_on(made, pip, capsys):
    (made / "installed").touch()  # an older edition's note
    pip.says = NO_NETWORK
    install.main(made)
    assert "there is no network" in capsys.readouterr().err
    assert (made / "installed").read_text("utf-8") == ""
    pip.says = ""
    install.main(made)
    install.main(made)
    assert len(pip) == 2


@pytest.mark.parametrize(("said", "sentence"), SAID.values(), ids=SAID)
def test_the_first_time_the_true_cause_is_said_in_one_sentence(made, pip, said, sentence):
    pip.says = said
    with pytest.raises(SystemExit) as stopped:
        install.main(made)
    assert re.fullmatch(r"Encoder Lab could not be installed: [^\n]*", str(stopped.value))
    assert sentence in str(stopped.value)
    assert not (made / "installed").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows copies Python into an environment; it does not go")
def test_an_environment_whose_python_has_gone_is_mended_without_a_network(made, pip, capsys, monkeypatch):
    install.main(made)
    monkeypatch.setattr(install, "CAUSES", {})
    for link in made.glob("bin/python*"):
        link.unlink()
        link.symlink_to("/no/such/python")
    (made / "what was installed").touch()
    install.main(made)
    assert install.works(made / "bin" / "python") and (made / "what was installed").exists()
    assert len(pip) == 1 and "found again" in capsys.readouterr().out


def test_one_of_a_python_that_is_nowhere_is_made_anew(made, pip, monkeypatch, capsys):
    install.main(made)
    settings = made / "pyvenv.cfg"
    settings.write_text(re.sub(r"version = 3\.\d+", "version = 3.1", settings.read_text("utf-8")), "utf-8")
    asked = []
    monkeypatch.setattr(install, "works", lambda python: False)
    monkeypatch.setattr(install, "run", lambda command: asked.append(command) or "")
    (made / "installed").unlink()
    install.main(made)
    assert [command[1:4] for command in asked] == [["-m", "venv", "--clear"]]
    assert len(pip) == 2 and "takes some minutes" in capsys.readouterr().out


def test_a_folder_that_cannot_be_written_is_one_sentence(environment, pip):
    environment.parent.parent.mkdir(exist_ok=True)
    environment.parent.write_text("a file where the folder would be", encoding="utf-8")
    with pytest.raises(SystemExit, match="^Encoder Lab could not be installed: "):
        install.main(environment)


def test_the_course_is_found_from_where_it_lies(made, monkeypatch, tmp_path):
    """A copy of the folder runs the copy's code: the installation knows where the folder is from its own place."""
    course = made.parent
    (course / "encoder_lab").mkdir()
    (course / "encoder_lab" / "__init__.py").touch()
    monkeypatch.setattr(install, "ROOT", course)
    monkeypatch.setattr(install, "run", lambda command: "")
    monkeypatch.setattr(install, "without_cuda", lambda: [])
    (packages,) = {file.parent for file in made.glob("**/pip.py")}
    (packages / "__editable__.encoder_lab.pth").write_text(str(tmp_path / "where it was installed") + "\n", "utf-8")
    python = Path("Scripts/python.exe" if os.name == "nt" else "bin/python")
    assert install.install(made, made / python, quiet=True) == ""
    for place in (course, Path(shutil.copytree(course, tmp_path / "copied", symlinks=True))):
        command = [place / ".venv" / python, "-c", "import encoder_lab; print(encoder_lab.__file__)"]
        found = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
        assert Path(found.stdout.strip()).samefile(place / "encoder_lab" / "__init__.py")


def test_pip_s_progress_is_seen_and_its_complaints_are_kept(capfd):
    assert install.run([sys.executable, "-c", "print('progress')"]) == ""
    assert install.run([sys.executable, "-c", "import sys; sys.exit('why')"]) == "why"
    assert install.run([sys.executable, "-c", "import sys; sys.exit(3)"]) == "exit status 3"
    assert capfd.readouterr() == ("progress\n", "")


def test_an_older_python_is_told_so(monkeypatch, environment):
    monkeypatch.setattr(sys, "version_info", (3, 10, 2))
    with pytest.raises(SystemExit, match="needs Python 3.11 or newer"):
        install.main(environment)
