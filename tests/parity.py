"""Every step of a model beside `transformers`: embeddings, layers, head, in the order of the forward pass."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from transformers.modeling_outputs import ModelOutput

from encoder_lab.embeddings import decoder_ids, embed
from encoder_lab.families import AttentionNames, Share, Side, Transform, family_of, side_of
from encoder_lab.heads import masked_lm_head, sequence_head, span_head
from encoder_lab.layers import Stack, merge_heads
from encoder_lab.records import Attention
from tests.families import batch


@dataclass(frozen=True)
class Step:
    """One value, ours and theirs."""

    where: str  # "encoder, layer 2, mixed"
    ours: Tensor
    theirs: Tensor

    @property
    def difference(self) -> float:
        """Give the largest difference; nothing fits a wrong shape."""
        return torch.inf if self.ours.shape != self.theirs.shape else (self.ours - self.theirs).abs().max().item()


class Seen:
    """What a model's modules were given and gave, call by call: a shared layer is called again and again."""

    def __init__(self, model: nn.Module) -> None:
        self.given, self.gave = defaultdict(list), defaultdict(list)
        self._hooks = [module.register_forward_hook(self._keep(name)) for name, module in model.named_modules()]

    def _keep(self, name: str):
        def hook(_, given, gave):
            self.given[name].append(given[0] if given else None)
            self.gave[name].append(gave[0] if isinstance(gave, tuple) else gave)

        return hook

    def close(self) -> None:
        for hook in self._hooks:
            hook.remove()


def steps(model: nn.Module, task: str, read: tuple[Tensor, Tensor] | None = None) -> Iterator[Step]:
    """Go through a batch with padding, ids and mask (B, T), step by step, each from our own step before."""
    ids, mask = read or batch(model)
    family = family_of(model.config)
    segments = torch.zeros_like(ids)
    if family.encoder.embeddings.segment and model.config.type_vocab_size > 1:
        segments[:, ids.shape[1] // 2 :] = 1
    options = {"token_type_ids": segments} if family.encoder.embeddings.segment else {}
    if family.decoder:
        options["use_cache"] = False
    seen, base = Seen(model), model.base_model
    theirs = model(ids, attention_mask=mask, output_hidden_states=True, output_attentions=True, **options)
    seen.close()
    prefix = next(name for name, module in model.named_modules() if module is base)

    def of_base(name: str) -> str:
        return f"{prefix}.{name}"

    x = None
    for side in ("encoder", "decoder") if family.decoder else ("encoder",):
        here = side_of(model.config, side)
        read = decoder_ids(model, ids) if side == "decoder" else ids
        found = embed(model, read, segments, mask=mask, side=side)
        yield from _embedding_steps(side, here, found, seen, of_base, _kept(theirs, "hidden_states", side)[0])
        stack, x = Stack(model, side, mask, x), found.output
        for number in range(len(stack)):
            ours = stack.layer(number, x)
            yield from _layer_steps(side, here, number, ours, seen, of_base, theirs)
            x = ours.output
    yield from _head_steps(model, task, x, ids, mask, seen, theirs)


def _kept(theirs: ModelOutput, name: str, side: str) -> tuple[Tensor, ...]:
    """Find hidden states or attentions of one side."""
    return theirs.get(f"{side}_{name}") or theirs.get(name)


def _embedding_steps(side: str, here: Side, found, seen: Seen, of_base, state: Tensor) -> Iterator[Step]:
    names = here.embeddings
    for part in ("word", "segment"):
        if name := getattr(names, part):
            call = 1 if side == "decoder" and len(seen.gave[of_base(name)]) > 1 else 0
            yield Step(f"{side} embeddings, {part}", getattr(found, part), seen.gave[of_base(name)][call])
    if names.position:
        position = seen.gave[of_base(names.position)][0]
        yield Step(f"{side} embeddings, position", found.position, position.expand_as(found.position))
    if names.norm:
        yield Step(f"{side} embeddings, normed", found.normed, seen.gave[of_base(names.norm)][0])
    if names.projection:
        yield Step(f"{side} embeddings, projected", found.projected, seen.gave[of_base(names.projection)][0])
    yield Step(f"{side}, hidden state 0", found.output, state)


def _layer_steps(side: str, here: Side, number: int, ours, seen: Seen, of_base, theirs: ModelOutput) -> Iterator[Step]:
    path, names = here.layers[number], here.names
    call, where = here.layers[:number].count(path), f"{side}, layer {number}, "

    def kept(of: dict, name: str | Share) -> Tensor:
        whole = of[of_base(f"{path}.{name if isinstance(name, str) else name.name}")][call]
        return whole if isinstance(name, str) else whole.chunk(name.count, dim=-1)[name.index]

    def block(what: str, found: Attention, block: AttentionNames, weights: Tensor) -> Iterator[Step]:
        for part in ("query", "key", "value"):
            mine = merge_heads(getattr(found, part))
            yield Step(f"{where}{what}{part}", mine, kept(seen.gave, getattr(block, part)))
        yield Step(f"{where}{what}weights", found.weights, weights)
        yield Step(f"{where}{what}mixed", found.mixed, kept(seen.given, block.output))
        yield Step(f"{where}{what}projected", found.output, kept(seen.gave, block.output))

    def summed(mine: Tensor, norm: str, then: str) -> tuple[Tensor, Tensor]:
        """A pre-norm layer hands the sum to the next block's norm, a post-norm layer normalises it."""
        return mine, kept(seen.given, then) if here.norm_first else kept(seen.gave, norm)

    own = ours.self_attention if names.cross else ours.attention
    yield from block("", own, names.attention, _kept(theirs, "attentions", side)[number])
    then = names.cross.norm if names.cross else names.norm
    yield Step(where + "attended", *summed(ours.attended, names.attention.norm, then))
    if names.cross:
        yield from block("cross ", ours.cross_attention, names.cross, theirs.cross_attentions[number])
        yield Step(where + "crossed", *summed(ours.crossed, names.cross.norm, names.norm))
    yield Step(where + "widened", ours.feed_forward.widened, kept(seen.gave, names.widen))
    if names.gate:
        yield Step(where + "gate", ours.feed_forward.gate, kept(seen.gave, names.gate))
    yield Step(where + "activated", ours.feed_forward.activated, kept(seen.given, names.narrow))
    yield Step(where + "narrowed", ours.feed_forward.narrowed, kept(seen.gave, names.narrow))
    states = _kept(theirs, "hidden_states", side)
    if not here.norm_first:
        yield Step(where + "plain", ours.plain, kept(seen.gave, names.norm))
    elif here.last_norm and number == len(here.layers) - 1:
        yield Step(where + "plain", ours.plain, seen.given[of_base(here.last_norm)][0])
    yield Step(where + "output", ours.output, states[number + 1])


def _head_steps(model, task: str, x: Tensor, ids: Tensor, mask: Tensor, seen: Seen, theirs) -> Iterator[Step]:
    family = family_of(model.config)

    def transform(head, names: Transform | None, last: str) -> Iterator[Step]:
        if names:
            if getattr(head, "dense", None) is not None:
                yield Step("head, dense", head.dense, seen.gave[names.dense][0])
            if names.norm and getattr(head, "activated", None) is not None:
                yield Step("head, activated", head.activated, seen.given[names.norm][0])
            if names.norm:
                yield Step(f"head, {last}", getattr(head, last), seen.gave[names.norm][0])

    if task == "fill-mask":
        head = masked_lm_head(x, model)
        yield from transform(head, family.masked_lm.transform, "transformed")
        yield Step("head, logits", head.logits, theirs.logits)
    elif task == "question-answering":
        head = span_head(x, model)
        yield from transform(head, family.spans.transform, "transformed")
        yield Step("head, start", head.start, theirs.start_logits)
        yield Step("head, end", head.end, theirs.end_logits)
    else:
        head = sequence_head(x, model, ids, mask)
        yield Step("head, vector", head.vector, seen.given[family.sequence.transform.dense][0])
        yield from transform(head, family.sequence.transform, "normed")
        if not family.sequence.transform.norm:
            yield Step("head, activated", head.activated, seen.given[family.sequence.out][0])
        yield Step("head, logits", head.logits, theirs.logits)
