"""The stages of one way through a model: tokens, embeddings, layers, heads."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from encoder_lab.records.long_attention import LongAttention
from encoder_lab.records.record import Record, table


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Tokens(Record):
    """Text as the model reads it."""

    texts: tuple[tuple[str, str | None], ...]  # (B) what was typed: a text, and its pair or None
    ids: Tensor  # (B, T) numbers in the vocabulary
    mask: Tensor  # (B, T) 1 for a real token, 0 for padding
    segments: Tensor  # (B, T) 0, or 1 for the pair's second text where the family tells them apart
    sides: Tensor  # (B, T) 0 first text, 1 second text, -1 added token or padding
    spans: Tensor  # (B, T, 2) start and end character in the text of that side; 0, 0 if added
    strings: tuple[tuple[str, ...], ...]  # (B)(T) readable: "##ing" as it is, "·" for the space before a word
    notes: tuple[str, ...] = ()  # what to know about reading these texts with this vocabulary

    def _rich(self) -> str:
        return "".join(
            table(
                ["position", "token", "id", "text", "characters"],
                [
                    [at, string, int(i), {0: "first", 1: "second"}.get(int(side), ""), characters(span)]
                    for at, (string, i, side, span) in enumerate(zip(strings, ids, sides, spans, strict=True))
                ],
            )
            for strings, ids, sides, spans in zip(self.strings, self.ids, self.sides, self.spans, strict=True)
        )


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Embeddings(Record):
    """What enters the first layer, and the parts it is the sum of."""

    word: Tensor  # (B, T, D) which token it is; narrower than D where the family projects it to the hidden width
    position: Tensor | None  # (B, T, D) where it stands; None where positions come in later, in the attention
    segment: Tensor | None  # (B, T, D) which text it belongs to; None where the family does not tell them apart
    total: Tensor  # (B, T, D) the sum of the parts
    normed: Tensor  # (B, T, D) the sum after LayerNorm
    projected: Tensor | None  # (B, T, D) at the hidden width: the sum's LayerNorm, in DeBERTa the sum itself; or None
    output: Tensor  # (B, T, D) the last of these: hidden state 0


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Attention(Record):
    """One attention block, opened up."""

    query: Tensor  # (B, H, T, K) what each position asks
    key: Tensor  # (B, H, S, K) what each position answers to
    value: Tensor  # (B, H, S, K) what each position hands over
    scores: Tensor  # (B, H, T, S) q·k / sqrt(K), or the family's own; neither mask nor distances' bias is added yet
    weights: Tensor  # (B, H, T, S) softmax over S; every row sums to 1
    mixed: Tensor  # (B, T, D)    weighted values, heads side by side
    output: Tensor  # (B, T, D)    after the output projection


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class FeedForward(Record):
    """The two dense layers that every position goes through alone."""

    widened: Tensor  # (B, T, F) after the first dense layer
    activated: Tensor  # (B, T, F) after GELU, and times the gate where there is one
    narrowed: Tensor  # (B, T, D) after the second dense layer
    gate: Tensor | None = None  # (B, T, F) made beside `widened`, in a gated block


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Layer(Record):
    """One encoder layer, opened up."""

    input: Tensor  # (B, T, D) the hidden state before this layer
    attention: Attention | LongAttention  # every position gathers from every other
    attended: Tensor  # (B, T, D) LayerNorm(input + attention.output); in a pre-norm layer the sum
    feed_forward: FeedForward  # every position by itself
    plain: Tensor  # (B, T, D) LayerNorm(attended + feed_forward.narrowed); in a pre-norm layer the sum
    output: Tensor  # (B, T, D) the next hidden state: `plain`, or what a last norm or a convolution makes of it


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class DecoderLayer(Record):
    """One decoder layer (BART's), opened up."""

    input: Tensor  # (B, T, D) the hidden state before this layer
    self_attention: Attention  # every position gathers from itself and those before it
    attended: Tensor  # (B, T, D) LayerNorm(input + self_attention.output); in a pre-norm layer the sum
    cross_attention: Attention  # every position gathers from the encoder's last hidden state
    crossed: Tensor  # (B, T, D) LayerNorm(attended + cross_attention.output); in a pre-norm layer the sum
    feed_forward: FeedForward  # every position by itself
    plain: Tensor  # (B, T, D) LayerNorm(crossed + feed_forward.narrowed); in a pre-norm layer the sum
    output: Tensor  # (B, T, D) the next hidden state: `plain`, or what a last norm makes of it


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Trace(Record):
    """One way through an encoder (or decoder): what is small is kept, what is large is worked out on demand."""

    tokens: Tokens
    embeddings: Embeddings
    hidden_states: tuple[Tensor, ...]  # (L + 1) of (B, T, D): 0 enters the first layer, L leaves the last
    layers: Sequence[Layer | DecoderLayer]  # (L) layers[i] turns hidden state i into hidden state i + 1

    @property
    def notes(self) -> tuple[str, ...]:
        """Say what to know about reading these texts with this vocabulary."""
        return self.tokens.notes


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class EncoderDecoderTrace(Record):
    """BART's way: the encoder reads the text, the decoder reads it again, shifted right by one."""

    encoder: Trace
    decoder: Trace

    @property
    def tokens(self) -> Tokens:
        """Give what was read: the encoder's tokens."""
        return self.encoder.tokens

    @property
    def hidden_states(self) -> tuple[Tensor, ...]:
        """Give the hidden states whose last the head reads: the decoder's."""
        return self.decoder.hidden_states

    @property
    def notes(self) -> tuple[str, ...]:
        """Say what to know about reading these texts with this vocabulary."""
        return self.tokens.notes


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class MaskedLMHead(Record):
    """The masked-language-model head, opened up (`cls` in BERT)."""

    dense: Tensor | None  # (…, D) after the dense layer; None in BART, whose head is the word embeddings alone
    activated: Tensor | None  # (…, D) after GELU; None in BART
    transformed: Tensor  # (…, D) after LayerNorm; in BART the hidden state itself
    logits: Tensor  # (…, V) transformed · word embeddings + bias


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class SpanHead(Record):
    """The question-answering head: one dense layer, two numbers a token (`qa_outputs`)."""

    start: Tensor  # (B, T) start logits
    end: Tensor  # (B, T) end logits
    transformed: Tensor | None = None  # (B, T, D) what that layer reads, where it is not the hidden state (ModernBERT)


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class SequenceHead(Record):
    """A classification head, opened up (`classifier` in RoBERTa, `classification_head` in BART)."""

    vector: Tensor  # (B, D) the one position that stands for the text
    dense: Tensor  # (B, D) after the dense layer
    activated: Tensor  # (B, D) after tanh, or the family's own activation
    logits: Tensor  # (B, C)
    normed: Tensor | None = None  # (B, D) after a LayerNorm, where the family has one (ModernBERT)


def characters(span: Tensor) -> str:
    """Write a character span as start-end, or nothing for an added token."""
    start, end = span.tolist()
    return f"{start}–{end}" if end else ""
