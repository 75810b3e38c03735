"""A smaller WordPiece vocabulary: the pieces our text uses most, every ASCII character, and words students try."""

import string
from collections import Counter
from collections.abc import Iterable

from transformers import BertTokenizerFast

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")

# Kept however seldom our text uses them, if MiniLM has them whole: what people type first into a model.
CLASSROOM = """
hello hi hey goodbye bye thanks please sorry welcome yes no okay bert transformer encoder vector python
software computer internet email website robot programmer engineer scientist professor teacher student doctor
nurse dentist lawyer plumber carpenter farmer baker barber tailor pilot soldier painter librarian receptionist
secretary mechanic waiter waitress surgeon electrician cat dog mouse rabbit horse cow pig sheep goat chicken
duck lion tiger bear wolf fox elephant giraffe zebra monkey penguin whale dolphin shark snake frog spider bee
butterfly owl eagle parrot bat apple banana orange lemon grape strawberry cherry tomato potato carrot onion
rice pasta pizza bread cheese butter chocolate cake cookie sandwich soup salad coffee tea milk juice beer wine
breakfast lunch dinner red green blue yellow purple pink brown grey black white monday tuesday wednesday
thursday friday saturday sunday january february march april may june july august september october november
december spring summer autumn winter rain snow sun moon umbrella bicycle guitar piano violin drums tennis
football soccer basketball baseball hockey paris london berlin rome madrid vienna lisbon athens dublin moscow
tokyo beijing delhi cairo nairobi sydney toronto france england germany italy spain austria portugal greece
ireland russia japan china india egypt kenya australia canada mexico brazil england europe africa asia america
french german italian spanish russian japanese chinese english kitchen bedroom garden museum airport passport
birthday wedding homework
""".split()


def count_pieces(tokenizer: BertTokenizerFast, lines: Iterable[str]) -> Counter[int]:
    """Count how often each piece id of `tokenizer` occurs in `lines`."""
    counts: Counter[int] = Counter()
    for ids in tokenizer(list(lines), add_special_tokens=False)["input_ids"]:
        counts.update(ids)
    return counts


def trim_vocabulary(vocabulary: dict[str, int], counts: Counter[int], size: int) -> list[str]:
    """Choose which pieces to keep.

    Args:
        vocabulary: piece -> id in the full vocabulary.
        counts: id -> how often our text uses it.
        size: how many pieces to keep.

    Returns:
        `size` pieces in the order of their old ids: the special ones, every printable ASCII character alone and
        as a continuation (so that no English word becomes [UNK]), `CLASSROOM`, and the most used of the rest.
    """
    ascii_pieces = {c for c in string.printable if c in vocabulary} | {f"##{c}" for c in string.printable}
    kept = {p for p in (*SPECIAL, *ascii_pieces, *CLASSROOM) if p in vocabulary}
    by_use = sorted(vocabulary, key=lambda piece: (-counts[vocabulary[piece]], vocabulary[piece]))
    for piece in by_use:
        if len(kept) == size:
            break
        kept.add(piece)
    return sorted(kept, key=vocabulary.__getitem__)
