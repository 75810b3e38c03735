"""Wrong answers to notebook 05's exercises, and what is said about them."""

import pytest
import torch
from torch.nn.functional import gelu

from encoder_lab.exercises import check
from encoder_lab.exercises.notebook_05 import TASK
from encoder_lab.exercises.outcome import RIGHT
from tests.exercises.answers import given_to, reference, refuse, slip


@pytest.mark.parametrize("trained", [True, False])
def test_head_by_hand(trained, tiny_checkpoint, monkeypatch):
    if trained:
        monkeypatch.delenv("ENCODER_LAB_SOURCE", raising=False)
    else:
        tiny_checkpoint(TASK)
    given = given_to("head_by_hand")
    states, dense, out_proj = given["states"], given["dense"], given["out_proj"]
    first, end = states[0, 0], out_proj.weight
    hidden = dense.weight @ first + dense.bias
    right = end @ hidden.tanh() + out_proj.bias
    slip("head_by_hand", no_tanh=end @ hidden + out_proj.bias)
    slip("head_by_hand", no_bias_in_dense=end @ (dense.weight @ first).tanh() + out_proj.bias)
    slip("head_by_hand", no_bias_in_out_proj=end @ hidden.tanh(), no_bias=end @ (dense.weight @ first).tanh())
    refuse("head_by_hand", end @ gelu(hidden) + out_proj.bias, "which is too")  # the other head's activation
    refuse("head_by_hand", end @ hidden.relu() + out_proj.bias, "which is too")
    slip("head_by_hand", no_dense=end @ first + out_proj.bias)
    slip("head_by_hand", tanh_at_the_end=(end @ hidden + out_proj.bias).tanh())
    slip("head_by_hand", not_turned=end @ (dense.weight.T @ first + dense.bias).tanh() + out_proj.bias)
    refuse("head_by_hand", right.sigmoid(), "probabilities")
    refuse("head_by_hand", right.softmax(-1), "probabilities")
    refuse("head_by_hand", right.sigmoid().tolist(), "probabilities")
    refuse("head_by_hand", out_proj(dense(states[0]).tanh()), "is needed")  # every token
    refuse("head_by_hand", out_proj(dense(states[0].mean(0)).tanh()), "mean over all tokens")
    slip("head_by_hand", last_token=out_proj(dense(states[0, -1]).tanh()))
    refuse("head_by_hand", right.max(), "one number")
    assert check.head_by_hand(reference("head_by_hand")[None]).status == RIGHT  # with a batch axis


def test_softmax_from_sigmoid():
    by_sigmoid = given_to("softmax_from_sigmoid")["by_sigmoid"]
    odds = by_sigmoid / (1 - by_sigmoid)
    refuse("softmax_from_sigmoid", by_sigmoid / by_sigmoid.sum(), "Dividing by the sum")
    refuse("softmax_from_sigmoid", by_sigmoid.log().softmax(-1), "Dividing by the sum")  # the same
    refuse("softmax_from_sigmoid", by_sigmoid.softmax(-1), "softmax takes logits")
    refuse("softmax_from_sigmoid", odds.log(), "These are the logits")
    refuse("softmax_from_sigmoid", odds, "which is too large")
    refuse("softmax_from_sigmoid", by_sigmoid, "which is too large")
    refuse("softmax_from_sigmoid", odds.log().softmax(-1).softmax(-1), "which is too")  # softmax twice
    refuse("softmax_from_sigmoid", odds.softmax(-1), "which is too")  # the logarithm forgotten
    refuse("softmax_from_sigmoid", (-odds.log()).softmax(-1), "which is too")  # p and 1 - p swapped
    refuse("softmax_from_sigmoid", odds.log2().softmax(-1), "which is too")
    refuse("softmax_from_sigmoid", (odds / odds.sum())[0], "one of shape (4,) is needed")
    assert "0.8154" not in refuse("softmax_from_sigmoid", [0.25] * 4)
    assert check.softmax_from_sigmoid((19 / 23.3026, 4 / 23.3026, 0.25 / 23.3026, 0.05263 / 23.3026)).status == RIGHT


def test_scores_by_hand():
    given = given_to("scores_by_hand")
    pairs = list(zip(given["of_joy"], given["has_joy"], strict=True))

    def scores(said):
        hits = sum(truth and said(value) for value, truth in pairs)
        precision, recall = hits / sum(said(value) for value, _ in pairs), hits / sum(truth for _, truth in pairs)
        return precision, recall, 2 * precision * recall / (precision + recall)

    precision, recall, f1 = right = scores(lambda value: value >= 0.4)
    accuracy = sum(truth == (value >= 0.4) for value, truth in pairs) / len(pairs)
    slip(
        "scores_by_hand",
        changed_places=(recall, precision, f1),
        plain_mean=(precision, recall, (precision + recall) / 2),
    )
    slip(
        "scores_by_hand", threshold_left_out=scores(lambda value: value > 0.4), per_cent=[100 * each for each in right]
    )
    refuse("scores_by_hand", (accuracy, recall, f1), "0.7 at [0], which is right as far as it goes; 3 decimals")
    refuse("scores_by_hand", (precision, 4 / 10, f1), "0.4 at [1], which is too small")  # of all comments
    refuse("scores_by_hand", (precision, recall, precision * recall / (precision + recall)), "at [2]")  # the 2 left out
    refuse("scores_by_hand", (precision, recall, (precision * recall) ** 0.5), "at [2]")  # geometric mean
    refuse("scores_by_hand", (4, 2, 1), "4 at [0]")  # counts
    refuse("scores_by_hand", f1, "Three numbers are needed")
    refuse("scores_by_hand", (precision, recall), "Three numbers are needed")
    assert check.scores_by_hand([round(number, 3) for number in right]).status == RIGHT


def test_best_threshold():
    given = given_to("best_threshold")
    values, truth = given["of_curiosity"], given["has_curiosity"]
    counts = torch.arange(1, len(values) + 1)
    accuracy = torch.stack([(truth == (values >= value)).sum() for value in values])
    refuse("best_threshold", 0.5, "From 0.5 up, F1 is 0.6; another threshold has more")  # the usual one
    refuse("best_threshold", values[accuracy.argmax()], "F1 is 0.75")  # most comments right
    refuse("best_threshold", values[(truth.cumsum(0) / counts).argmax()], "F1 is 0.3333")  # highest precision
    refuse("best_threshold", 0.02, "F1 is 0.5263")  # highest recall
    refuse("best_threshold", 0.21, "F1 is 0.7143")  # predicted above the threshold only
    refuse("best_threshold", 0.30, "F1 is 0.6667")
    refuse("best_threshold", values[4], "F1 is 0.6")  # as many predicted as there are
    refuse("best_threshold", 0.99, "F1 is 0; another threshold has more")
    refuse("best_threshold", 8, "from 0 to 1")  # how many are predicted
    refuse("best_threshold", 10 / 13, "F1 is 0.5714")  # the best F1 itself
    refuse("best_threshold", values[:8], "One number")
    for right in (0.29, 0.22, 0.25, values[7]):
        assert check.best_threshold(right).status == RIGHT
    assert "above 0.21 and up to 0.29" in check.best_threshold(0.25).message
