"""Checks of notebook 01: from text to ids, and from ids to the vectors that enter the first layer."""

import torch
import transformers
from tokenizers.models import WordPiece
from torch.nn.functional import layer_norm

from encoder_lab.exercises.compare import Wrong, each_result, same_numbers, short
from encoder_lab.exercises.exercise import Exercise, Quiz


def _wordpiece(pieces: object, exercise: Exercise) -> None:
    """Compare the pieces of several words with the tokenizers library's."""
    given = exercise.run_given()
    numbered = {piece: number for number, piece in enumerate(sorted(given["toy_vocabulary"] | {"[UNK]"}))}
    library = WordPiece(numbered, unk_token="[UNK]")
    for word, got, what in each_result(given["words"], pieces):
        wanted = [token.value for token in library.tokenize(word)]
        if not isinstance(got, list | tuple) or not all(isinstance(piece, str) for piece in got):
            raise Wrong(exercise.say("no_list", what=what, got=short(got)))
        if list(got) != wanted:
            raise Wrong(exercise.say("other_pieces", what=what, got=short(list(got)), wanted=short(wanted)))


def _character_stretch(stretches: object, exercise: Exercise) -> None:
    """Compare stretches of a text's tokens, one token long and longer."""
    given = exercise.run_given()
    for (first, last), got, what in each_result(given["from_to"], stretches):
        inside = given["spans"][first : last + 1]
        same_numbers(got, torch.stack([inside[:, 0].min(), inside[:, 1].max()]), what=what)


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
