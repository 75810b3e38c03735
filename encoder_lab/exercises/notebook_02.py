"""Checks of notebook 02: attention by hand, heads, the residual path, and a word that drifts."""

import torch
from torch.nn.functional import cosine_similarity, scaled_dot_product_attention

from encoder_lab.exercises.compare import Wrong, as_numbers, same_numbers
from encoder_lab.exercises.exercise import Exercise, Quiz, run_given
from encoder_lab.layers import mask_bias, merge_heads

THREE_TOKENS = """\
query = torch.tensor([[1.0, 0.0, 2.0, -1.0], [0.0, 1.0, 1.0, 0.0], [2.0, -1.0, 0.0, 1.0]])  # (T, K)
key = torch.tensor([[1.0, 1.0, 0.0, 0.0], [0.0, 2.0, 1.0, -1.0], [1.0, 0.0, -1.0, 2.0]])    # (S, K)
value = torch.tensor([[1.0, 0.0, 0.0, 2.0], [0.0, 3.0, 1.0, 0.0], [-1.0, 0.0, 2.0, 1.0]])   # (S, K)"""
PADDED_SCORES = """\
scores = torch.tensor([
    [1.0, 0.5, -0.5, 2.0, 2.0],
    [0.0, 1.5, 0.5, 2.0, 2.0],
    [-1.0, 0.0, 1.0, 2.0, 2.0],
    [0.5, 0.5, 0.0, 1.0, 1.0],
    [0.0, 1.0, 0.5, 1.0, 1.0],
])  # (T, S)
mask = torch.tensor([1, 1, 1, 0, 0])  # 1 a real token, 0 padding"""
PER_HEAD = "per_head = torch.arange(2 * 3 * 5 * 4.0).reshape(2, 3, 5, 4)  # (B, H, T, K)"
THIRD_LAYER = """\
layer = trace(ck, "The river runs past the old mill.").layers[2]
parts = layer_parts(ck.model.bert.encoder.layer[2])"""
TWO_BANKS = """\
river = trace(ck, "We sat on the bank of the river and watched the boats.")
money = trace(ck, "She asked the bank for a loan to buy the house.")"""


def one_head(mixed: object) -> None:
    """Compare with torch's own attention."""
    given = run_given(THREE_TOKENS)
    same_numbers(mixed, scaled_dot_product_attention(given["query"], given["key"], given["value"]))


def masked_weights(weights: object) -> None:
    """Compare with the package's mask and softmax."""
    given = run_given(PADDED_SCORES)
    wanted = (given["scores"] + mask_bias(given["mask"][None], given["scores"].dtype)[0, 0]).softmax(dim=-1)
    numbers = as_numbers(weights)
    if numbers.shape == wanted.shape:
        if bool((numbers[:, given["mask"] == 0] > 1e-4).any()):
            raise Wrong("Some token still looks at the padding: a weight in the last two columns is not 0.")
        sums = numbers.sum(dim=1)
        uneven = torch.nonzero((sums - 1).abs() > 1e-3)
        if len(uneven):
            row = int(uneven[0])
            raise Wrong(f"Row {row} of your weights sums to {sums[row]:.4f}; every row must sum to 1.")
    same_numbers(weights, wanted)


def merge_heads_in_order(merged: object) -> None:
    """Compare with the package's `merge_heads`."""
    same_numbers(merged, merge_heads(run_given(PER_HEAD)["per_head"]))


def add_and_norm(attended: object) -> None:
    """Compare with the layer's own record."""
    same_numbers(attended, run_given(THIRD_LAYER)["layer"].attended)


def drift(similarity: object) -> None:
    """Compare the similarity of the two banks at every level."""
    given = run_given(TWO_BANKS)
    river, money = given["river"], given["money"]
    here, there = (way.tokens.strings[0].index("bank") for way in (river, money))
    pairs = zip(river.hidden_states, money.hidden_states, strict=True)
    wanted = torch.stack([cosine_similarity(a[0, here], b[0, there], dim=0) for a, b in pairs])
    same_numbers(similarity, wanted)


EXERCISES = (
    Exercise(
        name="one_head",
        task=(
            "Three tokens, one head, four numbers wide. Give the mixed values: scores of every token with every token, "
            "divided by the square root of the head's width; softmax over the tokens looked at; weighted sum of the "
            "values."
        ),
        given=THREE_TOKENS,
        cell="mixed = ...",
        answer="mixed",
        compare=one_head,
        hints=(
            "query @ key.T has a row for each token that looks; its last axis is the tokens looked at.",
            "The width is 4, so divide by 2; softmax once, over dim=-1; the weights then multiply value from the left.",
        ),
    ),
    Exercise(
        name="masked_weights",
        task=(
            "The last two of these five tokens are padding. Turn the scaled scores into attention weights in which "
            "nobody looks at the padding and every row still sums to 1."
        ),
        given=PADDED_SCORES,
        cell="weights = ...",
        answer="weights",
        compare=masked_weights,
        hints=(
            "Shut the padding out before the softmax; afterwards it is too late, the others have already shared.",
            "Give the padded columns a score so low that its exponential is 0, then softmax over dim=-1.",
        ),
    ),
    Exercise(
        name="merge_heads",
        task=(
            "`per_head` holds each head's mixed values with the axes texts, heads, tokens, head width. Lay the heads "
            "of each token side by side, head 0 first: the result has the axes texts, tokens, heads times head width."
        ),
        given=PER_HEAD,
        cell="merged = ...",
        answer="merged",
        compare=merge_heads_in_order,
        hints=(
            "reshape never moves a number past another; bring heads and head width next to each other first.",
            "Swap axes 1 and 2, so that the order is texts, tokens, heads, width; then flatten the last two.",
        ),
    ),
    Exercise(
        name="add_and_norm",
        task=(
            "Rebuild `layer.attended` without reading it: what the attention block gives back is added to what went "
            "in, and only then normalised."
        ),
        given=THIRD_LAYER,
        cell="attended = ...",
        answer="attended",
        compare=add_and_norm,
        hints=(
            "You need layer.input, layer.attention.output and one of the two norms in `parts`, in this order.",
            "The norm goes around the sum, and it is the attention's: parts.attention_norm, not parts.output_norm.",
        ),
    ),
    Exercise(
        name="drift",
        task=(
            'The word "bank" stands in both sentences. Give its cosine similarity between the two at every level: '
            "after "
            "the embeddings and after each layer, so one number more than there are layers."
        ),
        given=TWO_BANKS,
        cell="similarity = ...",
        answer="similarity",
        compare=drift,
        hints=(
            '"bank" does not stand at the same position in both; tokens.strings[0].index("bank") finds it.',
            "Cosine similarity is the dot product divided by both lengths; take hidden_states[0] to the last, all of "
            "them.",
        ),
    ),
    Quiz(
        name="quiz_scale",
        question="Scores are divided by the square root of the head's width. What goes wrong in a wide head without "
        "it?",
        options=(
            "the weights no longer sum to 1",
            "padding is no longer shut out",
            "scores grow with the width, softmax puts nearly everything on one token, and hardly any gradient is left",
            "the head can no longer tell the order of the tokens",
        ),
        right="c",
        remarks=(
            "Softmax makes every row sum to 1, whatever the scores are.",
            "The mask's number is so low that no scale brings the padding back.",
            "A sum of K products spreads like the square root of K; dividing by it keeps the softmax soft.",
            "Order comes from the position embeddings, which the scale leaves alone.",
        ),
    ),
    Quiz(
        name="quiz_attention",
        question='In one head the mask looks at "not" with a weight of 0.9. What do you know?',
        options=(
            'that "not" is the reason for the answer',
            'that this head mixes mostly the value vector of "not" into that position; what the answer owes to it is '
            "another question",
            "that the other heads look there too",
            'that removing "not" would change the answer',
        ),
        right="b",
        remarks=(
            "One weight of one head says where it looks; other heads, layers and the residual path also reach the "
            "answer.",
            "A weight says what is mixed; to learn what it causes, change something and look again.",
            "Each head has its own queries and keys; they often look elsewhere.",
            "It may or may not; that is a guess until you remove it and ask again.",
        ),
    ),
)
