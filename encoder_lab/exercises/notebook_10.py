"""Checks of notebook 10: half a model, a score of what has been turned, and how far news travels through windows."""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor

from encoder_lab.exercises.compare import Wrong
from encoder_lab.exercises.exercise import Exercise, Quiz
from encoder_lab.exercises.own_text import one_mask
from encoder_lab.heads import masked_lm_head
from encoder_lab.layers import Stack, dot_product, rotate, window_bias


@torch.inference_mode()
def _halved(sentence: object, exercise: Exercise) -> str:
    """Look whether every second layer comes to the same first choice."""
    ck = exercise.load()
    result = one_mask(ck, sentence)
    if (count := len(sentence.split())) < 5:
        raise Wrong(exercise.say("too_short", count=count))
    stack = Stack(ck.model, "encoder", result.trace.tokens.mask)
    x = result.trace.embeddings.output
    for number in range(0, len(stack), 2):
        x = stack.layer(number, x).output
    chances = masked_lm_head(x[0, result.positions[0]], ck.model).logits.softmax(dim=-1)  # (V,)
    whole, half = result.choices[0][0], chances.argmax().item()
    if whole.token_id != half:
        word = ck.tokenizer.decode([half]).strip()
        raise Wrong(exercise.say("other_choice", whole=whole.string, half=word))
    return exercise.say("right", word=whole.string, whole=whole.probability, half=chances[half].item())


def _turned_score(score: object, exercise: Exercise) -> str:
    """Compare with the package's turn and score, at the places asked for and at those that slips come to."""
    given = exercise.run_given()
    pair, angles = torch.stack([given["query"], given["key"]]), given["angles"]
    theta = (angles[0] / angles[1]).item() ** 2  # pair i turns by theta^(-i/2), so these two by 1 and by 0.1

    def scored(q: int, k: int, theta: float = theta, order: Sequence[int] = (0, 1, 2, 3)) -> Tensor:
        """Score the query at place q with the key at place k; `order` says which numbers make pairs."""
        query, key = rotate(pair[:, order].unsqueeze(1).expand(2, 15, 4)[None], theta)[0]  # (T, K) each
        return dot_product(query[q : q + 1], key[k : k + 1])[0, 0]

    wanted = scored(9, 5)
    slips = {
        "not_turned": scored(0, 0),
        "query_alone": scored(9, 0),
        "key_alone": scored(0, 5),
        "other_way": (scored(14, 0), scored(0, 14)),
        "exchanged": scored(5, 9),
        "neighbours": scored(9, 5, order=(0, 2, 1, 3)),
        "one_angle": scored(9, 5, theta=1.0),
        "not_divided": 2 * wanted,
        "by_the_width": wanted / 2,
    }
    exercise.same(score, wanted, slips)
    return exercise.say("right")


def _how_far(places: object, exercise: Exercise) -> str:
    """Compare with what the package's windows let through, layer after layer."""
    given = exercise.run_given()
    size, reach, changed = given["size"], given["reach"], given["changed"]
    sees = (window_bias(size, reach, torch.float32)[0, 0] == 0).long()  # (T, T) 1 where one looks at the other
    wanted, reached = [], sees[changed] * 0
    reached[changed] = 1
    for _ in range(4):
        reached = (sees @ reached).clamp(max=1)
        wanted.append(int(reached.sum()))
    layers = range(1, 5)
    slips = {
        "one_side": ([1 + reach * n for n in layers], [min(size - changed, 1 + reach * n) for n in layers]),
        "itself": ([count - 1 for count in wanted], [2 * reach * n for n in layers]),
        "edges": [1 + 2 * reach * n for n in layers],
        "one_layer": [wanted[0]] * 4,
        "from_0": [1, *wanted[:-1]],
        "whole_window": [1 + (reach - 1) * n for n in layers],
        "new_ones": ([b - a for a, b in pairwise([0, *wanted])], [b - a for a, b in pairwise([1, *wanted])]),
    }
    exercise.same(places, torch.tensor(wanted), slips)
    return exercise.say("right")


EXERCISES = (
    Exercise("notebook_10", _halved, 5),
    Exercise("notebook_10", _turned_score, 6, decimals=3),
    Exercise("notebook_10", _how_far, 4),
    Quiz("notebook_10", "quiz_shared", right="b"),
    Quiz("notebook_10", "quiz_in_front", right="b"),
)
