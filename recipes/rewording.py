"""Inference pairs with some of their words exchanged for what the bundled fill-mask checkpoint guesses in their place.

Source: Jiao et al. 2020, algorithm 1 (arXiv:1909.10351), with a guess for every word.
"""

import torch
from torch import Tensor
from tqdm.auto import tqdm
from transformers import BertForMaskedLM, PreTrainedTokenizerBase

from encoder_lab.checkpoints import load
from encoder_lab.grow import masked_lm
from encoder_lab.grow.batches import plan_batches
from encoder_lab.tokens import pad
from recipes.nli_data import Pair

SEED = 26
VERSIONS = 6  # of each pair
GUESSES = 15  # the likeliest words that one is drawn from
BATCH_TOKENS = 4_096
LONGEST = 256


def exchangeable(ids: list[int], pieces: list[str]) -> list[bool]:
    """Say which tokens are whole words of letters.

    Args:
        ids: T ids.
        pieces: the vocabulary; a piece that goes on with a word starts with `##`.
    """
    whole = [pieces[i].isalpha() for i in ids]
    goes_on = [pieces[i].startswith("##") for i in ids] + [False]
    return [word and not after for word, after in zip(whole, goes_on[1:], strict=True)]


@torch.inference_mode()
def guess(model: BertForMaskedLM, ids: Tensor, inputs: Tensor, mask: Tensor, words: Tensor, seed: int) -> Tensor:
    """Draw another word for each hidden token.

    Args:
        model: guesses masked tokens.
        ids: (B, T) the texts' ids.
        inputs: (B, T) the same with N of them hidden behind [MASK].
        mask: (B, T) attention mask.
        words: (V,) True for ids that may be guessed.
        seed: the draw depends on it and the probabilities alone.

    Returns:
        (N,) ids, none the one that stood there; each drawn from the `GUESSES` likeliest by its probability.
    """
    hidden = inputs != ids  # (B, T)
    states = model.bert(inputs, attention_mask=mask).last_hidden_state[hidden]  # (N, D)
    logits = model.cls(states).masked_fill(~words, -torch.inf)  # (N, V)
    best = logits.scatter(1, ids[hidden][:, None], -torch.inf).topk(GUESSES)
    at = torch.multinomial(best.values.softmax(-1), 1, generator=torch.Generator().manual_seed(seed))
    return best.indices.gather(1, at)[:, 0]


def reword(texts: list[str], model: BertForMaskedLM, tokenizer: PreTrainedTokenizerBase, seed: int) -> list[str]:
    """Exchange about one word in seven (`masked_lm.SHARE`); all else stays as it is, a capital letter too.

    Args:
        texts: N texts; what lies behind `LONGEST` ids is not changed.
        model: guesses masked tokens.
        tokenizer: the model's.
        seed: choice and draw depend on it.
    """
    read = tokenizer(texts, truncation=True, max_length=LONGEST, return_offsets_mapping=True)
    pieces = tokenizer.convert_ids_to_tokens(range(len(tokenizer)))
    words = torch.tensor([piece.isalpha() for piece in pieces])
    generator = torch.Generator().manual_seed(seed)
    reworded = list(texts)
    plan = plan_batches([len(x) for x in read["input_ids"]], BATCH_TOKENS, seed)
    for step, batch in enumerate(tqdm(plan, desc="rewording")):
        ids, mask = pad([read["input_ids"][i] for i in batch], tokenizer.pad_token_id)
        fixed, _ = pad([[not word for word in exchangeable(read["input_ids"][i], pieces)] for i in batch], True)
        hidden = masked_lm.choose(ids, fixed.bool(), generator)
        inputs = ids.masked_fill(hidden, tokenizer.mask_token_id)
        drawn = guess(model, ids, inputs, mask, words, seed + step).tolist()
        places = [(batch[row], *read["offset_mapping"][batch[row]][at]) for row, at in hidden.nonzero().tolist()]
        for (text, start, end), word in reversed(list(zip(places, drawn, strict=True))):  # from the end: places hold
            old, new = reworded[text], pieces[word]
            new = new.capitalize() if old[start].isupper() else new
            reworded[text] = old[:start] + new + old[end:]
    return reworded


def reworded_pairs(pairs: list[Pair]) -> list[tuple[str, str]]:
    """Make `VERSIONS` rewordings of each pair; none twice, none that `pairs` holds."""
    checkpoint = load("fill-mask")
    made = []
    for version in range(VERSIONS):
        seed = SEED + 2 * version
        sides = [[pair.premise for pair in pairs], [pair.hypothesis for pair in pairs]]
        sides = [reword(side, checkpoint.model, checkpoint.tokenizer, seed + i) for i, side in enumerate(sides)]
        made += zip(*sides, strict=True)
    old = {(pair.premise, pair.hypothesis) for pair in pairs}
    return [pair for pair in dict.fromkeys(made) if pair not in old]
