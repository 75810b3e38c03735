"""Examples, masks and batches for masked-language modelling (Devlin et al. 2019, section 3.1 and appendix A.1)."""

import random

import torch
from torch import Tensor

IGNORED = -100  # label of a position that is not guessed, as in `transformers`
SHARE = 0.15    # of the real tokens are guessed; of these 80 % become [MASK], 10 % a random piece, 10 % stay


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


def plan_batches(lengths: list[int], tokens: int, seed: int) -> list[list[int]]:
    """Order one epoch: batches of examples of like length, in random order.

    Args:
        lengths: ids in each example.
        tokens: a batch's size, padding included, is at most this many ids.
        seed: the order depends on it alone.

    Returns:
        One list of example numbers per batch.
    """
    draw = random.Random(seed)
    order = sorted(range(len(lengths)), key=lambda i: (lengths[i], draw.random()))
    batches: list[list[int]] = []
    start = 0
    while start < len(order):
        stop = start + 1
        while stop < len(order) and (stop + 1 - start) * lengths[order[stop]] <= tokens:
            stop += 1
        batches.append(order[start:stop])
        start = stop
    draw.shuffle(batches)
    return batches


def pad(examples: list[list[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    """Stack examples of unlike length: ids (B, T) and attention mask (B, T), 1 for real tokens."""
    longest = max(map(len, examples))
    ids = torch.tensor([x + [pad_id] * (longest - len(x)) for x in examples])
    mask = torch.tensor([[1] * len(x) + [0] * (longest - len(x)) for x in examples])
    return ids, mask


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
    fate = torch.rand(ids.shape, generator=generator)
    others = torch.randint(mask_id + 1, vocab_size, ids.shape, generator=generator)
    inputs = torch.where(chosen & (fate < 0.8), mask_id, ids)
    inputs = torch.where(chosen & (fate >= 0.9), others, inputs)
    return inputs, torch.where(chosen, ids, IGNORED)


def choose(ids: Tensor, special: Tensor, generator: torch.Generator) -> Tensor:
    """Choose each token that is not special with probability `SHARE`; (B, T) of bool."""
    return (torch.rand(ids.shape, generator=generator) < SHARE) & ~special
