"""The originals' files from a stand-in hub on 127.0.0.1: had once, resumed, and refused in one sentence."""

import json
import shutil
import socket

import huggingface_hub.constants
import pytest
import torch
from huggingface_hub.utils._http import default_client_factory, set_client_factory
from safetensors.torch import load_file

from encoder_lab.checkpoints import TASKS, load
from encoder_lab.forward import fill_mask
from tests.families import HEADED, save_tiny
from tests.stub_hub import StubHub


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A tiny checkpoint folder for each task."""
    root = tmp_path_factory.mktemp("checkpoints")
    return {task: save_tiny(root / task, task) for task in TASKS}


@pytest.fixture
def hub(folders, tmp_path, monkeypatch):
    """A stand-in hub that serves the tiny fill-mask checkpoint, and an empty cache."""
    with StubHub(folders["fill-mask"]) as stub:
        point_hub_at(stub.url, tmp_path / "cache", monkeypatch)
        yield stub


def point_hub_at(url, cache, monkeypatch):
    """What HF_ENDPOINT and HF_HUB_CACHE do, for a process in which they have been read already."""
    constants = huggingface_hub.constants
    monkeypatch.setattr(constants, "ENDPOINT", url)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", url + "/{repo_id}/resolve/{revision}/{filename}")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)


def closed_port():
    """A url on which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{found.getsockname()[1]}"


def test_the_hub_path_downloads_the_pinned_revision_once(hub):
    first = load("fill-mask", "hub")
    assert (first.source, first.revision) == ("hub", TASKS["fill-mask"].revision)
    assert len(fill_mask(first, "the [MASK] sat").choices[0]) == 5
    asked = len(hub.asked)
    load("fill-mask", "hub")
    assert len(hub.asked) == asked  # the second time nothing is asked


@pytest.mark.parametrize("task", TASKS)
def test_a_cache_laid_out_as_the_hub_lays_it_out_needs_no_network(folders, task, tmp_path, monkeypatch):
    known = TASKS[task]
    snapshot = tmp_path / f"models--{known.repository.replace('/', '--')}" / "snapshots" / known.revision
    shutil.copytree(folders[task], snapshot)
    tokenizer = json.loads((snapshot / "tokenizer.json").read_text())["model"]
    if task != "fill-mask":  # the originals carry these two as well
        merges = "\n".join(" ".join(m) if isinstance(m, list) else m for m in tokenizer["merges"])
        (snapshot / "merges.txt").write_text(merges, encoding="utf-8")
        (snapshot / "vocab.json").write_text(json.dumps(tokenizer["vocab"]), encoding="utf-8")
    point_hub_at(closed_port(), tmp_path, monkeypatch)
    checkpoint = load(task, "hub")
    assert type(checkpoint.model) is HEADED[task]
    assert checkpoint.revision == known.revision


WAY_OUT = "try again when the network is back, or use source='bundled', which needs none"


@pytest.mark.parametrize("name", ["config.json", "vocab.txt", "model.safetensors"])
def test_a_file_the_hub_does_not_have(hub, name):
    hub.missing.add(name)
    repository = TASKS["fill-mask"].repository
    with pytest.raises(OSError, match=f"^{name} of {repository} could not be had from the hub .*{WAY_OUT}$") as failure:
        load("fill-mask", "hub")
    assert "404" in str(failure.value) or "not found" in str(failure.value).lower()
    hub.missing.clear()
    assert load("fill-mask", "hub").source == "hub"


def test_a_file_cut_in_the_middle_is_not_trusted(hub, monkeypatch):
    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", lambda _: None)  # the client waits, then goes on
    hub.cut.add("model.safetensors")
    with pytest.raises(OSError, match=f"^model.safetensors of .* could not be had from the hub .*{WAY_OUT}$"):
        load("fill-mask", "hub")
    hub.cut.clear()
    found = load("fill-mask", "hub")
    whole = load_file(hub.folder / "model.safetensors")
    assert all(torch.equal(found.model.state_dict()[name], value) for name, value in whole.items())


@pytest.fixture
def requests(monkeypatch):
    """Every request the hub's client sends, with its time limits; it sends them as before."""
    sent = []

    def client():
        made = default_client_factory()
        made.event_hooks = made.event_hooks | {"request": [*made.event_hooks["request"], sent.append]}
        return made

    set_client_factory(client)
    yield sent
    set_client_factory(default_client_factory)


def test_a_hub_that_is_down_is_asked_once(tmp_path, monkeypatch, requests, capfd):
    point_hub_at(closed_port(), tmp_path, monkeypatch)
    with pytest.raises(OSError, match=f"^config.json of .* could not be had from the hub .*{WAY_OUT}$") as failure:
        load("fill-mask", "hub")
    assert len(requests) == 1 and "\n" not in str(failure.value)
    assert capfd.readouterr() == ("", "")
    assert not list(tmp_path.rglob("config.json"))


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_hub_that_cannot_serve_is_asked_once(hub, status, capfd):
    hub.status = status
    with pytest.raises(OSError, match=f"^config.json of .* could not be had from the hub .*{status}.*{WAY_OUT}$"):
        load("fill-mask", "hub")
    assert len(hub.asked) == 1
    assert capfd.readouterr() == ("", "")


def test_a_hub_that_is_switched_off_is_not_asked(hub, monkeypatch):
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(OSError, match=f"^config.json of .* could not be had from the hub .*{WAY_OUT}$"):
        load("fill-mask", "hub")
    assert hub.asked == []


def test_a_hub_must_take_the_call_at_once_and_may_answer_slowly(hub, requests):
    load("fill-mask", "hub")
    assert {request.method for request in requests} == {"HEAD", "GET"}
    limits = [request.extensions["timeout"] for request in requests]
    assert {limit["read"] for limit in limits} == {None}
    assert limits[0]["connect"] == 2  # the first is the one that finds nobody
    assert huggingface_hub.constants.HF_HUB_DOWNLOAD_TIMEOUT == 10  # the client's own, put back
