"""Masks for masked-language modelling (Devlin et al. 2019, section 3.1 and appendix A.1)."""

import torch
from torch import Tensor

IGNORED = -100  # label of a position that is not guessed, as in `transformers`
SHARE = 0.15  # of the real tokens are guessed; of these 80 % become [MASK], 10 % a random piece, 10 % stay


def hide(
    ids: Tensor, special: Tensor, mask_id: int, vocab_size: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Choose the tokens to guess and hide them, as training does.

    Args:
        ids: (B, T) token ids.
        special: (B, T) True where a token is never chosen ([CLS], [SEP], [PAD]).
        mask_id: the id of [MASK], the last of the special ids.
        vocab_size: V; random pieces are drawn from mask_id + 1 to V - 1.
        generator: the choice depends on it alone.

    Returns:
        (inputs, labels), both (B, T); labels are `IGNORED` where nothing is to be guessed.
    """
    chosen = choose(ids, special, generator)
    return disguise(ids, chosen, mask_id, vocab_size, generator), torch.where(chosen, ids, IGNORED)


def disguise(ids: Tensor, chosen: Tensor, mask_id: int, vocab_size: int, generator: torch.Generator) -> Tensor:
    """Put [MASK] in the place of 80 % of the chosen tokens and a random piece in that of 10 %; (B, T)."""
    fate = torch.rand(ids.shape, generator=generator, device=ids.device)
    others = torch.randint(mask_id + 1, vocab_size, ids.shape, generator=generator, device=ids.device)
    inputs = torch.where(chosen & (fate < 0.8), mask_id, ids)
    return torch.where(chosen & (fate >= 0.9), others, inputs)


def choose(ids: Tensor, special: Tensor, generator: torch.Generator) -> Tensor:
    """Choose each token that is not special with probability `SHARE`; (B, T) of bool."""
    return (torch.rand(ids.shape, generator=generator, device=ids.device) < SHARE) & ~special
