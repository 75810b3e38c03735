"""What looking further in gives: a watched number, and what heads, patches, lenses, gradients and twins say of it."""

from dataclasses import dataclass

from torch import Tensor

from encoder_lab.records.answer import Span
from encoder_lab.records.record import Record, table
from encoder_lab.records.stages import Tokens
from encoder_lab.shown import html, shorten


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class States(Record):
    """The hidden states of one run through the layers."""

    encoder: tuple[Tensor, ...]  # (L + 1) of (B, T, D): 0 enters the first layer, L leaves the last
    decoder: tuple[Tensor, ...]  # the same of BART's decoder; empty for the others

    @property
    def last(self) -> Tensor:
        """Give the hidden state that the head reads, (B, T, D)."""
        return (self.decoder or self.encoder)[-1]


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Target(Record):
    """A text, and the one number of the model's answer to it that is watched."""

    tokens: Tokens  # (1, T) the text or the pair
    name: str  # the output in words
    measure: str  # "logit" or "probability"
    positions: tuple[int, ...]  # where the head reads: a mask; a span's first and last token; none for a label
    output: int | None  # which of the head's logits: a token id or a label's place; None for a span
    against: int | None  # the output whose logit is subtracted; None for none
    value: float  # the number for the text as it is

    def _text(self) -> str:
        return f"Target({self.name}: {self.measure} {self.value:.4f}, in {shorten(repr(_text(self.tokens)))})"

    def _rich(self) -> str:
        return table(["watched", "of", self.measure], [[self.name, _text(self.tokens), f"{self.value:.4f}"]])


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class HeadEffects(Record):
    """What becomes of a watched number when one head at a time is switched off."""

    target: Target
    attention: str  # "encoder", "decoder" or "cross"
    values: Tensor  # (L, H) the number with that head off
    effects: Tensor  # (L, H) values - target.value: below 0 the head had helped
    notes: tuple[str, ...] = ()  # what to know about these effects

    def strongest(self, count: int = 5) -> list[tuple[int, int, float]]:
        """List (layer, head, effect) of the heads whose effect is largest, up or down."""
        heads = self.effects.shape[1]
        order = self.effects.flatten().abs().argsort(descending=True, stable=True)[:count]
        return [(at // heads, at % heads, self.effects.flatten()[at].item()) for at in order.tolist()]

    def _text(self) -> str:
        shown = ", ".join(f"layer {layer} head {head} {effect:+.2f}" for layer, head, effect in self.strongest())
        lines = [f"HeadEffects({self.target.name}: {self.target.measure} {self.target.value:.4f})", f"  {shown}, …"]
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])

    def _rich(self) -> str:
        rows = [[layer, head, f"{effect:+.4f}"] for layer, head, effect in self.strongest(10)]
        notes = "".join(f"<p>{html(note)}</p>" for note in self.notes)
        return table(["layer", "head", f"effect on {self.target.name} ({self.target.measure})"], rows) + notes


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Patched(Record):
    """A text run with some hidden states of another text."""

    target: Target
    other: float  # the watched number for the other text
    value: float  # the number with the patch in place
    last: Tensor  # (1, T, D) the last hidden state with the patch in place

    def _text(self) -> str:
        return f"Patched({self.target.name}: {_three(self.target, self.value, self.other)})"

    def _rich(self) -> str:
        row = [self.target.name, *(f"{value:.4f}" for value in (self.target.value, self.value, self.other))]
        return table([f"watched ({self.target.measure})", "text", "text, patched", "other text"], [row])


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class PatchMap(Record):
    """A text run once for each hidden state and position, with that one vector taken from another text."""

    target: Target
    other_tokens: Tokens  # (1, T') of the other text
    other: float  # the watched number for the other text
    side: str  # "encoder" or "decoder"
    values: Tensor  # (L + 1, T) the number with that vector patched; not a number where no position is aligned

    @property
    def effects(self) -> Tensor:
        """Give values - target.value, (L + 1, T)."""
        return self.values - self.target.value

    @property
    def shares(self) -> Tensor:
        """Give how far each patch goes from the text's number (0) to the other text's (1), (L + 1, T)."""
        return self.effects / (self.other - self.target.value)

    def _text(self) -> str:
        best = self.effects.nan_to_num().abs().argmax().item()
        layer, position = divmod(best, self.effects.shape[1])
        where = f"hidden state {layer}, position {position} ({self.target.tokens.strings[0][position]!r})"
        return f"PatchMap({self.target.name}; farthest at {where}: " + (
            f"{_three(self.target, self.values[layer, position].item(), self.other)})"
        )

    def _rich(self) -> str:
        rows = [
            [position, token, *(f"{value:.2f}" if value == value else "" for value in column)]
            for position, (token, column) in enumerate(
                zip(self.target.tokens.strings[0], self.values.T.tolist(), strict=True)
            )
        ]
        return table(["position", "token", *(f"hidden state {layer}" for layer in range(len(self.values)))], rows)


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Lens(Record):
    """What the masked-language-model head would say at every position, had the model ended after each layer."""

    tokens: Tokens  # (1, T)
    ids: Tensor  # (L + 1, T, k) the likeliest token ids
    words: tuple[tuple[tuple[str, ...], ...], ...]  # (L + 1)(T)(k) the same as text
    probabilities: Tensor  # (L + 1, T, k)
    entropy: Tensor  # (L + 1, T) nats: 0 sure, log V knows nothing

    def _text(self) -> str:
        last = shorten(repr(" ".join(words[0] for words in self.words[-1])))
        return f"Lens({len(self.words)} hidden states of {len(self.words[0])} tokens; the last reads {last})"

    def _rich(self) -> str:
        rows = [
            [token, *(f"{words[at][0]} {sure[at, 0]:.2f}" for words, sure in zip(self.words, self.probabilities,
                                                                                strict=True))]
            for at, token in enumerate(self.tokens.strings[0])
        ]  # fmt: skip
        return table(["token", *(f"hidden state {layer}" for layer in range(len(self.words)))], rows)


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class SpanLens(Record):
    """What the question-answering head would say, had the model ended after each layer."""

    tokens: Tokens  # (1, T) the question and its context
    start_logits: Tensor  # (L + 1, T)
    end_logits: Tensor  # (L + 1, T)
    spans: tuple[Span, ...]  # (L + 1) the likeliest of each hidden state
    null_scores: Tensor  # (L + 1,) the first token's start times end probability: no answer

    def _text(self) -> str:
        lines = [f"  {layer}: {span.score:.4f} {shorten(repr(span.text))}" for layer, span in enumerate(self.spans)]
        return "\n".join([f"SpanLens({shorten(repr(self.tokens.texts[0][0]))})", *lines])

    def _rich(self) -> str:
        rows = [
            [layer, span.text, f"{span.score:.4f}", f"{null:.4f}"]
            for layer, (span, null) in enumerate(zip(self.spans, self.null_scores.tolist(), strict=True))
        ]
        return table(["hidden state", "likeliest span", "score", "no answer"], rows)


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Attribution(Record):
    """A watched number shared out among the tokens."""

    target: Target
    method: str  # "integrated gradients" or "gradient x input"
    baseline: str | None  # what integrated gradients start from: "mask" or "zero"
    steps: int  # points between baseline and text; 1 for gradient x input
    scores: Tensor  # (T,) each token's share, in the target's unit
    baseline_value: float  # the watched number for the baseline

    @property
    def difference(self) -> float:
        """Give what there is to be shared out: the text's number minus the baseline's."""
        return self.target.value - self.baseline_value

    @property
    def gap(self) -> float:
        """Give what the shares sum to beyond the difference; 0 if they are complete."""
        return self.scores.sum().item() - self.difference

    def _text(self) -> str:
        name = f"{self.method} from {self.baseline!r}, {self.steps} steps" if self.steps > 1 else self.method
        sums = f"shares sum to {self.scores.sum():.4f}, difference {self.difference:.4f}, gap {self.gap:+.4f}"
        return f"Attribution({self.target.name}: {name}; {sums})"

    def _rich(self) -> str:
        rows = zip(self.target.tokens.strings[0], self.scores.tolist(), strict=True)
        return table(
            ["position", "token", f"share of the {self.target.measure}"],
            [[at, token, f"{score:+.4f}"] for at, (token, score) in enumerate(rows)],
        )


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Counterfactual(Record):
    """Two texts that differ in little, aligned, and how far apart they are at each layer."""

    tokens: Tokens  # (1, T)
    other_tokens: Tokens  # (1, T')
    side: str  # "encoder" or "decoder"
    pairs: tuple[tuple[int, int], ...]  # (N) positions that stand for each other, in the text and in the other
    distances: Tensor  # (L + 1, N) cosine distance: 0 the same direction, 1 at right angles

    @property
    def changed(self) -> tuple[bool, ...]:
        """Say of each pair whether its tokens differ."""
        ids, others = self.tokens.ids[0].tolist(), self.other_tokens.ids[0].tolist()
        return tuple(ids[one] != others[other] for one, other in self.pairs)

    @property
    def labels(self) -> tuple[str, ...]:
        """Write each pair as its token, or as both where they differ."""
        mine, others = self.tokens.strings[0], self.other_tokens.strings[0]
        both = [(mine[one], others[other]) for one, other in self.pairs]
        return tuple(one if one == other else f"{one} / {other}" for one, other in both)

    def _text(self) -> str:
        count = sum(self.changed)
        return f"Counterfactual({len(self.pairs)} aligned positions, {count} changed, {len(self.distances) - 1} layers)"

    def _rich(self) -> str:
        rows = [
            [label, *(f"{distance:.3f}" for distance in column)]
            for label, column in zip(self.labels, self.distances.T.tolist(), strict=True)
        ]
        return table(["token", *(f"hidden state {layer}" for layer in range(len(self.distances)))], rows)


def _text(tokens: Tokens) -> str:
    """Write a text, or a pair with a bar between."""
    return " | ".join(text for text in tokens.texts[0] if text is not None)


def _three(target: Target, value: float, other: float) -> str:
    """Write the number of the text, of the patched text and of the other text."""
    return f"{target.measure} {target.value:.4f}, patched {value:.4f}, other text {other:.4f}"
