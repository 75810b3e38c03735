"""Attribution: gradients that are right, shares that sum to what there is to share, and what gets none."""

import re

import pytest
import torch
from torch.testing import assert_close

from encoder_lab import load
from encoder_lab.interventions import gradient_times_input, integrated_gradients, read, run, stepwise, watch
from tests.interventions.conftest import EXACT

BUNDLED = {
    "fill-mask": ("The old bank stood by the [MASK] of the river.",),
    "question-answering": ("Who sat by the river?", "An old man sat by the river, and his dog slept in the grass."),
    "text-classification": ("I love my old pillow?",),
    "zero-shot-classification": ("one day I will see the world", "This example is travel."),
}


def word_vectors(case, target=None):
    """The word vectors of a text, the watched one or another, as `transformers` looks them up."""
    return case.checkpoint.model.get_input_embeddings()((target or case.target).tokens.ids)


def baseline_vectors(case, baseline):
    """The watched text's special tokens, and masks or zeros between them."""
    special = torch.isin(case.target.tokens.ids[0], torch.tensor(case.checkpoint.tokenizer.all_special_ids))
    mask = case.checkpoint.model.get_input_embeddings()(torch.tensor(case.checkpoint.tokenizer.mask_token_id))
    return word_vectors(case).where(special[:, None], mask if baseline == "mask" else 0 * mask)


def value_of(case, word):
    """The watched number for word vectors of one's own."""
    return read(case.checkpoint, case.target, run(case.checkpoint, case.target.tokens, word=word).last)[0].item()


@pytest.mark.parametrize("baseline", ["mask", "zero"])
def test_the_shares_are_complete(case, baseline):
    found = integrated_gradients(case.checkpoint, case.target, baseline, steps=300)
    assert abs(found.gap) < 0.01 * abs(found.difference)
    finer = integrated_gradients(case.checkpoint, case.target, baseline, steps=3000)
    assert abs(finer.gap) < 0.001 * abs(finer.difference)


@pytest.mark.parametrize("task", BUNDLED)
@pytest.mark.parametrize("baseline", ["mask", pytest.param("zero", marks=pytest.mark.more)])
def test_the_usual_steps_are_complete_within_a_hundredth_for_the_bundled_checkpoints(task, baseline):
    checkpoint = load(task, "bundled")
    found = integrated_gradients(checkpoint, watch(checkpoint, *BUNDLED[task]), baseline)
    assert found.steps == 200 and abs(found.gap) < 0.01 * abs(found.difference)


def test_the_gradient_is_the_slope_of_the_watched_number(case):
    """Against differences: each word vector moved a little, both ways."""
    word = word_vectors(case)
    scores = gradient_times_input(case.checkpoint, case.target).scores
    for position in range(word.shape[1]):
        step = torch.zeros_like(word)
        step[0, position] = 1e-5 * word[0, position]
        up, down = (value_of(case, word + sign * step) for sign in (1, -1))
        assert abs((up - down) / 2e-5 - scores[position].item()) < 1e-6, (case.checkpoint.task, position)


def in_transformers(case, word):
    """The watched number for other word vectors, by the modules of `transformers` alone."""
    model, target = case.checkpoint.model, case.target
    if case.two_sides:
        first = model.get_input_embeddings()(torch.tensor([[model.config.decoder_start_token_id]]))
        shifted = torch.cat([first, word[:, :-1]], dim=1)
        hidden = model.model(inputs_embeds=word, decoder_inputs_embeds=shifted, use_cache=False).last_hidden_state
        return model.classification_head(hidden[:, -1])[0, target.output]
    hidden = model.base_model(inputs_embeds=word).last_hidden_state
    if case.checkpoint.task == "question-answering":
        logits = model.qa_outputs(hidden)[0]
        return logits[target.positions[0], 0] + logits[target.positions[1], 1]
    if case.checkpoint.task == "fill-mask":
        return model.cls(hidden)[0, target.positions[0], target.output]
    return model.classifier(hidden)[0, target.output]


def test_integrated_gradients_are_the_mean_gradient_times_the_way(case, monkeypatch):
    """Step by step, one at a time, through the layers of `transformers` and not through the stepwise run."""
    word, start = word_vectors(case), baseline_vectors(case, "mask")
    total = 0
    for number in range(4):
        point = (start + (number + 0.5) / 4 * (word - start)).requires_grad_()
        value = in_transformers(case, point)
        total = total + torch.autograd.grad(value, point)[0]
    expected = ((word - start) * total / 4).sum(dim=-1)[0]
    assert_close(integrated_gradients(case.checkpoint, case.target, steps=4).scores, expected, **EXACT)
    monkeypatch.setattr(stepwise, "BATCH", 1)
    assert_close(integrated_gradients(case.checkpoint, case.target, steps=4).scores, expected, **EXACT)


def test_the_decoder_reads_the_same_words_shifted_by_one(every_case):
    """A word vector taken from another text's token is that text, on both sides."""
    case = every_case["zero-shot-classification"]
    there = watch(case.checkpoint, *case.other)
    value = value_of(case, word_vectors(case, there))
    assert abs(value - there.value) < 1e-10


def test_baselines_keep_special_tokens_and_empty_the_rest(case):
    special = torch.isin(case.target.tokens.ids[0], torch.tensor(case.checkpoint.tokenizer.all_special_ids))
    for name in ("zero", "mask"):
        found = integrated_gradients(case.checkpoint, case.target, name, steps=3)
        assert not found.scores[special].any() and found.scores[~special].all()
        assert abs(found.baseline_value - value_of(case, baseline_vectors(case, name))) < 1e-10


def test_an_unknown_word_is_a_word(every_case):
    checkpoint = every_case["fill-mask"].checkpoint
    target = watch(checkpoint, "the ☃ sat by the [MASK]", output="cat")
    assert target.tokens.strings[0][2] == "[UNK]"
    assert integrated_gradients(checkpoint, target, steps=2).scores[2] != 0


def test_gradients_flow_under_no_grad_and_inference_mode_and_leave_no_trace(case):
    expected = integrated_gradients(case.checkpoint, case.target, steps=2).scores
    with torch.inference_mode():
        assert_close(integrated_gradients(case.checkpoint, case.target, steps=2).scores, expected, **EXACT)
    assert torch.is_grad_enabled() and not torch.is_inference_mode_enabled()
    assert all(not weight.requires_grad and weight.grad is None for weight in case.checkpoint.model.parameters())
    assert not expected.requires_grad


def test_a_gap_is_what_the_shares_sum_to_beyond_the_difference(every_case):
    case = every_case["fill-mask"]
    found = integrated_gradients(case.checkpoint, case.target, "zero", steps=1)
    nothing = value_of(case, baseline_vectors(case, "zero"))
    assert abs(found.difference - (case.target.value - nothing)) < 1e-12
    assert abs(found.gap - (found.scores.sum().item() - found.difference)) < 1e-12
    assert gradient_times_input(case.checkpoint, case.target).baseline is None


@pytest.mark.parametrize(
    "more, error, words",
    [
        ({"steps": 0}, ValueError, "steps is 0; it must be 1 or more"),
        ({"steps": -3}, ValueError, "steps is -3"),
        ({"steps": 2.0}, TypeError, "steps must be a whole number; this is 2.0"),
        ({"steps": True}, TypeError, "steps must be a whole number"),
        ({"baseline": "pad"}, ValueError, "baseline is 'pad'; it must be 'mask' or 'zero'"),
    ],
)
def test_steps_and_baselines_there_are_not_are_refused(every_case, more, error, words):
    case = every_case["fill-mask"]
    with pytest.raises(error, match=re.escape(words)):
        integrated_gradients(case.checkpoint, case.target, **more)
