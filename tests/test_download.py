"""The originals' files from a stand-in hub on 127.0.0.1: had once, resumed, and refused in one sentence."""

import json
import pickle
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


PINNED = f"{TASKS['fill-mask'].repository} at revision {TASKS['fill-mask'].revision}"
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
    with pytest.raises(OSError, match=f"^{PINNED} could not be had from the hub .*{WAY_OUT}$") as failure:
        load("fill-mask", "hub")
    assert len(requests) == 1 and "\n" not in str(failure.value)
    assert capfd.readouterr() == ("", "")
    assert not list(tmp_path.rglob("config.json"))


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_hub_that_cannot_serve_is_asked_once(hub, status, capfd):
    hub.status = status
    with pytest.raises(OSError, match=f"^{PINNED} could not be had from the hub .*{status}.*{WAY_OUT}$"):
        load("fill-mask", "hub")
    assert len(hub.asked) == 1
    assert capfd.readouterr() == ("", "")


def test_a_hub_that_is_switched_off_is_not_asked(hub, monkeypatch):
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(OSError, match=f"^{PINNED} is not in the cache, and HF_HUB_OFFLINE keeps .*{WAY_OUT}$"):
        load("fill-mask", "hub")
    with pytest.raises(OSError, match=f"^owner/name is not in the cache, and HF_HUB_OFFLINE keeps .*{WAY_OUT}$"):
        load("fill-mask", "owner/name")
    assert hub.asked == []


def test_a_hub_must_take_the_call_at_once_and_may_answer_slowly(hub, requests):
    load("fill-mask", "hub")
    assert {request.method for request in requests} == {"HEAD", "GET"}
    limits = [request.extensions["timeout"] for request in requests]
    assert {limit["read"] for limit in limits} == {None}
    assert limits[0]["connect"] == 2  # the first is the one that finds nobody
    assert huggingface_hub.constants.HF_HUB_DOWNLOAD_TIMEOUT == 10  # the client's own, put back


def test_any_repository_is_loaded_by_its_name_and_its_commit_is_kept(hub, monkeypatch):
    found = load("fill-mask", "owner/name")
    assert (found.source, found.revision) == ("owner/name", hub.newest)
    hub.newest = "b" * 40
    assert load("fill-mask", "owner/name").revision == "b" * 40  # the newest, which is asked for
    asked = len(hub.asked)
    again = load("fill-mask", "owner/name", revision="a" * 40)
    assert again.revision == "a" * 40 and len(hub.asked) == asked  # a commit that the cache has
    with pytest.raises(OSError, match="owner/name has no revision 'v9'; give one of its branches, tags or commits"):
        load("fill-mask", "owner/name", revision="v9")
    point_hub_at(closed_port(), huggingface_hub.constants.HF_HUB_CACHE, monkeypatch)
    assert load("fill-mask", "owner/name").revision == "b" * 40  # the network is down: what the cache has last
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    assert load("fill-mask", "owner/name").revision == "b" * 40


def test_a_record_from_a_pickle_finds_the_same_commit_again(hub):
    record = pickle.loads(pickle.dumps(fill_mask(load("fill-mask", "owner/name"), "the [MASK] sat")))
    hub.newest = "b" * 40
    assert record.head.logits.shape[-1] == 41 and record.reader.checkpoint.revision == "a" * 40


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        ((401, "RepoNotFound"), "there is no folder 'owner/name' here, and the hub has no repository of that name"),
        ((404, "RepoNotFound"), "there is no folder 'owner/name' here, and the hub has no repository of that name"),
        ((403, "GatedRepo"), "owner/name is gated: its owners give access one by one; ask for it on its page"),
    ],
)
def test_a_repository_that_is_not_there_or_not_for_all(hub, refused, said):
    hub.refused = refused
    with pytest.raises(OSError, match=f"^{said}") as failure:
        load("fill-mask", "owner/name")
    assert "\n" not in str(failure.value) and len(hub.asked) == 1


def test_a_repository_with_a_pickle_alone_is_refused_before_it_comes_here(hub):
    (hub.folder / "model.safetensors").rename(hub.folder / "pytorch_model.bin")
    try:
        with pytest.raises(
            FileNotFoundError, match="has no model.safetensors, only weights as a pickle, which could run"
        ):
            load("fill-mask", "owner/name")
    finally:
        (hub.folder / "pytorch_model.bin").rename(hub.folder / "model.safetensors")
    assert not {name for _, name, _ in hub.asked} & {"pytorch_model.bin", "model.safetensors"}


def test_an_existing_folder_wins_over_a_repository_of_its_name(hub, tmp_path, monkeypatch):
    shutil.copytree(hub.folder, tmp_path / "owner" / "name")
    monkeypatch.chdir(tmp_path)
    found = load("fill-mask", "owner/name")
    assert (found.source, found.revision, hub.asked) == ("owner/name", None, [])
    with pytest.raises(
        ValueError, match="revision is 'main', and 'owner/name' is a folder, which has none; leave it out"
    ):
        load("fill-mask", "owner/name", revision="main")


@pytest.mark.parametrize(
    "source", ["name", "./owner/name", "~/name", "/owner/name", "a/b/c", "owner/", "/name", ".o/n"]
)
def test_what_is_neither_a_folder_nor_a_repository_s_name_is_not_asked_for(hub, source):
    with pytest.raises(ValueError, match="there is no such folder, and a repository of the hub is written owner/name"):
        load("fill-mask", source)
    assert hub.asked == []
