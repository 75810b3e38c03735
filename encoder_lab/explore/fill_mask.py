"""The fill-mask explorer on a checkpoint: what each position would say, after the last layer and after each."""

import torch

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.explore.switched import switched
from encoder_lab.forward import trace
from encoder_lab.heads import masked_lm_head
from encoder_lab.layers import as_last
from encoder_lab.probabilities import softmax, top_choices
from encoder_lab.surroundings import undisturbed
from encoder_lab.tokens import mask_positions
from encoder_lab.widgets.fill_mask import FillMaskExplorer


def fill_mask(
    checkpoint: Checkpoint, text: str = "The doctor looked at the [MASK].", presenter: bool = False
) -> FillMaskExplorer:
    """Open the fill-mask explorer.

    Args:
        checkpoint: from `load("fill-mask")`.
        text: what it begins with; a mask may stand in it, or be made with a click.
        presenter: large type and few controls, for a projector.

    Raises:
        ValueError: the checkpoint is for another task; the text is empty or too long.
    """
    checkpoint.check_task("fill-mask", "explore.fill_mask")

    changed, switches = switched(checkpoint)

    @undisturbed()
    def all_on(typed: str, position: int, temperature: float) -> str:
        """Say what the model answers with all its heads."""
        hidden = trace(checkpoint, typed).hidden_states[-1][0, position]
        row = softmax(masked_lm_head(hidden, checkpoint.model).logits, temperature)
        return f"{checkpoint.tokenizer.decode([int(row.argmax())])} {row.max().item():.3f}"

    @undisturbed()
    def look(typed: str, position: int, temperature: float, top_k: int, off: list) -> dict:
        way = trace(changed(off), typed)
        tokens, tokenizer = way.tokens, checkpoint.tokenizer
        masked = mask_positions(tokenizer, tokens.ids[0])
        if not 0 <= position < tokens.ids.shape[1]:
            position = masked[0] if masked else 1
        logits = masked_lm_head(way.hidden_states[-1][0], checkpoint.model).logits  # (T, V)
        states = as_last(checkpoint.model, way.hidden_states)
        states = torch.stack([state[0, position] for state in states])  # (L + 1, D)
        depths = softmax(masked_lm_head(states, checkpoint.model).logits, temperature)  # (L + 1, V)
        (best,), (probabilities,) = top_choices(logits[None, position] / temperature, top_k)

        def word(token_id: int) -> str:
            return tokenizer.decode([token_id])

        return {
            "text": typed,  # as typed
            "mask": tokenizer.mask_token,  # how the model spells its mask
            "tokens": list(tokens.strings[0]),  # (T) readable
            "spans": tokens.spans[0].tolist(),  # (T) first character and the one after the last; 0, 0 if added
            "masked": masked,  # positions of the masks
            "best": [word(i) for i in logits.argmax(-1).tolist()],  # (T) the likeliest word at each position
            "position": position,  # the one looked at
            # (word, probability, logit), likeliest first
            "choices": [
                (word(i), p, logits[position, i].item())
                for i, p in zip(best.tolist(), probabilities.tolist(), strict=True)
            ],
            # (L + 1) (word, probability): the head on each hidden state
            "layers": [(word(int(row.argmax())), row.max().item()) for row in depths],
            "notes": way.notes,  # what to know about this reading
            "without": all_on(typed, position, temperature) if off else "",  # what it says with all heads on
        }

    return FillMaskExplorer(look, text=text, **switches, presenter=presenter)
