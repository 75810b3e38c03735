"""Records of looking further in print shortly, and their tables are escaped."""

import pytest
import torch

from encoder_lab import interventions as further
from encoder_lab.interventions import watch

TEXT = "The <b>old</b> bank stood by the [MASK]."


@pytest.fixture(scope="module")
def target(fill_mask_checkpoint):
    """A word watched in a text with markup."""
    return watch(fill_mask_checkpoint, TEXT, output="river")


@pytest.fixture(scope="module")
def every_record(fill_mask_checkpoint, target):
    """One record of each kind that the fill-mask checkpoint gives."""
    other = TEXT.replace("old", "new")
    return {
        "Target": target,
        "HeadEffects": further.head_effects(fill_mask_checkpoint, target),
        "Patched": further.patch(fill_mask_checkpoint, target, other, places=[(0, 4)]),
        "PatchMap": further.patch_map(fill_mask_checkpoint, target, other),
        "Lens": further.logit_lens(fill_mask_checkpoint, TEXT),
        "Attribution": further.integrated_gradients(fill_mask_checkpoint, target, steps=3),
        "Counterfactual": further.counterfactual(fill_mask_checkpoint, TEXT, other),
    }


def test_records_print_in_a_few_lines(every_record):
    for name, record in every_record.items():
        shown = repr(record)
        assert shown.startswith(f"{name}(") and len(shown) < 320 and shown.count("\n") <= 1, shown
        assert shown.count("(") == shown.count(")"), shown


def test_tables_are_escaped(every_record):
    for name, record in every_record.items():
        table = record._repr_html_()
        assert "<table>" in table and "<b>" not in table, name


def test_the_span_lens_prints_a_line_a_hidden_state(bundled_checkpoint):
    found = further.span_lens(
        bundled_checkpoint("question-answering"), "Who <i>sat</i>?", "A man <b>sat</b> by the river."
    )
    assert len(repr(found).splitlines()) == 8
    assert "<i>" not in found._repr_html_() and "<b>" not in found._repr_html_()


def test_what_is_worked_out_from_a_record(every_record):
    effects, patches = every_record["HeadEffects"], every_record["PatchMap"]
    assert torch.equal(effects.effects, effects.values - effects.target.value)
    assert torch.equal(patches.effects, patches.values - patches.target.value)
    layer, head, effect = effects.strongest(1)[0]
    assert abs(effect) == effects.effects.abs().max().item() == abs(effects.effects[layer, head].item())
    assert every_record["Counterfactual"].changed.count(True) == 1
    assert "old / new" in every_record["Counterfactual"].labels
