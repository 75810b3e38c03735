"""Pictures: arrays and labels in, matplotlib Axes out; nothing is computed by a model or changed globally.

A file for each head (fill_mask, spans, windows and thresholds for its long and silent answers, classification,
zero_shot) and for each part of the model that is drawn; `highlighted_context` alone is marked text, no picture.
None is shown by drawing it: `show` shows one below the cell, with its alt text.
"""

from encoder_lab.plots.alt_text import show
from encoder_lab.plots.attention import attention_map, head_grid
from encoder_lab.plots.attribution import attribution
from encoder_lab.plots.classification import before_and_after, co_occurrence, label_probabilities, label_scores
from encoder_lab.plots.embeddings import embedding_norms, embedding_parts, similarity_map
from encoder_lab.plots.few_shot import learning_curve, vector_map
from encoder_lab.plots.fill_mask import position_distribution, probability_bars
from encoder_lab.plots.hidden_states import layer_change, layer_similarity
from encoder_lab.plots.highlighted import highlighted_context
from encoder_lab.plots.interventions import counterfactual_distance, head_effects, patch_map
from encoder_lab.plots.lens import lens_table
from encoder_lab.plots.spans import span_grid, start_end_logits, start_end_probabilities
from encoder_lab.plots.thresholds import null_margins, precision_recall
from encoder_lab.plots.training import live_picture, training_curve
from encoder_lab.plots.windows import window_strip
from encoder_lab.plots.zero_shot import cost, nli_table, template_sensitivity

__all__ = [
    "attention_map",
    "attribution",
    "before_and_after",
    "co_occurrence",
    "cost",
    "counterfactual_distance",
    "embedding_norms",
    "embedding_parts",
    "head_effects",
    "head_grid",
    "highlighted_context",
    "label_probabilities",
    "label_scores",
    "layer_change",
    "layer_similarity",
    "learning_curve",
    "live_picture",
    "lens_table",
    "nli_table",
    "null_margins",
    "patch_map",
    "position_distribution",
    "precision_recall",
    "probability_bars",
    "show",
    "similarity_map",
    "span_grid",
    "start_end_logits",
    "start_end_probabilities",
    "template_sensitivity",
    "training_curve",
    "vector_map",
    "window_strip",
]
