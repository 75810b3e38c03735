"""The `transformers` module behind each step, by its name in the printed module tree."""

from dataclasses import fields

from torch import nn

from encoder_lab.families import AttentionNames, Share, Side, family_of


def module_names(model: nn.Module) -> dict[str, str]:
    """Name the module of a model that works out each value of a trace.

    Args:
        model: of a family that is known, with a head or without.

    Returns:
        The value's place in a trace -> the module's name: "layers[0].attention.query" ->
        "bert.encoder.layer.0.attention.self.query". Where several values come from one module their share of it is
        named too, and where there is a decoder each place begins with its side.

    Raises:
        ValueError: the family is not known.
    """
    family, base = family_of(model.config), model.base_model
    prefix = next(f"{name}." if name else "" for name, module in model.named_modules() if module is base)
    sides = {"": family.encoder} if not family.decoder else {"encoder.": family.encoder, "decoder.": family.decoder}
    found = {side + place: prefix + name for side, here in sides.items() for place, name in _of_side(here).items()}
    if family.decoder:  # what a decoder calls its own attention
        found = {
            place.replace("].attention", "].self_attention") if place.startswith("decoder") else place: name
            for place, name in found.items()
        }
    return found


def _of_side(side: Side) -> dict[str, str]:
    """Name the modules of one side, from the base model on."""
    names, layer = side.embeddings, side.names
    parts = {
        "word": names.word,
        "position": names.position,
        "segment": names.segment,
        "normed": names.norm,
        "projected": names.projection,
    }
    found = {f"embeddings.{part}": name for part, name in parts.items() if name}
    for number, path in enumerate(side.layers):
        blocks = {"attention": layer.attention} | ({"cross_attention": layer.cross} if layer.cross else {})
        inside = {f"{block}.{step}": name for block, of_it in blocks.items() for step, name in _of_block(of_it).items()}
        inside |= {"feed_forward.widened": layer.widen, "feed_forward.narrowed": layer.narrow}
        inside |= {"feed_forward.gate": layer.gate} if layer.gate else {}
        found |= {f"layers[{number}].{step}": f"{path}.{_written(name)}" for step, name in inside.items()}
    return found


def _of_block(names: AttentionNames) -> dict[str, str | Share]:
    return {each.name: getattr(names, each.name) for each in fields(names) if each.name != "norm"}


def _written(name: str | Share) -> str:
    """Write a name, with its share: "attn.Wqkv (1 of 3)"."""
    return name if isinstance(name, str) else f"{name.name} ({name.index + 1} of {name.count})"
