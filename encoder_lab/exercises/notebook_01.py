"""Checks of notebook 01: from text to ids, and from ids to the vectors that enter the first layer."""

import torch
import transformers
from tokenizers.models import WordPiece
from torch import Tensor
from torch.nn.functional import layer_norm

from encoder_lab.exercises.compare import Wrong, each_result, short
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
        begin, end, last_begins = inside[0, 0].item(), inside[-1, 1].item(), inside[-1, 0].item()
        slips = {
            "begins_twice": [begin, last_begins],
            "one_too_far": [begin, end + 1],
            "one_too_short": [begin, end - 1],
            "a_length": [begin, end - begin],
            "of_tokens": ([first, last], [first, last + 1]),
        }
        exercise.same(got, torch.tensor([begin, end]), slips, tell=True, what=what)


def _position_ids(positions: object, exercise: Exercise) -> None:
    """Compare with RoBERTa's own counting."""
    given = exercise.run_given()
    mask, offset = given["mask"], given["padding_id"] + 1
    counted = mask.cumsum(dim=1)
    slips = {
        "from_0": (torch.arange(mask.shape[1]).expand_as(mask), torch.arange(mask.shape[1]) * mask),
        "padding_counted": (counted + given["padding_id"], torch.arange(mask.shape[1]).expand_as(mask) + offset),
        "no_offset": (counted, counted * mask),
        "shifted_too_early": (counted + given["padding_id"]) * mask,
        "one_too_many": counted * mask + offset,
        "down_the_rows": mask.cumsum(dim=0) * mask + given["padding_id"],
    }
    ids = torch.where(given["mask"] == 1, given["padding_id"] + 1, given["padding_id"])  # any id that is not padding's
    theirs = transformers.models.roberta.modeling_roberta.RobertaEmbeddings  # imported here: it takes seconds
    exercise.same(positions, theirs.create_position_ids_from_input_ids(ids, given["padding_id"]), slips, tell=True)


def _embedding_by_hand(output: object, exercise: Exercise) -> None:
    """Compare with torch's LayerNorm of the sum."""
    given = exercise.run_given()
    weight, bias, eps = given["weight"], given["bias"], given["eps"]
    total = given["word"] + given["position"] + given["segment"]
    centred, variance = total - total.mean(), total.var(correction=0)
    slips = {
        "not_normalised": (total, total * weight + bias),
        "divided_by_4": centred / (total.var() + eps).sqrt() * weight + bias,
        "eps_outside": centred / (variance.sqrt() + eps) * weight + bias,
        "no_eps": centred / variance.sqrt() * weight + bias,
        "no_weight_no_bias": centred / (variance + eps).sqrt(),
        "no_bias": centred / (variance + eps).sqrt() * weight,
        "no_root": centred / (variance + eps) * weight + bias,
        "mean_kept": total / (variance + eps).sqrt() * weight + bias,
        "no_segment": _normed(given["word"] + given["position"], weight, bias, eps),
        "no_position": _normed(given["word"] + given["segment"], weight, bias, eps),
    }
    exercise.same(output, _normed(total, weight, bias, eps), slips)


def _normed(total: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
    """Normalise by torch's own LayerNorm."""
    return layer_norm(total, total.shape, weight, bias, eps)


EXERCISES = (
    Exercise("notebook_01", _wordpiece, 10),
    Exercise("notebook_01", _character_stretch, 4),
    Exercise("notebook_01", _position_ids, 5),
    Exercise("notebook_01", _embedding_by_hand, 5, decimals=3),
    Quiz("notebook_01", "quiz_padding", right="a"),
    Quiz("notebook_01", "quiz_static", right="b"),
)
