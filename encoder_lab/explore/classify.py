"""The classification explorer on a checkpoint: every label's logit, and its probability both ways."""

from encoder_lab import forward
from encoder_lab.checkpoints import Checkpoint
from encoder_lab.forward.classify import default_function
from encoder_lab.probabilities import sigmoid, softmax
from encoder_lab.widgets.classify import ClassificationExplorer


def classify(
    checkpoint: Checkpoint, text: str = "Thank you so much, what a lovely surprise!", presenter: bool = False
) -> ClassificationExplorer:
    """Open the classification explorer.

    Args:
        checkpoint: from `load("text-classification")`.
        text: what it begins with.
        presenter: large type, few controls and the likeliest labels only, for a projector.

    Raises:
        ValueError: the checkpoint is for another task, or its model gives a number instead of labels; the text is
            empty, too long or holds a special token.
    """
    checkpoint.check_task("text-classification", "explore.classify")
    function = default_function(checkpoint.model.config)
    if function == "none":
        raise ValueError("this model gives a number (regression); explore.classify needs one that gives labels")

    def look(typed: str) -> dict:
        seen = forward.classify(checkpoint, typed, function_to_apply="none")
        return {
            "text": typed,  # as typed
            "labels": seen.labels,  # (C) in the model's order
            "logits": seen.logits.tolist(),  # (C)
            "sigmoid": sigmoid(seen.logits).tolist(),  # (C) each label's probability by itself
            "softmax": softmax(seen.logits).tolist(),  # (C) the labels' shares of 1
            "notes": seen.notes,  # what to know about this reading
        }

    return ClassificationExplorer(look, text=text, function=function, presenter=presenter)
