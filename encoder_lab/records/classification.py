"""A text, what a classification head makes of it step by step, and the labels it gives."""

from dataclasses import dataclass

from torch import Tensor

from encoder_lab.records.record import Record, table
from encoder_lab.records.stages import Tokens, Trace
from encoder_lab.shown import Shown, html, shorten


@dataclass(frozen=True, slots=True, repr=False)
class RankedLabel(Shown):
    """One label as an answer."""

    label: str
    index: int  # its place among the labels, before ranking
    probability: float  # 0 to 1; the logit itself where no function was applied

    def _text(self) -> str:
        return f"RankedLabel({self.label!r}, {self.probability:.4f})"


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Classification(Record):
    """A text and what a classifier makes of it."""

    text: str
    tokens: Tokens  # (1, T)
    vector: Tensor  # (D,) the first token's last hidden state
    dense: Tensor  # (D,) after the dense layer
    activated: Tensor  # (D,) after tanh
    logits: Tensor  # (C,) after out_proj
    function: str  # "sigmoid", "softmax" or "none": what turned logits into probabilities
    probabilities: Tensor  # (C,) 0 to 1; the logits themselves where the function is "none"
    labels: tuple[str, ...]  # (C) in the model's order
    ranked: tuple[RankedLabel, ...]  # the likeliest first, as many as were asked for
    notes: tuple[str, ...]  # what to know about this model, and about reading this text with its vocabulary
    reader: object  # reads the text again; see `Record.on`

    @property
    def trace(self) -> Trace:
        """Read the text again and keep its hidden states; done anew each time it is asked for."""
        return self.reader.trace(self.tokens)

    def as_pipeline(self) -> list[dict]:
        """Give what `TextClassificationPipeline` of `transformers` 5 gives for one text and a `top_k`, None or not.

        A list of dictionaries, also for `top_k=1`. For a list of texts the pipeline gives a list of such lists, so
        it is `[result.as_pipeline() for result in results]` here.

        Returns:
            A dictionary with label and score for each ranked label.

        Source: `TextClassificationPipeline.postprocess`.
        """
        return [{"label": each.label, "score": each.probability} for each in self.ranked]

    def _text(self) -> str:
        shown = ", ".join(f"{each.label} {each.probability:.4f}" for each in self.ranked[:5])
        more = ", …" * (len(self.ranked) > 5)
        lines = [f"Classification({shorten(repr(self.text))})", f"  {self.function}: {shown}{more}"]
        return "\n".join(lines)

    def _rich(self) -> str:
        name = "logit" if self.function == "none" else f"probability ({self.function})"
        rows = [[each.label, f"{each.probability:.4f}", f"{self.logits[each.index]:.2f}"] for each in self.ranked]
        return f"<p>{html(self.text)}</p>" + table(["label", name, "logit"], rows)
