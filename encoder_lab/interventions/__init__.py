"""Looking further in: heads off, patching, the logit lens, attribution, counterfactuals, each change in plain sight.

Every technique takes a checkpoint and a watched number, from `watch`; nothing is hooked and no model is changed.
"""

from encoder_lab.interventions.alignment import align, counterfactual
from encoder_lab.interventions.attribution import gradient_times_input, integrated_gradients
from encoder_lab.interventions.heads import head_effects, head_means, heads_off
from encoder_lab.interventions.lens import logit_lens, span_lens
from encoder_lab.interventions.patching import patch, patch_map
from encoder_lab.interventions.stepwise import run
from encoder_lab.interventions.target import read, watch

__all__ = [
    "align",
    "counterfactual",
    "gradient_times_input",
    "head_effects",
    "head_means",
    "heads_off",
    "integrated_gradients",
    "logit_lens",
    "patch",
    "patch_map",
    "read",
    "run",
    "span_lens",
    "watch",
]
