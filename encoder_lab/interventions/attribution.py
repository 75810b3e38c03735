"""A watched number shared out among the tokens: integrated gradients on the word vectors, and gradient x input."""

import torch
from torch import Tensor

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.embeddings import embed
from encoder_lab.forward.batches import SHOW_BAR
from encoder_lab.interventions.stepwise import row_batches, run
from encoder_lab.interventions.target import read
from encoder_lab.progress import progress_bar
from encoder_lab.records import Attribution, Target
from encoder_lab.surroundings import give_memory_back, undisturbed
from encoder_lab.whole import whole_number

BASELINES = ("mask", "zero")
WORK = 3  # forward and back cost about three times as much as forward alone, in time and in memory


def integrated_gradients(
    checkpoint: Checkpoint, target: Target, baseline: str = "mask", steps: int = 200
) -> Attribution:
    """Share out what a watched number gains on the straight way from a baseline to the text.

    The word vectors move, all at once, from the baseline's to the text's; positions and segments stay. At each step
    the gradient says how much every vector moves the number. Special tokens are the same at both ends and get 0.

    Args:
        checkpoint: from `load`, of any task.
        target: the text and the number, from `watch`.
        baseline: "mask" puts the mask token's vector in the place of every word, "zero" puts zeros there.
        steps: points on the way, 1 or more; each is the middle of a stretch of equal length.

    Returns:
        Each token's share. They sum to text minus baseline, up to a gap that more steps make smaller.

    Raises:
        TypeError: `steps` is not a whole number.
        ValueError: `steps` is below 1, or there is no such baseline.

    Source: Sundararajan et al. 2017, eq. 3 (arXiv:1703.01365), with the middle of each stretch for its end.
    """
    steps = whole_number("steps", steps, least=1)
    word = _word_vectors(checkpoint, target)
    start = _baseline_vectors(checkpoint, target, baseline)
    shares = (torch.arange(steps, dtype=word.dtype, device=word.device) + 0.5) / steps  # of the way: 0 to 1
    total = torch.zeros_like(word)
    work = WORK * steps * word.shape[1] * checkpoint.model.num_parameters()
    with progress_bar(steps, "integrating", "steps", work > SHOW_BAR) as bar:
        for rows in row_batches(steps, WORK * word.shape[1]):
            points = start + shares[rows, None, None] * (word - start)  # (rows, T, D)
            total += _gradient(checkpoint, target, points).sum(dim=0)
            bar.update(len(rows))
    give_memory_back()
    scores = ((word - start) * total / steps).sum(dim=-1)[0]  # (T,)
    nothing = _value_of(checkpoint, target, start)
    return Attribution(target, "integrated gradients", baseline, steps, scores.cpu(), nothing)


def gradient_times_input(checkpoint: Checkpoint, target: Target) -> Attribution:
    """Multiply each word vector by the gradient of a watched number at it.

    One look at the text itself: cheap, and right where the number is a straight function of the vectors, which it is
    not. The scores need not sum to anything; the gap of the record is the one to the zero baseline.

    Args:
        checkpoint: from `load`, of any task.
        target: the text and the number, from `watch`.

    Source: Shrikumar et al. 2016 (arXiv:1605.01713); Denil et al. 2014 (arXiv:1412.6815).
    """
    word = _word_vectors(checkpoint, target)
    scores = (word * _gradient(checkpoint, target, word)).sum(dim=-1)[0]  # (T,)
    zero = _value_of(checkpoint, target, torch.zeros_like(word))
    return Attribution(target, "gradient x input", None, 1, scores.cpu(), zero)


@undisturbed()
def _word_vectors(checkpoint: Checkpoint, target: Target) -> Tensor:
    """Look up the watched text's word vectors, (1, T, D)."""
    return _look_up(checkpoint, target, target.tokens.ids)


@undisturbed()
def _baseline_vectors(checkpoint: Checkpoint, target: Target, baseline: str) -> Tensor:
    """Give the word vectors of a text that says nothing: its special tokens with masks or zeros between, (1, T, D).

    Raises:
        ValueError: there is no such baseline.
    """
    if baseline not in BASELINES:
        raise ValueError(f"baseline is {baseline!r}; it must be 'mask' or 'zero'")
    word = _word_vectors(checkpoint, target)
    kept = set(checkpoint.tokenizer.all_special_ids) - {checkpoint.tokenizer.unk_token_id}  # an unknown word is a word
    special = torch.isin(target.tokens.ids, torch.tensor(sorted(kept))).to(word.device)
    if baseline == "zero":
        nothing = torch.zeros_like(word)
    else:
        masks = torch.full_like(target.tokens.ids, checkpoint.tokenizer.mask_token_id)
        nothing = _look_up(checkpoint, target, masks)
    return word.where(special[..., None], nothing)


@undisturbed()
def _value_of(checkpoint: Checkpoint, target: Target, word: Tensor) -> float:
    """Read the watched number for word vectors (1, T, D) other than the text's own."""
    return read(checkpoint, target, run(checkpoint, target.tokens, word=word).last)[0].item()


def _gradient(checkpoint: Checkpoint, target: Target, points: Tensor) -> Tensor:
    """Give the gradient of the watched number at each row of word vectors, (B, T, D)."""
    with undisturbed(gradients=True):
        points = points.clone().requires_grad_()
        values = read(checkpoint, target, run(checkpoint, target.tokens, word=points).last)  # (B,)
        return torch.autograd.grad(values.sum(), points)[0]


def _look_up(checkpoint: Checkpoint, target: Target, ids: Tensor) -> Tensor:
    """Look up the word vectors of ids (1, T) in the watched text's places, (1, T, D)."""
    device = checkpoint.model.device
    return embed(checkpoint.model, ids.to(device), target.tokens.segments.to(device)).word
