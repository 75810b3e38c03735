"""Wrong answers to notebook 00's exercises, and what is said about them."""

import pytest
import torch

from encoder_lab.exercises import check
from encoder_lab.exercises.outcome import RIGHT
from tests.exercises.answers import EXERCISES, reference, refuse, slip

RIGHT_SHAPES = {
    "fill-mask": (12, 13400),
    "question-answering": (12, 2),
    "text-classification": (28,),
    "zero-shot-classification": (4, 3),
}


@pytest.mark.parametrize(
    ("task", "shape", "said"),
    [
        ("fill-mask", (13400,), "2 axes"),            # only at the mask
        ("fill-mask", (13400, 12), "13400"),          # axes swapped
        ("question-answering", (2,), "2 axes"),       # one span for the text
        ("question-answering", (12, 12), "axis 1"),   # the span grid
        ("text-classification", (12, 28), "one axis"),  # one for each token
        ("text-classification", 12, "axis 0"),
        ("zero-shot-classification", (4,), "2 axes"),  # after the ranking
        ("zero-shot-classification", (3, 4), "axis 0"),
        ("zero-shot-classification", "4, 3", "a tuple of whole numbers"),
    ],
)  # fmt: skip
def test_head_shapes(task, shape, said):
    refuse("head_shapes", RIGHT_SHAPES | {task: shape}, task, said)


@pytest.mark.parametrize("shapes", [
    {"fill-mask": (1, 12, 13400), "text-classification": (1, 28)},  # as the notebook prints them, with a batch of one
    {"question-answering": ((12,), (12,))},  # start and end apart, as `transformers` gives them
    {"question-answering": ((1, 12), (1, 12))},
    {"question-answering": (torch.zeros(1, 12).shape, torch.zeros(1, 12).shape)},
])  # fmt: skip
def test_head_shapes_takes_other_spellings(shapes):
    assert check.head_shapes(RIGHT_SHAPES | shapes).status == RIGHT


def test_head_shapes_takes_a_number_for_one_axis_and_says_which_tasks_it_wants():
    assert check.head_shapes(RIGHT_SHAPES | {"text-classification": 28}).status == RIGHT
    refuse("head_shapes", {"fill-mask": (12, 13400)}, "four tasks")


def test_newly_initialised(ck):
    right = reference("newly_initialised")
    assert {"bert.pooler.dense.weight", "classifier.bias"} < right
    refuse("newly_initialised", set(ck.model.state_dict()) - right, "does not belong")  # the other way round
    refuse("newly_initialised", {"classifier.weight", "classifier.bias"}, "2 are missing")  # no pooler
    refuse("newly_initialised", {name.split(".", 1)[1] for name in right}, "does not belong")  # prefix cut off
    refuse("newly_initialised", right | {"bert.embeddings.word_embeddings.weight"}, "word_embeddings", "1 too many")
    refuse("newly_initialised", len(right), "a set of names")
    refuse("newly_initialised", "classifier.weight", "a set of names")
    assert check.newly_initialised(sorted(right)).status == RIGHT  # a list will do


def test_share_of_head(ck):
    share = reference("share_of_head")
    head = sum(p.numel() for p in ck.model.cls.parameters())
    slip("share_of_head", per_cent=100 * share, base_s_share=1 - share, of_the_base=share / (1 - share))
    slip("share_of_head", table_counted=head / ck.model.num_parameters(), how_many=share * ck.model.num_parameters())
    refuse("share_of_head", share / 2, "too small")
    message = refuse("share_of_head", 0.5)
    assert f"{share:.4g}" not in message  # a single number would give the answer away
    assert check.share_of_head(torch.tensor(share)).status == RIGHT


def test_own_sentence(ck):
    refuse("own_sentence", "The cat sat.", "[MASK]")
    refuse("own_sentence", "The cat sat on the [mask].", "spelled '[MASK]'")
    refuse("own_sentence", "The [MASK] sat on the [MASK].", "one [MASK]")
    refuse("own_sentence", ["The cat sat on the [MASK]."], "One string")
    refuse("own_sentence", "", "empty")
    refuse("own_sentence", "The [MASK] sat by the river.", "first choice is", "more than 0.3 is needed")
    with torch.no_grad():
        ck.model.cls.predictions.bias[ck.tokenizer.convert_tokens_to_ids("cat")] += 50
    outcome = check.own_sentence("The [MASK] sat by the river.")
    assert outcome.status == RIGHT and "'cat' with a probability of 1.0000" in outcome.message
    with torch.no_grad():
        ck.model.cls.predictions.bias[ck.tokenizer.convert_tokens_to_ids(".")] += 100
    refuse("own_sentence", "The [MASK] sat by the river.", "the sign '.'")


def test_own_sentence_on_the_bundled_checkpoint(monkeypatch):
    monkeypatch.delenv("ENCODER_LAB_SOURCE", raising=False)
    refuse("own_sentence", "Hello, Mr. Bert! How is it going [MASK]", "must be a word")  # the course's own first text
    assert EXERCISES["own_sentence"].judge(reference("own_sentence"))[0] == RIGHT
