"""The zero-shot explorer on a checkpoint: every label's pair, under one template or two."""

from collections.abc import Sequence

from encoder_lab import forward
from encoder_lab.checkpoints import Checkpoint
from encoder_lab.explore.switched import switched
from encoder_lab.forward.zero_shot import check_hypotheses
from encoder_lab.texts import say
from encoder_lab.widgets.zero_shot import ZeroShotExplorer

# No bundled checkpoint was trained on labels about travel, cooking or dancing.
LABELS = ("travel", "cooking", "dancing", "a hotel", "a recipe")


def zero_shot(
    checkpoint: Checkpoint,
    text: str = "On our trip through Italy we cooked every evening.",
    labels: str | Sequence[str] = LABELS,
    hypothesis_template: str = "This example is {}.",
    multi_label: bool = False,
    presenter: bool = False,
) -> ZeroShotExplorer:
    """Open the zero-shot explorer.

    Args:
        checkpoint: from `load("zero-shot-classification")`.
        text: what it begins with.
        labels: different labels, or one string of them with commas between.
        hypothesis_template: a sentence with one {}, where the label goes.
        multi_label: whether several labels may be true of a text.
        presenter: large type and few controls, for a projector.

    Raises:
        TypeError: the labels, one of them, or the template is not a string.
        ValueError: the checkpoint is for another task; the text or a label is blank; there is no label, or one twice;
            the template has not exactly one {}; a special token is typed.
    """
    checkpoint.check_task("zero-shot-classification", "explore.zero_shot")
    labels = check_hypotheses(labels, hypothesis_template)

    changed, switches = switched(checkpoint)

    def all_on(typed: str, wanted: list[str], template: str) -> str:
        """Say what the model answers with all its heads."""
        best = forward.zero_shot(checkpoint, typed, wanted, template).ranked[0]
        return say("explorers.zero_shot.without", label=best.label, probability=f"{best.probability:.3f}")

    def look(typed: str, wanted: list[str], template: str, off: list) -> dict:
        seen = forward.zero_shot(changed(off), typed, wanted, template)
        return {
            "text": typed,  # as typed
            "template": template,  # with {} where the label goes
            "labels": seen.labels,  # (C) in the order they were given
            "hypotheses": [pair.hypothesis for pair in seen.pairs],  # (C) the template with each label put in
            "names": seen.names,  # (3) what the model calls its logits
            "entailment": seen.entailment,  # which of the three stands for entailment
            "contradiction": seen.contradiction,  # which for contradiction
            "logits": seen.logits.tolist(),  # (C, 3)
            "exclusive": seen.exclusive.tolist(),  # (C) probabilities if one label is true; they sum to 1
            "independent": seen.independent.tolist(),  # (C) probabilities if each label is judged by itself
            "notes": seen.notes,  # what the reader would not expect, such as a text that was cut
            "without": all_on(typed, wanted, template) if off else "",  # what it says with all heads on
        }

    state = {"text": text, "labels": labels, "template": hypothesis_template, "multi_label": multi_label}
    return ZeroShotExplorer(look, **state, **switches, presenter=presenter)
