"""The record of a text with its labels' hypotheses: short prints, an escaped table, the pipeline's form."""

from types import SimpleNamespace

import torch

from encoder_lab.records import Pair, RankedLabel, ZeroShot


def found(cuts: tuple[int, ...] = (0, 0)) -> ZeroShot:
    """Make a record by hand, with a label nobody should trust."""
    labels = ("joy", "<b>")
    reader = SimpleNamespace(pair=lambda *_: "tokens", trace=lambda tokens: f"trace of {tokens}")
    logits = torch.tensor([[1.0, 2, 3], [4, 5, 6]])
    pairs = tuple(
        Pair(label, "a <script>", f"It is {label}.", 9, cut, row, row[[0, 2]], 8, reader)
        for label, cut, row in zip(labels, cuts, logits, strict=True)
    )
    shares = torch.tensor([0.25, 0.75])
    ranked = (RankedLabel("<b>", 1, 0.75), RankedLabel("joy", 0, 0.25))
    names = ("contradiction", "<i>", "entailment")
    return ZeroShot(
        "a <script>", labels, "It is {}.", False, pairs, names, 2, 0, logits, logits[:, [0, 2]], shares, shares / 2,
        ranked, reader,
    )  # fmt: skip


def test_the_table_is_escaped_and_in_the_order_of_the_ranks():
    html = found()._repr_html_()
    assert not any(f"<{name}>" in html for name in ("script", "b", "i"))
    assert "<td>&lt;b&gt;</td><td>0.7500</td><td>It is &lt;b&gt;.</td><td>4.00</td><td>5.00</td><td>6.00</td>" in html
    assert html.index("&lt;b&gt;") < html.index("joy") and "&lt;i&gt; (logit)" in html


def test_it_prints_in_a_few_words():
    assert repr(found()) == "ZeroShot('a <script>')\n  one label is true: <b> 0.7500, joy 0.2500"
    assert "  size        9\n" in repr(found().pairs[0])


def test_what_was_cut_is_said():
    assert found().notes == ()
    (note,) = found((0, 3)).notes
    assert note == "the text is too long for the model: its last 3 tokens were left out, the hypotheses kept"
    (note,) = found((2, 3)).notes
    assert "its last 2 to 3 tokens" in note
    assert repr(found((2, 3))).endswith(f"\n  note: {note}") and note in found((2, 3))._repr_html_()


def test_the_pipelines_form():
    assert found().as_pipeline() == {"sequence": "a <script>", "labels": ["<b>", "joy"], "scores": [0.75, 0.25]}


def test_passes_deciding_and_traces():
    record = found()
    assert record.passes == 2 and record.pairs[0].deciding == 8
    assert record.trace("joy") == record.trace(0) == "trace of tokens"
