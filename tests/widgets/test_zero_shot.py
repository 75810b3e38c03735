"""The zero-shot explorer on the bundled checkpoint: what it shows is what the journey says."""

import base64
import re

import pytest

from encoder_lab import explore, zero_shot
from encoder_lab.interventions import heads_off

TEXT = "We danced in the kitchen."
LABELS = ["cooking", "dancing", "travel"]
FIRST, SECOND = "This example is {}.", "The topic is {}."


@pytest.fixture(scope="module")
def checkpoint(bundled_checkpoint):
    return bundled_checkpoint("zero-shot-classification")


@pytest.fixture
def explorer(checkpoint):
    return explore.zero_shot(checkpoint, TEXT, LABELS)


def holds(seen: dict, result) -> None:
    """Compare what is shown under one template with the journey's record."""
    assert (seen["text"], seen["template"]) == (result.text, result.hypothesis_template)
    assert list(seen["labels"]) == list(result.labels)
    assert list(seen["hypotheses"]) == [pair.hypothesis for pair in result.pairs]
    assert (list(seen["names"]), seen["entailment"], seen["contradiction"]) == (list(result.names), 2, 0)
    for name in ("logits", "exclusive", "independent"):
        assert seen[name] == getattr(result, name).tolist(), name


def test_it_shows_the_journey_s_logits_and_both_probabilities(checkpoint, explorer):
    holds(explorer.answer["first"], zero_shot(checkpoint, TEXT, LABELS))
    assert explorer.answer["second"] is None and explorer.multi_label is False


def test_a_second_template_stands_beside_the_first(checkpoint, explorer):
    explorer.set_state({"second_template": SECOND, "asked": 1})
    holds(explorer.answer["first"], zero_shot(checkpoint, TEXT, LABELS, FIRST))
    holds(explorer.answer["second"], zero_shot(checkpoint, TEXT, LABELS, SECOND))
    explorer.set_state({"second_template": None, "asked": 2})
    assert explorer.answer["second"] is None


def test_it_begins_as_it_is_told(checkpoint):
    explorer = explore.zero_shot(checkpoint, TEXT, "a dance, a meal", SECOND, multi_label=True, presenter=True)
    assert explorer.labels == ["a dance", "a meal"]
    assert (explorer.template, explorer.multi_label, explorer.presenter) == (SECOND, True, True)
    holds(explorer.answer["first"], zero_shot(checkpoint, TEXT, ["a dance", "a meal"], SECOND))


def test_only_the_template_that_changed_is_read_again(explorer):
    looked, look = [], explorer._look
    explorer._look = lambda *given: looked.append(given[2]) or look(*given)
    explorer.second_template = SECOND
    explorer.template = "It is {}."
    explorer.set_state({"multi_label": True})
    assert looked == [SECOND, "It is {}."]
    explorer.labels = LABELS[:2]
    assert looked[2:] == ["It is {}.", SECOND]
    explorer.second_template = "It is {}."  # twice the same: read once, shown twice
    assert len(looked) == 4 and explorer.answer["first"] == explorer.answer["second"]


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ({"text": ""}, "the text is empty; type at least one word"),
        ({"text": "We </s> danced."}, "the text 'We </s> danced.' has '</s>' at character 3"),
        ({"labels": []}, "there is no label; give at least one"),
        ({"labels": [*LABELS, ""]}, "the label '' is blank; give a word, or leave it out"),
        ({"labels": [*LABELS, "travel"]}, "the label 'travel' is given twice; give each label once"),
        ({"labels": ["<mask>"]}, "the label '<mask>' has '<mask>' at character 0"),
        ({"template": "No place."}, "has no {}; write one, where the label goes"),
        ({"template": "{} and {}"}, "has 2 {}; write one, where the label goes"),
        ({"template": "This is {."}, "has a single brace"),
        ({"template": "<mask> {}"}, "the template '<mask> {}' has '<mask>' at character 0"),
        ({"second_template": ""}, "the template '' has no {}; write one, where the label goes"),
        ({"second_template": "{0}"}, "something between its braces"),
        ({"labels": ["s"], "template": "<{}>"}, "the hypothesis '<s>' has '<s>' at character 0"),
    ],
)
def test_bad_input_is_one_sentence_and_the_last_good_answer_stays(explorer, state, sentence):
    good = explorer.answer
    explorer.set_state({**state, "asked": 1})
    assert sentence in explorer.problem and "\n" not in explorer.problem
    assert explorer.answer == good and explorer.answered == 1
    mended = {"text": TEXT, "labels": ["a dance"], "template": FIRST, "second_template": None}
    explorer.set_state({**mended, "asked": 2})
    assert explorer.problem == "" and list(explorer.answer["first"]["labels"]) == ["a dance"]


@pytest.mark.parametrize(
    ("given", "error", "sentence"),
    [
        ({"labels": ["a", "a"]}, ValueError, "given twice"),
        ({"labels": [1]}, TypeError, "a label must be a string"),
        ({"labels": 1}, TypeError, "labels must be a list of strings"),
        ({"hypothesis_template": None}, TypeError, "the hypothesis template must be a string"),
        ({"text": " "}, ValueError, "the text is blank"),
    ],
)
def test_wrong_first_inputs_are_an_error_of_the_call(checkpoint, given, error, sentence):
    with pytest.raises(error, match=sentence):
        explore.zero_shot(checkpoint, **given)


def test_a_text_that_lost_its_end_is_said(checkpoint):
    explorer = explore.zero_shot(checkpoint, "We danced. " * 300, LABELS)
    (note,) = explorer.notes
    assert "the text is too long for the model" in note and f"<p>{note}</p>" in explorer.still()


def test_the_still_form_holds_every_pair(checkpoint):
    labels = ["<b>", "dancing", "travel"]
    explorer = explore.zero_shot(checkpoint, TEXT, labels)
    explorer.second_template = SECOND
    for many in (False, True):
        explorer.multi_label = many
        form = explorer.still()
        rows = re.findall("<tr>" + 5 * "<td>(.*?)</td>" + "</tr>", form)
        first, second = (zero_shot(checkpoint, TEXT, labels, each, many) for each in (FIRST, SECOND))
        wanted = [
            (
                result.pairs[each.index].hypothesis.replace("<b>", "&lt;b&gt;"),
                f"{result.probabilities[each.index]:.3f}",
                *(f"{logit:.2f}" for logit in result.logits[each.index].tolist()),
            )
            for result in (first, second)
            for each in first.ranked
        ]
        assert rows == wanted
        assert "<b>" not in form
        mode = "many labels may be true" if many else "one label is true"
        svg = base64.b64decode(re.search(r"svg\+xml;base64,([^\"]+)", form)[1]).decode()
        assert f"{FIRST} ({mode})" in svg and "&lt;b&gt;" in svg and "<b>" not in svg


def test_heads_can_be_switched_off_and_on_again(checkpoint, explorer):
    whole = explorer.answer
    explorer.set_state({"off": [[0, 3], [5, 0]], "asked": 1})
    holds(explorer.answer["first"], zero_shot(heads_off(checkpoint, [(0, 3), (5, 0)]), TEXT, LABELS))
    assert explorer.answer["first"]["logits"] != whole["first"]["logits"]
    best = zero_shot(checkpoint, TEXT, LABELS).ranked[0]
    assert explorer.answer["first"]["without"] == f"{best.label} {best.probability:.3f} (if one label is true)"
    assert "Heads off: layer 0 head 3, layer 5 head 0." in explorer.still()
    explorer.set_state({"off": [], "asked": 2})
    assert explorer.answer == whole
    explorer.set_state({"off": [[6, 0]], "asked": 3})
    assert "layer 6" in explorer.problem and explorer.answer == whole
