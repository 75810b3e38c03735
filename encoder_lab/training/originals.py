"""What the original checkpoints answer on the course's own inputs, to set beside what the bundled ones do.

Printed by the originals at the revisions pinned in `checkpoints.py`, in float32.
"""

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.forward import fill_mask

# text -> the five best choices for its mask, with their probabilities
FILL_MASK = {
    "Hello, Mr. Bert! How is it [MASK]": (
        ("?", 0.98795), ("!", 0.01115), (".", 0.000701), (";", 0.000183), ("...", 0.00000527),
    ),
    "Say [MASK]!": (("it", 0.3312), ("yes", 0.1745), ("something", 0.1557), ("no", 0.0509), ("hello", 0.0452)),
}  # fmt: skip


def beside_original(checkpoint: Checkpoint) -> str:
    """Lay out the five best choices of the original and of `checkpoint` for each text, as a Markdown table."""
    table = ["| text | original | bundled |", "| --- | --- | --- |"]
    for text, printed in FILL_MASK.items():
        ours = [(c.string, c.probability) for c in fill_mask(checkpoint, text).choices[0]]
        cells = (", ".join(f"`{word}` {p:.3g}" for word, p in row) for row in (printed, ours))
        table.append(f"| `{text}` | {' | '.join(cells)} |")
    return "\n".join(table)
