"""The originals' files from the hub: each downloaded once; a hub that cannot be reached is asked once, and named."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

CONNECT = 2.0  # seconds in which the hub must take the call; how long it then takes to answer is its own affair
ONE_AT_A_TIME = Lock()  # the hub's client has its settings once for all threads


def download(repository: str, revision: str, names: Sequence[str]) -> Path:
    """Bring files into the local cache, each only once, and return the folder they are in.

    A file that the cache has is not asked for. A download that was cut off goes on where it ended.

    Args:
        repository: "owner/name".
        revision: the whole commit.
        names: the files.

    Raises:
        OSError: a file could not be had; one sentence says which, and why.
    """
    from huggingface_hub import get_hf_file_metadata, hf_hub_download, hf_hub_url, try_to_load_from_cache
    from tqdm.auto import tqdm

    class Bar(tqdm):
        """A bar that clears itself, so that no dead widget is left in a saved notebook."""

        def __init__(self, *args, **options) -> None:
            super().__init__(*args, **options | {"leave": False})

    for name in names:
        path = try_to_load_from_cache(repository, name, revision=revision)
        if isinstance(path, str):
            continue
        try:
            # Asked once, and for nothing but whether it is there: the download itself would ask again and again.
            get_hf_file_metadata(hf_hub_url(repository, name, revision=revision), timeout=(CONNECT, None, None, None))
            with _patient():
                path = hf_hub_download(repository, name, revision=revision, tqdm_class=Bar, etag_timeout=None)
        except Exception as error:  # the hub's client raises its own, the network's and the disk's errors
            raise OSError(
                f"{name} of {repository} could not be had from the hub ({cause(error)}); "
                "try again when the network is back, or use source='bundled', which needs none"
            ) from error
    return Path(path).parent


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
        constants.HF_HUB_DOWNLOAD_TIMEOUT = (CONNECT, None, None, None)
        try:
            yield
        finally:
            constants.HF_HUB_DOWNLOAD_TIMEOUT = limit
