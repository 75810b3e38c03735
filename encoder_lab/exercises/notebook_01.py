"""Checks of notebook 01: from text to ids, and from ids to the vectors that enter the first layer."""

import torch
import transformers
from tokenizers.models import WordPiece
from torch import Tensor
from torch.nn.functional import layer_norm

from encoder_lab.exercises.compare import Wrong, compare_calls, same_numbers, short
from encoder_lab.exercises.exercise import Exercise, Quiz

WORDS = ("un", "unbelievable", "tokenizers", "token", "unna", "token?", "xun", "tokenizen", "a")


def _wordpiece(function: object, exercise: Exercise) -> None:
    """Compare the pieces of several words with the tokenizers library's."""
    vocabulary = exercise.run_given()["toy_vocabulary"]
    numbered = {piece: number for number, piece in enumerate(sorted(vocabulary | {"[UNK]"}))}

    def pieces(word: str, vocabulary: set[str]) -> list[str]:
        return [token.value for token in WordPiece(numbered, unk_token="[UNK]").tokenize(word)]

    def same_pieces(got: object, wanted: list[str], what: str) -> None:
        if not isinstance(got, list | tuple) or not all(isinstance(piece, str) for piece in got):
            raise Wrong(exercise.say("no_list", what=what, got=short(got)))
        if list(got) != wanted:
            raise Wrong(exercise.say("other_pieces", what=what, got=short(list(got)), wanted=short(wanted)))

    compare_calls(function, pieces, [(word, vocabulary) for word in WORDS], same_pieces)


def _character_stretch(function: object, exercise: Exercise) -> None:
    """Compare stretches of a text's tokens, one token long and longer."""
    spans = torch.tensor([[0, 0], [0, 2], [2, 7], [7, 9], [10, 13], [14, 20], [20, 21], [0, 0]])

    def stretch(spans: Tensor, first: int, last: int) -> Tensor:
        return torch.stack([spans[first : last + 1, 0].min(), spans[first : last + 1, 1].max()])

    def same_span(got: object, wanted: Tensor, what: str) -> None:
        same_numbers(got, wanted, what=what)

    compare_calls(function, stretch, [(spans, 1, 1), (spans, 1, 3), (spans, 2, 5), (spans, 4, 6)], same_span)


def _position_ids(positions: object, exercise: Exercise) -> None:
    """Compare with RoBERTa's own counting."""
    given = exercise.run_given()
    ids = torch.where(given["mask"] == 1, given["padding_id"] + 1, given["padding_id"])  # any id that is not padding's
    theirs = transformers.models.roberta.modeling_roberta.RobertaEmbeddings  # imported here: it takes seconds
    same_numbers(positions, theirs.create_position_ids_from_input_ids(ids, given["padding_id"]))


def _embedding_by_hand(output: object, exercise: Exercise) -> None:
    """Compare with torch's LayerNorm of the sum."""
    given = exercise.run_given()
    total = given["word"] + given["position"] + given["segment"]
    same_numbers(output, layer_norm(total, total.shape, given["weight"], given["bias"], given["eps"]))


EXERCISES = (
    Exercise("notebook_01", _wordpiece),
    Exercise("notebook_01", _character_stretch),
    Exercise("notebook_01", _position_ids),
    Exercise("notebook_01", _embedding_by_hand),
    Quiz("notebook_01", "quiz_padding", right="a"),
    Quiz("notebook_01", "quiz_static", right="b"),
)
