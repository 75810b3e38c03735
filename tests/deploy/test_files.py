"""What a class is deployed with: the files say what was measured, name no secret, and the table follows the formula."""

import math
import os
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from tests.benchmarks import memory

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "docs" / "deploy"
PAGE = (DEPLOY / "README.md").read_text(encoding="utf-8")
VALUES = yaml.safe_load((DEPLOY / "zero-to-jupyterhub.yml").read_text(encoding="utf-8"))
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
GIB = 2**30


def hub_settings() -> SimpleNamespace:
    """What jupyterhub_config.py sets."""
    settings = SimpleNamespace(Spawner=SimpleNamespace())
    file = DEPLOY / "jupyterhub_config.py"
    exec(compile(file.read_text(encoding="utf-8"), file, "exec"), {"get_config": lambda: settings})
    return settings.Spawner


def size(text: str) -> float:
    """Bytes of a size as Kubernetes and JupyterHub write it."""
    number, unit = re.fullmatch(r"([\d.]+)([MG])", text).groups()
    return float(number) * {"M": 1e6, "G": 1e9}[unit]


def test_the_page_names_every_file_and_what_was_tried():
    linked = set(re.findall(r"\]\(([^)#]+)\)", PAGE))
    assert {each for each in linked if "://" not in each and not (DEPLOY / each).exists()} == set()
    shown = {file.name for file in DEPLOY.iterdir() if file.suffix in (".yml", ".sh", "") or "config" in file.name}
    assert shown - {"__pycache__"} <= linked


def test_two_numbers_are_set_and_used_everywhere():
    users, most = VALUES["custom"]["users"], VALUES["custom"]["memory"]
    assert VALUES["singleuser"]["memory"]["guarantee"] == most
    for place in ("activeServerLimit", "concurrentSpawnLimit"):
        assert VALUES["hub"][place] == users
    assert VALUES["scheduling"]["userPlaceholder"]["replicas"] == users
    text = (DEPLOY / "zero-to-jupyterhub.yml").read_text(encoding="utf-8")
    assert text.count(str(users)) == text.count("300") and text.count("&users") == text.count("&memory") == 1


def test_memory_is_what_was_aimed_at_and_measured():
    server = 110 * 2**20  # one user's, beside the kernels
    assert size(VALUES["custom"]["memory"]) >= max(memory.USUAL[0], memory.AIMS["00"][0]) * 2**20 + server
    assert size("1G") >= memory.AIMS["07"][0] * 2**20 + server
    assert size(VALUES["singleuser"]["memory"]["limit"]) == size(hub_settings().mem_limit) == 1.5e9


def test_the_server_and_the_cluster_are_set_up_alike():
    spawner = hub_settings()
    assert VALUES["singleuser"]["cmd"][1:] == spawner.args
    assert VALUES["singleuser"]["extraEnv"] == spawner.environment == {"OMP_WAIT_POLICY": "PASSIVE"}
    assert "OMP_WAIT_POLICY=PASSIVE" in DOCKERFILE and "--KernelManager.transport=ipc" in DOCKERFILE
    assert spawner.http_timeout >= 120


def test_users_are_kept_apart_and_leave():
    assert VALUES["singleuser"]["networkPolicy"]["enabled"] and VALUES["hub"]["networkPolicy"]["enabled"]
    assert VALUES["cull"]["enabled"] and not VALUES["singleuser"]["allowPrivilegeEscalation"]


@pytest.mark.parametrize("file", [file for file in DEPLOY.iterdir() if file.is_file()], ids=lambda file: file.name)
def test_no_secret_stands_in_a_file(file):
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"(?i)(secret|token|password)\w*\s*[:=]\s*['\"]?\w{6}", text)


def test_the_container_runs_as_an_ordinary_user_with_the_versions_that_were_tried():
    assert re.findall(r"^USER (.*)$", DOCKERFILE, re.M) == ["1000"]
    assert DOCKERFILE.index("USER 1000") < DOCKERFILE.index("CMD")
    (hub,) = re.findall(
        r"jupyterhub==[\d.]+", (ROOT / "tests" / "benchmarks" / "hub_requirements.txt").read_text("utf-8")
    )
    assert f'"{hub}"' in DOCKERFILE
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").split()
    assert {".git", ".venv", "my_notebooks"} <= set(ignored)


def test_the_table_of_nodes_follows_the_formula():
    columns = re.findall(r"(\d+) (MB|GB) each", PAGE)
    sizes = [float(number) * {"MB": 1e6, "GB": 1e9}[unit] for number, unit in columns]
    assert sizes == [size(VALUES["custom"]["memory"]), size("1G")]
    cores, whole = map(int, re.search(r"nodes of (\d+) cores and (\d+) GiB", PAGE).groups())
    assert VALUES["singleuser"]["cpu"]["guarantee"] <= 1 / 8 and "8 × cores" in PAGE
    for users in (30, 300, 3000):
        nodes = [math.ceil(users / min((whole - 2) * GIB // each, 8 * cores)) for each in sizes]
        row = [f"{count} node{'s' if count > 1 else ''} | {count * whole:,} GiB" for count in nodes]
        assert f"| {users:,} | {' | '.join(row)} |" in PAGE


def test_binder_installs_what_was_checked():
    lines = (ROOT / ".binder" / "requirements.txt").read_text("utf-8").splitlines()
    assert "-c ../requirements.txt" in lines and "-e .[lab]" in lines
    assert (ROOT / ".binder" / "runtime.txt").read_text("utf-8") == "python-3.11\n"
    assert os.name == "nt" or os.access(ROOT / ".binder" / "postBuild", os.X_OK)
