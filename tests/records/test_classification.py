"""The record of a classified text: short prints, an escaped table, the pipeline's form."""

from dataclasses import replace

import torch

from encoder_lab.records import Classification, RankedLabel


def found(count: int = 2, function: str = "sigmoid") -> Classification:
    """Make a record by hand, with labels nobody should trust."""
    labels = ("<b>", "joy", *(f"label {i}" for i in range(2, 9)))
    ranked = tuple(RankedLabel(labels[i], i, 0.9 - i / 10) for i in range(count))
    one, logits = torch.zeros(3), torch.arange(9.0)
    return Classification("a <script> & more", None, one, one, one, logits, function, logits, labels, ranked, (), None)


def test_the_table_is_escaped():
    html = found()._repr_html_()
    assert "<script>" not in html and "a &lt;script&gt; &amp; more" in html
    assert "<td>&lt;b&gt;</td><td>0.9000</td><td>0.00</td>" in html and "probability (sigmoid)" in html


def test_logits_are_not_called_probabilities():
    assert "probability" not in found(function="none")._repr_html_()


def test_it_prints_in_a_few_words():
    assert repr(found()) == "Classification('a <script> & more')\n  sigmoid: <b> 0.9000, joy 0.8000"
    assert repr(found(7)).endswith("label 4 0.5000, …")
    assert repr(RankedLabel("joy", 1, 0.123456)) == "RankedLabel('joy', 0.1235)"
    assert repr(replace(found(), text="word " * 100)).startswith(f"Classification('{'word ' * 15}wor…)\n")


def test_the_pipelines_form():
    assert found().as_pipeline() == [{"label": "<b>", "score": 0.9}, {"label": "joy", "score": 0.8}]
