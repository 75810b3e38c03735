"""Who may look at whom, as what is added to the scores: 0, or the dtype's lowest float, whose weight is then 0."""

import torch
from torch import Tensor

EVERY = slice(None)  # all positions look


def mask_bias(mask: Tensor, dtype: torch.dtype) -> Tensor:
    """Turn an attention mask into what is added to the scores.

    Args:
        mask: (B, S) 1 for a real token, 0 for padding.
        dtype: of the scores.

    Returns:
        (B, 1, 1, S): 0 for a real token, the dtype's lowest float for padding, whose weight is then 0.

    >>> import torch
    >>> from encoder_lab import mask_bias
    >>> bias = mask_bias(torch.tensor([[1, 1, 0]]), torch.float32)
    >>> (torch.zeros(3) + bias).softmax(dim=-1).flatten()  # nobody looks at the padding
    tensor([0.5000, 0.5000, 0.0000])
    """
    return _shut(mask == 0, dtype)[:, None, None, :]


def pair_bias(mask: Tensor, dtype: torch.dtype, rows: Tensor | slice = EVERY) -> Tensor:
    """Do as `mask_bias`, and let padding look at nothing either: (B, 1, T, T), or R of its rows.

    A row that is shut throughout has equal weights; no real token reads it.

    Source: `DebertaV2Encoder.get_attention_mask`.
    """
    return _shut(mask[:, None, rows, None] * mask[:, None, None, :] == 0, dtype)


def causal_bias(size: int, dtype: torch.dtype, device: torch.device | None = None) -> Tensor:
    """Shut out every later position: (1, 1, T, T), 0 on and below the diagonal, the dtype's lowest float above.

    >>> import torch
    >>> from encoder_lab import causal_bias
    >>> (torch.zeros(2, 2) + causal_bias(2, torch.float32)).softmax(dim=-1)[0, 0]
    tensor([[1.0000, 0.0000],
            [0.5000, 0.5000]])
    """
    return torch.full((size, size), torch.finfo(dtype).min, dtype=dtype, device=device).triu(1)[None, None]


def window_bias(
    size: int, reach: int, dtype: torch.dtype, device: torch.device | None = None, rows: Tensor | slice = EVERY
) -> Tensor:
    """Shut out what is farther off than `reach` positions to either side: (1, 1, T, T), or R of its rows.

    Source: Beltagy et al. 2020, section 3.1 (arXiv:2004.05150); Warner et al. 2024, section 2.1.2 (arXiv:2412.13663).
    """
    places = torch.arange(size, device=device)
    return _shut((places[rows, None] - places).abs() > reach, dtype)[None, None]


def _shut(away: Tensor, dtype: torch.dtype) -> Tensor:
    """Give the dtype's lowest float where `away` is True and 0 elsewhere, in the same shape."""
    return torch.zeros_like(away, dtype=dtype).masked_fill(away, torch.finfo(dtype).min)
