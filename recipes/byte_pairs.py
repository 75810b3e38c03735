"""A smaller byte-level BPE: RoBERTa's merges that our text uses most, with every byte and every kept piece's parts."""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from transformers import RobertaTokenizer

from recipes.files import read

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")  # ids 0 to 3, as RoBERTa's; <mask> is the last id
MASK = "<mask>"


def read_roberta(folder: Path) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Read RoBERTa's own vocabulary (piece -> id) and merges (in the order in which they are tried)."""
    lines = read(folder, "roberta_bpe/merges.txt").splitlines()
    merges = [tuple(line.split(" ")) for line in lines if not line.startswith("#version")]
    return json.loads(read(folder, "roberta_bpe/vocab.json")), merges


def build_tokenizer(vocabulary: dict[str, int], merges: list[tuple[str, str]], longest: int) -> RobertaTokenizer:
    """Make a RoBERTa tokenizer for texts of at most `longest` tokens."""
    return RobertaTokenizer(vocab=vocabulary, merges=merges, model_max_length=longest)


def count_pieces(tokenizer: RobertaTokenizer, lines: Iterable[str]) -> Counter[str]:
    """Count how often each piece occurs in `lines`."""
    counts: Counter[str] = Counter()
    for encoding in tokenizer.backend_tokenizer.encode_batch(list(lines), add_special_tokens=False):
        counts.update(encoding.tokens)
    return counts


def trim(
    vocabulary: dict[str, int], merges: list[tuple[str, str]], counts: Counter[str], size: int
) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Choose which pieces and merges to keep.

    Args:
        vocabulary: piece -> id in the full vocabulary.
        merges: all merges, first tried first.
        counts: piece -> how often our text uses it.
        size: how many pieces to keep at most, the bytes and the special ones (261 in all) among them.

    Returns:
        (vocabulary, merges): all 256 bytes (so that no text is unknown) and the most used pieces, each together
        with the pieces it is merged from; ids are new, in the order of the old ones, `MASK` last.
    """
    parts = {left + right: (left, right) for left, right in merges}
    special = {*SPECIAL, MASK}
    kept = {piece for piece in vocabulary if piece not in parts and len(piece) == 1}

    def ancestry(piece: str) -> set[str]:
        """List the piece and what it is merged from, but for what is kept already."""
        if piece in kept:
            return set()
        left, right = parts[piece]
        return {piece} | ancestry(left) | ancestry(right)

    for piece in sorted((p for p in vocabulary if p in parts), key=lambda p: (-counts[p], vocabulary[p])):
        new = ancestry(piece)
        if len(kept) + len(new) <= size - len(special):
            kept |= new
        if len(kept) == size - len(special):
            break
    pieces = [*SPECIAL, *sorted(kept, key=vocabulary.__getitem__), MASK]
    return {piece: i for i, piece in enumerate(pieces)}, [pair for pair in merges if pair[0] + pair[1] in kept]
