"""Draw the README's picture from the bundled checkpoint: `python docs/pictures/draw.py`."""

from pathlib import Path

import matplotlib.pyplot as plt
import torch

from encoder_lab import fill_mask, load, plots

TEXT = "Paris is the capital of [MASK]."


def main() -> None:
    """Draw the head that looks hardest from the mask to a word further off, and beside it the answer."""
    result = fill_mask(load("fill-mask", "bundled"), TEXT)
    tokens, mask = result.trace.tokens.strings[0], result.positions[0]
    weights = torch.cat([layer.attention.weights for layer in result.trace.layers])  # (L, H, T, S)
    words = weights[:, :, mask, 1 : mask - 1].amax(dim=-1)  # (L, H), without [CLS] and the next-door word
    layer, head = divmod(int(words.argmax()), words.shape[1])
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained", width_ratios=[1, 1])
    plots.attention_map(weights[layer, head], tokens, ax=left, title=f"where tokens look: layer {layer}, head {head}")
    row = result.choices[0]
    plots.probability_bars([c.string for c in row], [c.probability for c in row], ax=right, title="in place of [MASK]")
    figure.savefig(Path(__file__).parent / "attention.png", dpi=110)


if __name__ == "__main__":
    main()
