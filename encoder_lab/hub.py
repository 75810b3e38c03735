"""A repository's files from the hub: each downloaded once; a hub that cannot be reached is asked once, and named."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from encoder_lab.written import write_whole

CONNECT = 2.0  # seconds in which the hub must take the call; how long it then takes to answer is its own affair
PATIENT = (CONNECT, None, None, None)  # to connect, to read, to write, to get a connection
ONE_AT_A_TIME = Lock()  # the hub's client has its settings once for all threads

WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"  # whole, or the list of the shards
SMALL = (".json", ".txt", ".model")  # configuration and tokenizer
_WAY_OUT = "try again when the network is back, or use source='bundled', which needs none"
OTHERS = "training_args", "optimizer", "tf_model", "flax_model", "openvino", "onnx", "generation_config"


def download(repository: str, revision: str | None = None) -> tuple[Path, str, set[str]]:
    """Bring a repository's configuration, tokenizer and weights into the local cache, each file only once.

    What the cache has whole is not asked for where the revision is a commit, or the hub out of reach. A download that
    was cut off goes on where it ended.

    Args:
        repository: "owner/name".
        revision: a branch, a tag or a commit; None for the main branch.

    Returns:
        (the folder they are in, the whole commit they are of, the names of all files of the repository that are known).

    Raises:
        OSError: they could not be had; one sentence says why.
    """
    from huggingface_hub import HfApi, constants, errors

    wanted = revision or "main"
    known = _cached(repository, wanted)
    if known and re.fullmatch("[0-9a-f]{40}", wanted):
        return known, wanted, _names(known)
    what = repository if revision is None else f"{repository} at revision {revision}"
    if constants.HF_HUB_OFFLINE:
        if known:
            return known, known.name, _names(known)
        raise OSError(f"{what} is not in the cache, and HF_HUB_OFFLINE keeps this from asking the hub; {_WAY_OUT}")
    try:
        info = HfApi().model_info(repository, revision=revision, timeout=PATIENT)
        names = [each.rfilename for each in info.siblings]
    except errors.GatedRepoError as error:
        raise OSError(
            f"{repository} is gated: its owners give access one by one; ask for it on its page of the hub, then run "
            "`hf auth login`"
        ) from error
    except errors.RepositoryNotFoundError as error:
        raise OSError(
            f"there is no folder {repository!r} here, and the hub has no repository of that name that it would show; "
            "look the name up, and if the repository is private run `hf auth login`"
        ) from error
    except errors.RevisionNotFoundError as error:
        raise OSError(
            f"{repository} has no revision {revision!r}; give one of its branches, tags or commits, or leave it out"
        ) from error
    except Exception as error:  # the hub's client raises its own and the network's errors
        if known:
            return known, known.name, _names(known)
        raise OSError(f"{what} could not be had from the hub ({cause(error)}); {_WAY_OUT}") from error
    folder = None
    for name in sorted(filter(_needed, names), key=lambda name: name.endswith(".safetensors")):  # weights come last
        folder = _fetch(repository, info.sha, name).parent
    if folder is None:
        raise OSError(f"{what} has no config.json; it holds no model that could be read")
    if wanted != info.sha:  # as the hub's own client notes what a branch stood for last
        note = folder.parents[1] / "refs" / wanted
        write_whole(note, info.sha)
    return folder, info.sha, set(names)


def _needed(name: str) -> bool:
    """Say whether a file of a repository is read: of the weights the safetensors, whole or in shards."""
    if "/" in name or name.startswith(OTHERS):
        return False
    return name == WEIGHTS or name.endswith(SMALL) or bool(re.fullmatch(r"model-\d+-of-\d+\.safetensors", name))


def _cached(repository: str, revision: str) -> Path | None:
    """Find the folder of a revision in the cache, if it is whole: weights come last, so where they are all is."""
    from huggingface_hub import try_to_load_from_cache

    config = try_to_load_from_cache(repository, "config.json", revision=revision)
    if not isinstance(config, str):
        return None
    folder = Path(config).parent
    needed = [WEIGHTS]
    if (folder / INDEX).is_file():
        needed = shards(folder / INDEX)
    return folder if all((folder / name).is_file() for name in needed) else None


def _names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


def shards(index: Path) -> list[str]:
    """List the files that hold a model's weights in shards."""
    return sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))


def _fetch(repository: str, commit: str, name: str) -> Path:
    """Bring one file into the cache, unless it is there."""
    from huggingface_hub import get_hf_file_metadata, hf_hub_download, hf_hub_url, try_to_load_from_cache
    from tqdm.auto import tqdm

    class Bar(tqdm):
        """A bar that clears itself, so that no dead widget is left in a saved notebook."""

        def __init__(self, *args, **options) -> None:
            super().__init__(*args, **options | {"leave": False})

    path = try_to_load_from_cache(repository, name, revision=commit)
    if isinstance(path, str):
        return Path(path)
    try:
        # Asked once, and for nothing but whether it is there: the download itself would ask again and again.
        get_hf_file_metadata(hf_hub_url(repository, name, revision=commit), timeout=PATIENT)
        with _patient():
            return Path(hf_hub_download(repository, name, revision=commit, tqdm_class=Bar, etag_timeout=None))
    except Exception as error:  # the hub's client raises its own, the network's and the disk's errors
        raise OSError(f"{name} of {repository} could not be had from the hub ({cause(error)}); {_WAY_OUT}") from error


def cause(error: BaseException) -> str:
    """Say in a few words what lies at the bottom of an error."""
    while error.__cause__ is not None:
        error = error.__cause__
    return f"{type(error).__name__}: {str(error).strip().splitlines()[0][:120]}" if str(error) else type(error).__name__


@contextmanager
def _patient() -> Iterator[None]:
    """Let a download take as long as it takes from one byte to the next, and put the client's own limit back."""
    from huggingface_hub import constants

    with ONE_AT_A_TIME:
        limit = constants.HF_HUB_DOWNLOAD_TIMEOUT
        constants.HF_HUB_DOWNLOAD_TIMEOUT = PATIENT
        try:
            yield
        finally:
            constants.HF_HUB_DOWNLOAD_TIMEOUT = limit
