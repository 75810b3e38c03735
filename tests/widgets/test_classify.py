"""The classification explorer on the bundled checkpoint: what it shows is what the journey says."""

import base64
import re
from dataclasses import replace

import pytest
from transformers import RobertaForSequenceClassification

from encoder_lab import classify, explore
from tests.families import tiny

TEXT = "Thank you for the soup."
OTHER = "Thank you for the cold soup."


@pytest.fixture(scope="module")
def checkpoint(bundled_checkpoint):
    return bundled_checkpoint("text-classification")


def picture(form: str) -> str:
    """The SVG inside a still form."""
    return base64.b64decode(re.search(r"svg\+xml;base64,([^\"]+)", form)[1]).decode()


@pytest.mark.parametrize("function", ["sigmoid", "softmax"])
def test_it_shows_the_journey_s_logits_and_both_probabilities(checkpoint, function):
    seen = explore.classify(checkpoint, TEXT).answer
    result = classify(checkpoint, TEXT, function_to_apply=function)
    assert seen["before"] is None and seen["now"]["text"] == TEXT
    assert list(seen["now"]["labels"]) == list(result.labels) and len(result.labels) == 28
    assert seen["now"]["logits"] == result.logits.tolist()
    assert seen["now"][function] == result.probabilities.tolist()


def test_the_sentence_before_is_looked_at_as_well(checkpoint):
    explorer = explore.classify(checkpoint, TEXT)
    explorer.set_state({"text": OTHER, "before": TEXT, "asked": 1})
    assert explorer.answer == {
        "now": explore.classify(checkpoint, OTHER).answer["now"],
        "before": explore.classify(checkpoint, TEXT).answer["now"],
    }
    explorer.before = ""
    assert explorer.answer["before"] is None


def test_what_only_changes_the_picture_is_not_asked(checkpoint):
    explorer = explore.classify(checkpoint, TEXT)
    explorer._look = None  # nothing is to be looked at
    explorer.set_state({"function": "softmax", "threshold": 0.2})
    assert (explorer.shown, explorer.problem) == (1, "")


@pytest.mark.parametrize(
    ("problem_type", "function"),
    [("single_label_classification", "softmax"), ("multi_label_classification", "sigmoid")],
)
def test_it_begins_with_the_function_the_model_was_trained_for(checkpoint, problem_type, function):
    model = tiny(RobertaForSequenceClassification, len(checkpoint.tokenizer))
    model.config.problem_type = problem_type
    assert explore.classify(replace(checkpoint, model=model), TEXT).function == function
    model.config.problem_type = "regression"
    with pytest.raises(ValueError, match=r"this model gives a number \(regression\)"):
        explore.classify(replace(checkpoint, model=model), TEXT)


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ({"text": ""}, "the text is empty; type at least one word"),
        ({"text": " "}, "the text is blank"),
        ({"text": "Thank you <mask>."}, "has '<mask>' at character 10"),
        ({"text": "word " * 600}, "tokens"),
        ({"before": " "}, "the text is blank"),
    ],
)
def test_bad_input_is_one_sentence_and_the_last_good_answer_stays(checkpoint, state, sentence):
    explorer = explore.classify(checkpoint, TEXT)
    good = explorer.answer
    explorer.set_state({**state, "asked": 1})
    assert sentence in explorer.problem and "\n" not in explorer.problem
    assert explorer.answer == good and explorer.answered == 1
    explorer.set_state({"text": OTHER, "before": "", "asked": 2})
    assert explorer.problem == "" and explorer.answer["now"]["text"] == OTHER


def test_the_still_form_holds_the_likeliest_labels_and_what_changed(checkpoint):
    explorer = explore.classify(checkpoint, "Thank you for the <b> soup.")
    best = classify(checkpoint, explorer.text, top_k=8)
    form = explorer.still()
    assert "&lt;b&gt;" in form and "<b>" not in form and "change since" not in form
    rows = re.findall(r"<tr><td>(.*?)</td><td>(.*?)</td><td>(.*?)</td></tr>", form)
    wanted = [(each.label, f"{each.probability:.3f}", f"{best.logits[each.index]:.2f}") for each in best.ranked]
    assert rows == wanted
    above = sum(probability >= 0.5 for probability in best.probabilities.tolist())
    assert f"the likeliest 8 of 28 labels (sigmoid); {above} at 0.50 or above" in picture(form)

    explorer.before = "Where is the soup?"
    before = classify(checkpoint, explorer.before).probabilities
    top = best.ranked[0]
    assert f"change since: {explorer.before}" in explorer.still()
    assert top.label == "gratitude" and top.probability - before[top.index] > 0.5
    assert f"<td>{top.probability - before[top.index]:+.2f}</td>" in explorer.still()


def test_the_still_form_follows_function_and_threshold(checkpoint):
    explorer = explore.classify(checkpoint, TEXT)
    explorer.threshold = 0.0
    assert "28 at 0.00 or above" in picture(explorer.still())
    explorer.function = "softmax"
    assert f"{classify(checkpoint, TEXT, 1, 'softmax').ranked[0].probability:.3f}" in explorer.still()
    assert "(softmax)" in picture(explorer.still()) and "or above" not in picture(explorer.still())


def test_a_change_that_rounds_to_nothing_has_no_sign(checkpoint):
    explorer = explore.classify(checkpoint, TEXT)
    explorer.before = TEXT
    assert explorer.still().count("<td>0.00</td>") == 8
