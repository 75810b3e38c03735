"""Plain text for masked-language modelling: which files, checked by hash, split into training and held-out text."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from recipes.files import read


@dataclass(frozen=True)
class Source:
    """One text file: how it is cut into examples and how often it is read."""

    name: str  # the file is text/<name>.txt
    running: bool  # True: lines follow one another and are packed together; False: each line stands alone
    passes: int  # how often an epoch reads it
    modern: bool  # False for texts of before about 1950


SOURCES = (
    Source("tatoeba", running=False, passes=2, modern=True),
    Source("squad_paragraphs", running=True, passes=2, modern=True),
    Source("wiki_split", running=False, passes=2, modern=True),
    Source("onestop_english", running=True, passes=2, modern=True),
    Source("wordnet_glosses", running=False, passes=1, modern=True),
    Source("movie_reviews", running=True, passes=1, modern=True),
    Source("sentence_polarity", running=False, passes=1, modern=True),
    Source("subjectivity", running=False, passes=1, modern=True),
    Source("pros_cons", running=False, passes=1, modern=True),
    Source("state_union", running=True, passes=1, modern=True),
    Source("inaugural", running=True, passes=1, modern=False),
    Source("novels", running=True, passes=1, modern=False),
)

HELD_OUT_ONE_IN = 64  # about 1.5 % of every source is kept for choosing among recipes, as much for the card's figures
CHOICE, TEST = 32, 16  # the number, among 64 blocks, of the one that is kept for each
BLOCK = 20  # running text is held out in blocks of this many lines, so that neighbours do not tell
SHARED_RUN = 8  # a training text that shares this many words in a row with held-out text is dropped


def read_source(folder: Path, source: Source) -> list[str]:
    """Read one source's lines, each distinct line once, in the file's order; errors as in `files.read`."""
    raw = read(folder, f"text/{source.name}.txt").splitlines()
    lines = (" ".join(line.replace("\ufeff", "").split()) for line in raw)
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


def pack(lines: list[list[int]], longest: int, running: bool) -> list[list[int]]:
    """Make examples of at most `longest` ids.

    Args:
        lines: the ids of each line, without special tokens.
        longest: how many ids an example may have, without [CLS] and [SEP].
        running: True joins neighbouring lines while they fit; False keeps each line apart.

    Returns:
        The examples' ids; a longer line is cut into several.
    """
    examples: list[list[int]] = []
    for line in lines:
        for start in range(0, len(line), longest):
            piece = line[start : start + longest]
            if running and examples and len(examples[-1]) + len(piece) <= longest:
                examples[-1] = examples[-1] + piece
            else:
                examples.append(piece)
    return examples
