"""Zero-shot classification: what the labels, the template and the text may be, and what is said of bad ones."""

import re

import pytest

from encoder_lab import zero_shot
from tests.forward.conftest import LIMIT
from tests.forward.inference import pipeline_of, same


def test_labels_in_one_string_are_split_at_commas(nli):
    found = zero_shot(nli, "hello", " cat, the river bank ,,dog,")
    assert found.labels == ("cat", "the river bank", "dog")
    same(found.as_pipeline(), pipeline_of(nli)("hello", " cat, the river bank ,,dog,"), 1e-6)


@pytest.mark.parametrize("label", ["{}", "{cat}", "}{", "{{}}", "a {0} b"])
def test_braces_in_a_label_stand_for_themselves(nli, label):
    template = "It is {}, {{so}}."
    found = zero_shot(nli, "hello", [label, "dog"], template)
    assert found.pairs[0].hypothesis == f"It is {label}, {{so}}."
    same(found.as_pipeline(), pipeline_of(nli)("hello", [label, "dog"], hypothesis_template=template), 1e-6)


def test_a_long_text_is_cut_and_the_hypothesis_never(nli):
    text, labels = "the cat sat by the river bank " * 9, ["cat", "a very much longer label"]
    found = zero_shot(nli, text, labels)
    same(found.as_pipeline(), pipeline_of(nli)(text, labels), 1e-6)
    whole = nli.tokenizer(text, add_special_tokens=False)["input_ids"]
    for pair in found.pairs:
        tokens = pair.tokens
        sides = tokens.sides[0].tolist()
        assert len(sides) == pair.size == LIMIT and sides.count(0) + pair.cut == len(whole)
        assert tokens.ids[0, : sides.count(0) + 1].tolist() == [0, *whole[: -pair.cut]]
        kept = tokens.spans[0][tokens.sides[0] == 1]
        assert kept[0, 0] == 0 and kept[-1, 1] == len(pair.hypothesis)
        assert found.trace(pair.label).encoder.tokens.ids.tolist() == tokens.ids.tolist()
    fewer, more = (pair.cut for pair in found.pairs)
    assert 0 < fewer < more
    assert found.notes == (
        f"the text is too long for the model: its last {fewer} to {more} tokens were left out, the hypotheses kept",
    )


def test_a_text_that_fits_to_the_token_is_not_cut(nli):
    sizes = {}
    for count in range(1, 60):
        found = zero_shot(nli, "!" * count, ["cat"])
        sizes[found.pairs[0].size + found.pairs[0].cut] = found.pairs[0].cut
        assert bool(found.notes) == bool(found.pairs[0].cut)
    assert sizes[LIMIT] == 0 and sizes[LIMIT + 1] == 1 and max(sizes) > LIMIT + 5


@pytest.mark.parametrize(
    "change, kind, words",
    [
        ({"labels": []}, ValueError, "there is no label; give at least one"),
        ({"labels": " , ,"}, ValueError, "there is no label; give at least one"),
        ({"labels": ["cat", " "]}, ValueError, "the label ' ' is blank; give a word, or leave it out"),
        ({"labels": ["cat", "dog", "cat"]}, ValueError, "the label 'cat' is given twice; give each label once"),
        ({"labels": "cat, dog, cat"}, ValueError, "the label 'cat' is given twice"),
        ({"labels": ["cat", "cat "]}, ValueError, "the label 'cat ' is given twice"),
        ({"labels": ["cat", 3]}, TypeError, "a label must be a string; this is 3"),
        ({"labels": {"cat"}}, TypeError, "labels must be a list of strings, or one string with commas; this is {'cat'"),
        ({"labels": None}, TypeError, "labels must be a list of strings, or one string with commas; this is None"),
        ({"text": ""}, ValueError, "the text is empty; type at least one word"),
        ({"text": ["a", "\t"]}, ValueError, "text 1 of the list is blank"),
        ({"text": []}, ValueError, "the list of texts is empty"),
        ({"text": 7}, TypeError, "a text must be a string or a list of strings; this is an int"),
        ({"text": ["a", b"b"]}, TypeError, "text 1 of the list must be a string; this is a bytes"),
        ({"hypothesis_template": "This is it."}, ValueError, "the template 'This is it.' has no {}; write one, where"),
        ({"hypothesis_template": ""}, ValueError, "the template '' has no {}"),
        ({"hypothesis_template": "{{}}"}, ValueError, "the template '{{}}' has no {}"),
        ({"hypothesis_template": "{} is {}."}, ValueError, "the template '{} is {}.' has 2 {}; write one"),
        ({"hypothesis_template": "It is {label}."}, ValueError, "has something between its braces; write {}, with"),
        ({"hypothesis_template": "It is {0}."}, ValueError, "has something between its braces"),
        ({"hypothesis_template": "It is {!r}."}, ValueError, "has something between its braces"),
        ({"hypothesis_template": "It is {:>9}."}, ValueError, "has something between its braces"),
        ({"hypothesis_template": "It is {}, {."}, ValueError, "the template 'It is {}, {.' has a single brace; write"),
        ({"hypothesis_template": None}, TypeError, "the hypothesis template must be a string; this is None"),
        ({"multi_label": "yes"}, TypeError, "multi_label must be True or False; this is 'yes'"),
        ({"text": "a </s> b"}, ValueError, "the text 'a </s> b' has '</s>' at character 2; the model would read that"),
        ({"text": ["fine", "<pad>"]}, ValueError, "the text '<pad>' has '<pad>' at character 0"),
        ({"labels": ["cat", "<mask>"]}, ValueError, "the label '<mask>' has '<mask>' at character 0"),
        ({"hypothesis_template": "<s> {}"}, ValueError, "the template '<s> {}' has '<s>' at character 0"),
        ({"hypothesis_template": "<{}>", "labels": ["s"]}, ValueError, "the hypothesis '<s>' has '<s>' at"),
        ({"labels": ["cat " * 90]}, ValueError, "the second text 'This example is cat .* reads at most 62"),
    ],
)
def test_bad_input(nli, change, kind, words):
    pattern = words if ".*" in words else re.escape(words)
    with pytest.raises(kind, match=pattern):
        zero_shot(nli, **{"text": "the cat", "labels": ["cat"]} | change)
