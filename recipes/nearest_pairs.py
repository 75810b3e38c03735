"""Inference pairs of a premise and the hypotheses nearest to it in meaning that were written for other premises.

Most of them are neutral, so of those only a share is kept once a teacher has answered.

Source: Thakur et al. 2021, section 3.1, semantic search sampling (arXiv:2010.08240).
"""

import random
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import normalize
from transformers import BertModel, BertTokenizerFast, PreTrainedTokenizerBase

from encoder_lab.few_shot.vectors import pool
from encoder_lab.grow.batches import plan_batches
from encoder_lab.tokens import pad
from recipes import corpus
from recipes.nli_data import LABELS, Pair
from recipes.warm_start import MINILM, fetch

SEED = 27
PER_PREMISE = 6  # hypotheses for each premise of the pairs
PER_SENTENCE = 3  # and for each sentence of plain text
TEXTS = ("onestop_english", "novels", "wiki_split", "state_union", "tatoeba")
SENTENCES = 2_000  # of each text
WORDS = range(6, 41)  # in such a sentence
NEUTRAL_KEPT = 1 / 3
BATCH_TOKENS = 8_192
LONGEST = 64  # tokens that a vector is the mean of


@torch.inference_mode()
def embed(texts: list[str], model: BertModel, tokenizer: PreTrainedTokenizerBase) -> Tensor:
    """Give each text the mean of its tokens' last vectors, at length 1: (N, D)."""
    rows = tokenizer(texts, truncation=True, max_length=LONGEST)["input_ids"]
    vectors = torch.zeros(len(rows), model.config.hidden_size)
    for batch in plan_batches([len(row) for row in rows], BATCH_TOKENS, SEED):
        ids, mask = pad([rows[i] for i in batch], tokenizer.pad_token_id)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = model(ids, attention_mask=mask).last_hidden_state.float()  # (B, T, D)
        vectors[batch] = pool(states, mask, "mean")
    return normalize(vectors, dim=-1)


def nearest(
    likeness: Tensor, premises: list[str], hypotheses: list[str], own: dict[str, set[str]], count: int
) -> list[tuple[str, str]]:
    """Pair each premise with the hypotheses most like it.

    Args:
        likeness: (N, M) of each premise to each hypothesis.
        premises: N texts.
        hypotheses: M texts.
        own: premise -> the hypotheses written for it, which it is not paired with.
        count: how many each premise gets, if there are as many.

    Returns:
        Pairs, premise by premise, the most alike first; none of a text with itself.
    """
    spare = 1 + max(map(len, own.values()), default=0)
    best = likeness.topk(min(count + spare, len(hypotheses))).indices.tolist()
    made = []
    for premise, places in zip(premises, best, strict=True):
        others = [hypotheses[i] for i in places if hypotheses[i] not in own.get(premise, ())]
        made += [(premise, other) for other in others if other.lower() != premise.lower()][:count]
    return made


def draw_sentences(texts: dict[str, list[str]]) -> list[str]:
    """Draw `SENTENCES` lines of each of `TEXTS` that are neither short nor long."""
    draw = random.Random(SEED)
    chosen = []
    for name in TEXTS:
        lines = [line for line in texts[name] if len(line.split()) in WORDS]
        chosen += draw.sample(lines, min(SENTENCES, len(lines)))
    return chosen


def nearest_pairs(pairs: list[Pair], data: Path, work: Path) -> list[tuple[str, str]]:
    """Pair the premises of `pairs`, and sentences of plain text, with hypotheses of `pairs`.

    Args:
        pairs: labelled ones.
        data: the data folder, for the plain text.
        work: where MiniLM, which makes the vectors, is kept.
    """
    minilm = fetch(MINILM, work / "minilm")
    model = BertModel.from_pretrained(minilm, add_pooling_layer=False).eval()
    tokenizer = BertTokenizerFast(str(minilm / "vocab.txt"), do_lower_case=True)
    own: dict[str, set[str]] = {}
    for pair in pairs:
        own.setdefault(pair.premise, set()).add(pair.hypothesis)
    hypotheses = list(dict.fromkeys(pair.hypothesis for pair in pairs))
    vectors = embed(hypotheses, model, tokenizer)
    texts, _ = corpus.load_corpus(data)
    made = []
    for premises, count in ((list(own), PER_PREMISE), (draw_sentences(texts), PER_SENTENCE)):
        made += nearest(embed(premises, model, tokenizer) @ vectors.T, premises, hypotheses, own, count)
    return made


def thin(pairs: list[Pair], answers: dict[tuple[str, str], Tensor]) -> list[Pair]:
    """Keep `NEUTRAL_KEPT` of the pairs that the teacher finds neutral, and all others.

    Args:
        pairs: what `nearest_pairs` has made.
        answers: (premise, hypothesis) -> (3,) the teacher's probabilities, for all of them.
    """
    draw = random.Random(SEED + 1)
    neutral = LABELS.index("neutral")
    return [
        pair for pair in pairs
        if answers[pair.premise, pair.hypothesis].argmax() != neutral or draw.random() < NEUTRAL_KEPT
    ]  # fmt: skip
