"""A text with each label's hypothesis, and what an inference model makes of every such pair."""

from dataclasses import dataclass

from torch import Tensor

from encoder_lab.records.classification import RankedLabel
from encoder_lab.records.record import Record, table
from encoder_lab.records.stages import EncoderDecoderTrace, Tokens
from encoder_lab.shown import html, shorten


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Pair(Record):
    """One premise with one hypothesis: one pass through the model.

    In BART the last position decides. The encoder reads the last `</s>` there. The decoder reads the token before it,
    since its input is shifted right by one, and through its attention everything else. In other families it is the
    first.
    """

    label: str
    premise: str  # the text as typed
    hypothesis: str  # the template with the label put in
    size: int  # T, how many tokens the model read
    cut: int  # how many of the premise's last tokens did not fit into the model; 0 if it was read whole
    logits: Tensor  # (3,) what the head says of the pair, in the model's order; two or more in other models
    contrast: Tensor  # (2,) the logits of contradiction and of entailment
    deciding: int | None  # the position whose vector the head classifies; None where it is the mean of all
    reader: object  # reads the pair again; see `Record.on`

    @property
    def tokens(self) -> Tokens:
        """Give the pair as the model read it, (1, T): side 0 is the premise, side 1 the hypothesis; made anew."""
        return self.reader.pair(self.premise, self.hypothesis)


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class ZeroShot(Record):
    """A text, labels that are only described, and which of them the text entails."""

    text: str
    labels: tuple[str, ...]  # (C) as given
    hypothesis_template: str
    multi_label: bool  # whether several labels may be true at once
    pairs: tuple[Pair, ...]  # (C) in the labels' order
    names: tuple[str, ...]  # what the model calls its logits, as a rule three
    entailment: int  # which of them stands for entailment
    contradiction: int  # which for contradiction
    logits: Tensor  # (C, 3)
    contrast: Tensor  # (C, 2) contradiction and entailment
    exclusive: Tensor  # (C,) if one label is true: softmax over the labels' entailment logits
    independent: Tensor  # (C,) each label by itself: entailment's share against contradiction
    ranked: tuple[RankedLabel, ...]  # (C) the likeliest first
    reader: object  # reads a pair again; see `Record.on`
    read_notes: tuple[str, ...] = ()  # what to know about reading these texts with this vocabulary

    @property
    def probabilities(self) -> Tensor:
        """Give the probabilities of the mode asked for, (C,). A single label is always judged by itself."""
        return self.independent if self.multi_label else self.exclusive

    @property
    def passes(self) -> int:
        """Count the pairs the model read: one for each label."""
        return len(self.pairs)

    def trace(self, label: str | int) -> EncoderDecoderTrace:
        """Read one pair again and keep the encoder's and the decoder's hidden states.

        Args:
            label: a label, or its place among the labels.

        Raises:
            ValueError: there is no such label.
            IndexError: there is no such place.
        """
        if isinstance(label, str):
            if label not in self.labels:
                raise ValueError(f"there is no label {label!r}; the labels are {', '.join(map(repr, self.labels))}")
            label = self.labels.index(label)
        if not -len(self.pairs) <= label < len(self.pairs):
            raise IndexError(f"there is no label number {label}; there are labels 0 to {len(self.pairs) - 1}")
        return self.reader.trace(self.pairs[label].tokens)

    def as_pipeline(self) -> dict:
        """Give what `ZeroShotClassificationPipeline` of `transformers` 5 gives for one text.

        For a list of texts the pipeline gives a list of such dictionaries, also for a list of one.

        Returns:
            A dictionary with sequence, labels and scores, the likeliest label first.

        Source: `ZeroShotClassificationPipeline.postprocess`.
        """
        labels, scores = ([getattr(each, name) for each in self.ranked] for name in ("label", "probability"))
        return {"sequence": self.text, "labels": labels, "scores": scores}

    @property
    def notes(self) -> tuple[str, ...]:
        """Say what the reader of the record would not expect."""
        cut = [pair.cut for pair in self.pairs if pair.cut]
        if not cut:
            return self.read_notes
        count = f"{min(cut)} to {max(cut)}" if min(cut) < max(cut) else str(cut[0])
        said = f"the text is too long for the model: its last {count} tokens were left out, the hypotheses kept"
        return (said, *self.read_notes)

    def _text(self) -> str:
        mode = "each label by itself" if self.multi_label else "one label is true"
        shown = ", ".join(f"{each.label} {each.probability:.4f}" for each in self.ranked[:5])
        lines = [f"ZeroShot({shorten(repr(self.text))})", f"  {mode}: {shown}{', …' * (len(self.ranked) > 5)}"]
        return "\n".join(lines)

    def _rich(self) -> str:
        rows = []
        for each in self.ranked:
            logits = (f"{logit:.2f}" for logit in self.logits[each.index].tolist())
            rows.append([each.label, f"{each.probability:.4f}", self.pairs[each.index].hypothesis, *logits])
        names = ["label", "probability", "hypothesis", *(f"{name} (logit)" for name in self.names)]
        return f"<p>{html(self.text)}</p>" + table(names, rows)
