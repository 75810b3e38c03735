"""A checkpoint behind a record: it reads text, and works out again what the record does not keep."""

import hashlib

import torch
from torch import Tensor, nn

from encoder_lab.checkpoints import Checkpoint, load
from encoder_lab.embeddings import embed
from encoder_lab.families import find, side_of
from encoder_lab.forward.model import inputs
from encoder_lab.forward.twin import twin
from encoder_lab.heads import masked_lm_head
from encoder_lab.layers import Looks, Stack
from encoder_lab.pieces import readable
from encoder_lab.records import (
    DecoderLayer,
    EncoderDecoderTrace,
    Layer,
    MaskedLMHead,
    OnDemand,
    Tokens,
    Trace,
    long_attention,
)
from encoder_lab.shown import Shown
from encoder_lab.surroundings import undisturbed
from encoder_lab.tokens import tokenize


class Reader(Shown):
    """Reads with one checkpoint: what a record asks when something large is to be worked out again.

    In memory it holds the checkpoint, and copies of a record share it. A pickle holds no weights: the checkpoint is
    only named in it. Unpickled, it is loaded again when it is first needed, from where it had been loaded; if what is
    found there has other weights (heads were switched off, a head was trained), `record.on(checkpoint)` gives it back.
    """

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._checkpoint: Checkpoint | None = checkpoint
        self._name: tuple[str, str, str | None, str, str] | None = None  # with a fingerprint; once there is need

    @property
    def checkpoint(self) -> Checkpoint:
        """Give the checkpoint.

        Raises:
            ValueError: the record was unpickled, and its checkpoint cannot be loaded again.
        """
        if self._checkpoint is None:
            task, source, revision, device, weights = self._name
            try:
                found = load(task, source, revision, device)
            except (ValueError, OSError):
                found = None
            if found is None or _fingerprint(found.model) != weights:
                raise ValueError(
                    f"this record comes from a pickle, which holds no weights, and {source!r} does not give the "
                    "checkpoint it was made with; give it back: record.on(checkpoint)"
                )
            self._checkpoint = found
        return self._checkpoint

    @undisturbed()
    def trace(self, tokens: Tokens) -> Trace | EncoderDecoderTrace:
        """Take tokens through the encoder (for BART the decoder too) and keep each hidden state.

        `transformers` hooks a model to collect them, and the hooks stay: so a twin is asked.
        """
        base, device = twin(self.checkpoint.model.base_model), self.checkpoint.model.device
        ids, mask, segments = tokens.ids.to(device), tokens.mask.to(device), tokens.segments.to(device)
        given = inputs(base, ids, mask, segments)
        if ids.shape[1] > long_attention.LONG and not base.config.is_encoder_decoder:
            _keep_together(base, ids)
        out = base(**given, output_hidden_states=True)
        if not base.config.is_encoder_decoder:
            layers = _Layers(self, "encoder", out.hidden_states, mask)
            return Trace(tokens, embed(base, ids, segments, mask=mask), out.hidden_states, layers)
        shifted = given["decoder_input_ids"]
        encoded, decoded = out.encoder_hidden_states, out.decoder_hidden_states
        layers = _Layers(self, "encoder", encoded, mask)
        encoder = Trace(tokens, embed(base, ids, segments), encoded, layers)
        layers = _Layers(self, "decoder", decoded, mask, source=encoded[-1])
        embeddings = embed(base, shifted, segments, side="decoder")
        return EncoderDecoderTrace(encoder, Trace(self._shifted(tokens, shifted.cpu()), embeddings, decoded, layers))

    def _shifted(self, tokens: Tokens, ids: Tensor) -> Tokens:
        """Describe the tokens that a decoder reads: the encoder's, moved right by one."""
        return Tokens(
            texts=tokens.texts,
            ids=ids,
            mask=torch.ones_like(tokens.mask),
            segments=tokens.segments,
            sides=tokens.sides.roll(1, dims=1),
            spans=tokens.spans.roll(1, dims=1),
            strings=tuple(readable(self.checkpoint.tokenizer, row) for row in ids),
            notes=tokens.notes,
        )

    @undisturbed()
    def head(self, hidden: Tensor) -> MaskedLMHead:
        """Work out the masked-language-model head at every position of `hidden` (B, T, D)."""
        return masked_lm_head(hidden, self.checkpoint.model)

    def pair(self, premise: str, hypothesis: str) -> Tokens:
        """Read a pair as `zero_shot` does: a premise that is too long loses its end."""
        return tokenize(self.checkpoint.tokenizer, premise, hypothesis, cut_first=True)

    def __getstate__(self) -> tuple[str, str, str | None, str, str]:
        if self._name is None:
            held = self._checkpoint
            self._name = held.task, held.source, held.revision, str(held.model.device), _fingerprint(held.model)
        return self._name

    def __setstate__(self, name: tuple[str, str, str | None, str, str]) -> None:
        self._checkpoint, self._name = None, name

    def __deepcopy__(self, memo: dict) -> "Reader":
        """Share the checkpoint, or take the one that `Record.on` puts in."""
        if "checkpoint" not in memo:
            return self
        if _fingerprint(memo["checkpoint"].model) != self.__getstate__()[-1]:
            raise ValueError("this checkpoint has other weights than the one that the record was made with")
        return Reader(memo["checkpoint"])

    def _text(self) -> str:
        return f"Reader({self._checkpoint or self._name[1]!r})"


class _Layers(OnDemand):
    """The layers of a trace, each worked out from the hidden state that enters it; the last two are kept."""

    kind, owner = "layer", "this model"

    def __init__(
        self, reader: Reader, side: str, states: tuple[Tensor, ...], mask: Tensor, source: Tensor | None = None
    ) -> None:
        self._reader, self._side, self._states, self._mask, self._source = reader, side, states, mask, source
        self._kept: dict[int, Layer | DecoderLayer] = {}

    def __len__(self) -> int:
        return len(self._states) - 1

    def make(self, index: int) -> Layer | DecoderLayer:
        """Work out one layer, or take it from those that were asked for last."""
        found = self._kept.pop(index, None) or self._work_out(index)
        self._kept[index] = found
        if len(self._kept) > 2:
            del self._kept[next(iter(self._kept))]
        return found

    @undisturbed()
    def _work_out(self, index: int) -> Layer | DecoderLayer:
        """Apply the layer to the hidden state that enters it."""
        stack = Stack(self._reader.checkpoint.model, self._side, self._mask, self._source)
        return stack.layer(index, self._states[index])

    @property
    def reaches(self) -> tuple[int | None, ...]:
        """Say how far each layer looks to either side; None for everywhere."""
        return side_of(self._reader.checkpoint.model.config, self._side).windows or (None,) * len(self)

    @undisturbed()
    def looks(self, index: int) -> Looks:
        """Prepare one encoder layer's attention to be asked for some rows, which costs little beside the layer.

        Raises:
            TypeError: these are a decoder's layers.
        """
        if self._source is not None:
            raise TypeError("a decoder's layers are not worked out by rows; its encoder's are")
        return Stack(self._reader.checkpoint.model, self._side, self._mask).looks(index, self._states[index])

    def __getstate__(self) -> dict:
        return vars(self) | {"_kept": {}}  # what is kept can be worked out again


def _keep_together(base: nn.Module, ids: Tensor) -> None:
    """Let the layers of a twin write what leaves them into one piece of memory, made beforehand.

    Kept as they come, a long text's hidden states would lie among what is freed again, with holes too small to use.
    """
    paths = side_of(base.config, "encoder").layers
    places = iter(torch.empty(len(paths), *ids.shape, base.config.hidden_size, dtype=base.dtype, device=ids.device))

    def keep(_module: nn.Module, _given: object, out: Tensor) -> Tensor:
        return next(places).copy_(out) if isinstance(out, Tensor) else out

    for layer in {find(base, path) for path in paths}:  # one that is shared is called several times
        layer.register_forward_hook(keep, prepend=True)  # before the hook of `transformers`, which keeps what comes


def _fingerprint(model: nn.Module) -> str:
    """Sum up all of a model's weights in 16 characters: another weight or precision, another sum."""
    hashes = torch.stack([torch.hash_tensor(weight).cpu() for weight in model.parameters()])  # in any order of threads
    return hashlib.sha256(hashes.numpy().tobytes() + str(model.dtype).encode()).hexdigest()[:16]
