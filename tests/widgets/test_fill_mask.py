"""The fill-mask explorer on the bundled checkpoint: what it shows is what the journey says."""

import pytest
import torch

from encoder_lab import explore, fill_mask, masked_lm_head, trace
from encoder_lab.checkpoints import Checkpoint
from encoder_lab.interventions import heads_off
from encoder_lab.probabilities import softmax
from tests.families import tiny_of, word_pieces

TEXT = "The capital of France is [MASK]."


@pytest.fixture(scope="module")
def checkpoint(bundled_checkpoint):
    return bundled_checkpoint("fill-mask")


def test_at_a_mask_it_shows_the_journey_s_choices(checkpoint):
    seen = explore.fill_mask(checkpoint, TEXT).answer
    (choices,) = fill_mask(checkpoint, TEXT, top_k=8).choices
    assert seen["position"] == 6 and seen["masked"] == [6]
    assert [word for word, _, _ in seen["choices"]] == [choice.string for choice in choices]
    assert [p for _, p, _ in seen["choices"]] == pytest.approx([choice.probability for choice in choices], abs=1e-6)
    assert [x for *_, x in seen["choices"]] == pytest.approx([choice.logit for choice in choices], abs=1e-4)


def test_every_position_has_its_likeliest_word(checkpoint):
    seen = explore.fill_mask(checkpoint, TEXT).answer
    way = trace(checkpoint, TEXT)
    with torch.inference_mode():
        best = masked_lm_head(way.hidden_states[-1][0], checkpoint.model).logits.argmax(-1)
    assert seen["best"] == [checkpoint.tokenizer.decode([i]) for i in best.tolist()]
    assert seen["tokens"] == list(way.tokens.strings[0])
    assert [TEXT[a:b] for a, b in seen["spans"][1:-1]] == ["The", "capital", "of", "France", "is", "[MASK]", "."]


def test_each_layer_answers_through_the_same_head_and_the_last_one_is_the_model(checkpoint):
    explorer = explore.fill_mask(checkpoint, TEXT)
    explorer.set_state({"position": 3, "asked": 1})
    layers, way = explorer.answer["layers"], trace(checkpoint, TEXT)
    assert len(layers) == 7 and layers[-1][0] == explorer.answer["choices"][0][0]
    for state, (word, probability) in zip(way.hidden_states, layers, strict=True):
        with torch.inference_mode():
            row = softmax(masked_lm_head(state[0, 3], checkpoint.model).logits)
        assert word == checkpoint.tokenizer.decode([int(row.argmax())])
        assert probability == pytest.approx(row.max().item(), abs=1e-6)


def test_temperature_changes_the_probabilities_and_not_the_logits(checkpoint):
    explorer = explore.fill_mask(checkpoint, TEXT)
    before = explorer.answer
    explorer.set_state({"temperature": 0.5, "asked": 1})
    after = explorer.answer
    assert [x for *_, x in after["choices"]] == pytest.approx([x for *_, x in before["choices"]])
    logits = masked_lm_head(trace(checkpoint, TEXT).hidden_states[-1][0, 6], checkpoint.model).logits
    assert after["choices"][0][1] == pytest.approx(softmax(logits, 0.5).max().item(), abs=1e-6)
    assert after["choices"][0][1] > before["choices"][0][1]


def test_heads_can_be_switched_off_and_on_again(checkpoint):
    explorer = explore.fill_mask(checkpoint, TEXT)
    whole = explorer.answer
    explorer.set_state({"off": [[5, 0], [5, 1]], "asked": 1})
    (choices,) = fill_mask(heads_off(checkpoint, [(5, 0), (5, 1)]), TEXT, top_k=8).choices
    assert [p for _, p, _ in explorer.answer["choices"]] == pytest.approx([c.probability for c in choices], abs=1e-6)
    word, probability, _ = whole["choices"][0]
    assert explorer.answer["without"] == f"{word} {probability:.3f}"
    assert "Heads off: layer 5 head 0, layer 5 head 1." in explorer.still()
    explorer.set_state({"off": [], "asked": 2})
    assert explorer.answer == whole
    explorer.set_state({"off": [[9, 0]], "asked": 3})
    assert "layer 9" in explorer.problem and explorer.answer == whole


@pytest.mark.parametrize("position", [-1, 99])
def test_a_position_that_does_not_exist_is_the_first_mask_or_the_first_word(checkpoint, position):
    assert explore.fill_mask(checkpoint, TEXT)._look(TEXT, position, 1.0, 3, [])["position"] == 6
    assert explore.fill_mask(checkpoint, TEXT)._look("No mask here.", position, 1.0, 3, [])["position"] == 1


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ({"text": ""}, "the text is empty"),
        ({"text": " "}, "the text is blank"),
        ({"text": "word " * 600}, "tokens"),
        ({"temperature": 0.0}, "the temperature is 0.0; it must be above 0"),
    ],
)
def test_bad_input_is_one_sentence_and_the_last_good_answer_stays(checkpoint, state, sentence):
    explorer = explore.fill_mask(checkpoint, TEXT)
    good = explorer.answer
    explorer.set_state({**state, "asked": 1})
    assert sentence in explorer.problem and "\n" not in explorer.problem
    assert explorer.answer == good


def test_the_still_form_holds_the_numbers(checkpoint):
    explorer = explore.fill_mask(checkpoint, "The <b> capital of France is [MASK].")
    form = explorer.still()
    assert "&lt;b&gt;" in form and "<b>" not in form
    for word, probability, _ in explorer.answer["choices"]:
        assert f"{word} {probability:.3f}" in form
    assert form.count("<tr>") == 8  # a head row and seven layers


@pytest.mark.parametrize(("family", "shared"), [("ALBERT", True), ("BERT", False)])
def test_that_layers_share_their_heads_is_said(family, shared, tmp_path):
    tokenizer = word_pieces(tmp_path)
    checkpoint = Checkpoint.of("fill-mask", tiny_of(family, "fill-mask").float(), tokenizer)
    explorer = explore.fill_mask(checkpoint, text="the [MASK] sat")
    assert explorer.shared_layers == shared
    explorer.set_state({"off": [[0, 1]], "asked": 1})
    assert explorer.problem == ""
    assert ("a head that is off in one of them is off in all that share it" in explorer.still()) == shared
