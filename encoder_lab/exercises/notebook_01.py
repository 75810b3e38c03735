"""Checks of notebook 01: from text to ids, and from ids to the vectors that enter the first layer."""

import torch
import transformers
from tokenizers.models import WordPiece
from torch import Tensor
from torch.nn.functional import layer_norm

from encoder_lab.exercises.compare import Wrong, compare_calls, same_numbers, short
from encoder_lab.exercises.exercise import Exercise, Quiz, run_given

TOY_VOCABULARY = """\
toy_vocabulary = {"a", "##a", "##able", "##believ", "##ize", "##izer", "##n", "##r", "##s", "token", "un"}"""
PADDED_ROWS = """\
mask = torch.tensor([[1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 0, 0], [1, 1, 0, 0, 0, 0]])  # 1 a real token, 0 padding
padding_id = 1"""
ONE_TOKEN = """\
word = torch.tensor([0.5, -1.0, 2.0, 0.0, 1.5])
position = torch.tensor([0.1, 0.3, -0.2, 0.4, -0.1])
segment = torch.tensor([0.2, 0.2, 0.1, -0.3, 0.0])
weight = torch.tensor([1.0, 0.5, 2.0, 1.0, 1.5])
bias = torch.tensor([0.0, 0.1, -0.1, 0.2, 0.0])
eps = 0.01  # far larger than BERT's 1e-12, so that you can see it"""

WORDS = ("un", "unbelievable", "tokenizers", "token", "unna", "token?", "xun", "tokenizen", "a")


def wordpiece(function: object) -> None:
    """Compare the pieces of several words with the tokenizers library's."""
    vocabulary = run_given(TOY_VOCABULARY)["toy_vocabulary"]
    compare_calls(function, _pieces, [(word, vocabulary) for word in WORDS], _same_pieces)


def character_stretch(function: object) -> None:
    """Compare stretches of a text's tokens, one token long and longer."""
    spans = torch.tensor([[0, 0], [0, 2], [2, 7], [7, 9], [10, 13], [14, 20], [20, 21], [0, 0]])
    compare_calls(function, _stretch, [(spans, 1, 1), (spans, 1, 3), (spans, 2, 5), (spans, 4, 6)], _same_span)


def position_ids(positions: object) -> None:
    """Compare with RoBERTa's own counting."""
    given = run_given(PADDED_ROWS)
    ids = torch.where(given["mask"] == 1, given["padding_id"] + 1, given["padding_id"])  # any id that is not padding's
    theirs = transformers.models.roberta.modeling_roberta.RobertaEmbeddings  # imported here: it takes seconds
    same_numbers(positions, theirs.create_position_ids_from_input_ids(ids, given["padding_id"]))


def embedding_by_hand(output: object) -> None:
    """Compare with torch's LayerNorm of the sum."""
    given = run_given(ONE_TOKEN)
    total = given["word"] + given["position"] + given["segment"]
    same_numbers(output, layer_norm(total, total.shape, given["weight"], given["bias"], given["eps"]))


def _pieces(word: str, vocabulary: set[str]) -> list[str]:
    """Cut a word with the tokenizers library."""
    numbered = {piece: number for number, piece in enumerate(sorted(vocabulary | {"[UNK]"}))}
    return [token.value for token in WordPiece(numbered, unk_token="[UNK]").tokenize(word)]


def _same_pieces(got: object, wanted: list[str], what: str) -> None:
    """Demand the same pieces in the same order."""
    if not isinstance(got, list | tuple) or not all(isinstance(piece, str) for piece in got):
        raise Wrong(f"{what[0].upper()}{what[1:]} is {short(got)}; a list of strings is needed.")
    if list(got) != wanted:
        raise Wrong(f"{what[0].upper()}{what[1:]} is {short(list(got))}; {short(wanted)} is wanted.")


def _stretch(spans: Tensor, first: int, last: int) -> Tensor:
    """Find where the first token starts and the last one ends."""
    return torch.stack([spans[first : last + 1, 0].min(), spans[first : last + 1, 1].max()])


def _same_span(got: object, wanted: Tensor, what: str) -> None:
    """Demand the same start and end."""
    same_numbers(got, wanted, what=what)


EXERCISES = (
    Exercise(
        name="wordpiece",
        task=(
            "Write `wordpiece(word, vocabulary)`, which cuts one lower-case word into pieces as BERT does: take the "
            "longest piece of the vocabulary the word starts with, then the longest that continues it, written with "
            '`##` in front, until nothing is left. If at any point no piece fits, the whole word becomes `["[UNK]"]`.'
        ),
        given=TOY_VOCABULARY,
        cell="def wordpiece(word, vocabulary):\n    return ...",
        answer="wordpiece",
        compare=wordpiece,
        hints=(
            "From where you stand, try the whole rest of the word first and drop one letter at a time from its end.",
            'Look up "##" + rest everywhere but at the start; when even one letter is not there, return ["[UNK]"] '
            "alone.",
        ),
    ),
    Exercise(
        name="character_stretch",
        task=(
            "`spans` holds, for each token, the character where it starts in the text and the character after its "
            "last. Write `stretch(spans, first, last)`, which gives the `(start, end)` of everything from token "
            "`first` to token `last`, both included, so that `text[start:end]` reads it."
        ),
        given="",
        cell="def stretch(spans, first, last):\n    return ...",
        answer="stretch",
        compare=character_stretch,
        hints=(
            "Two numbers of the table are enough: one from the row of the first token, one from the row of the last.",
            "Column 0 starts, column 1 ends. The end is already one past the last character, as a slice wants it.",
        ),
    ),
    Exercise(
        name="position_ids",
        task=(
            "RoBERTa numbers the real tokens of each row from `padding_id + 1` upwards and gives every padding token "
            "the number `padding_id`. Write the position ids of this batch, a tensor of the same shape as `mask`."
        ),
        given=PADDED_ROWS,
        cell="positions = ...",
        answer="positions",
        compare=position_ids,
        hints=(
            "mask.cumsum(dim=1) counts the real tokens of each row from 1.",
            "Counting goes on over the padding; multiplying by the mask sets it to 0 there, and then the shift comes.",
        ),
    ),
    Exercise(
        name="embedding_by_hand",
        task=(
            "One token's three vectors, five numbers wide. Give what leaves the embedding layer: add them, take away "
            "the mean, divide by the square root of the variance plus `eps`, then scale by `weight` and shift by "
            "`bias`."
        ),
        given=ONE_TOKEN,
        cell="output = ...",
        answer="output",
        compare=embedding_by_hand,
        hints=(
            "The variance is the mean of the squared distances: divide by 5, where torch's .var() divides by 4.",
            "eps joins the variance under the root; weight and bias come last, after the division.",
        ),
    ),
    Quiz(
        name="quiz_padding",
        question="A text of 6 tokens is padded to 10 and the mask says so. What changes in the hidden states of the 6 "
        "real tokens?",
        options=(
            "nothing beyond rounding: nobody looks at the padding",
            "they shrink, because attention is shared among 10",
            "only the last real token changes, since it stands beside the padding",
            "they all change, since positions are counted from the end",
        ),
        right="a",
        remarks=(
            "The padding's weights are 0, so it hands nothing over.",
            "The mask takes the padding out before the softmax, so each row's weights still sum to 1 over the 6.",
            "Attention knows no neighbours; whatever the mask shuts out is shut out for every token.",
            "Positions are counted from the start, and padding stands on the right.",
        ),
    ),
    Quiz(
        name="quiz_static",
        question='You look up the row of "bank" in the table of word embeddings for "the river bank" and for "the '
        "bank's loan\". What do you find?",
        options=(
            "two different rows, one for each sense",
            "the same row: the sense can come only from the layers above",
            "the same row for the subject of a sentence, another for its object",
            "rows that differ a little, because the positions differ",
        ),
        right="b",
        remarks=(
            "The table has one row for each id, and both texts hold the same id.",
            "One id, one row; notebook 02 watches the two drift apart, layer by layer.",
            "The table knows nothing of the sentence; it is looked up by id alone.",
            "Positions have a table of their own; they join when the parts are added, not in this row.",
        ),
    ),
)
