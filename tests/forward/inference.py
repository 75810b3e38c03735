"""A tiny random model of natural language inference, and the pipeline its answers are held to."""

from dataclasses import replace

from transformers import BartForSequenceClassification, Pipeline, pipeline

from encoder_lab.checkpoints import Checkpoint
from tests.families import tiny


def with_names(checkpoint: Checkpoint, names: tuple[str, ...]) -> Checkpoint:
    """Give the same tokenizer a tiny random float64 model with a logit for each of these names."""
    model = tiny(BartForSequenceClassification, len(checkpoint.tokenizer), labels=len(names))
    model.config.id2label = dict(enumerate(names))
    model.config.label2id = {name: place for place, name in enumerate(names)}
    return replace(checkpoint, model=model)


def pipeline_of(checkpoint: Checkpoint) -> Pipeline:
    """Make the pipeline that answers with the same model."""
    return pipeline("zero-shot-classification", model=checkpoint.model, tokenizer=checkpoint.tokenizer)


def same(ours: dict, theirs: dict, tolerance: float) -> None:
    """Hold one answer to the pipeline's: order and labels exactly, scores within `tolerance`."""
    assert set(ours) == set(theirs) == {"sequence", "labels", "scores"}
    assert ours["sequence"] == theirs["sequence"] and ours["labels"] == theirs["labels"]
    assert max(abs(a - b) for a, b in zip(ours["scores"], theirs["scores"], strict=True)) <= tolerance
