"""A classifier's loss: worked out by hand from soft targets and from labels; dropout depends on the step alone."""

import pytest
import torch
from torch.nn.functional import cross_entropy

from recipes.base import to_bart
from recipes.classifier_loss import classifier_loss
from tests.recipes.small import small_base

TEXTS = ["the cat sat", "the river bank", "dog", "hello hello the dog"]
SOFT = torch.tensor([[1.0, 0, 0], [0, 1, 0], [0, 0.25, 0.75], [0.5, 0, 0.5]])
LABELS = torch.tensor([0, 1, 2, 2])


def small():
    base, tokenizer = small_base()
    return to_bart(base, ("no", "maybe", "yes")), tokenizer(TEXTS)["input_ids"]


@pytest.mark.parametrize("targets", [SOFT, LABELS], ids=["soft", "labels"])
def test_it_compares_with_the_targets_of_the_step_s_rows_and_padding_has_no_say(targets):
    model, rows = small()
    model.eval()
    loss_at = classifier_loss(model, rows, targets, [[2], [3, 0, 1]], cross_entropy, seed=5)
    shares = torch.cat([model(torch.tensor([row])).logits for row in rows]).log_softmax(-1)
    wanted = targets if targets.ndim == 2 else torch.eye(3)[targets]
    by_hand = -(wanted * shares).sum(-1)
    assert loss_at(0).item() == pytest.approx(by_hand[2].item(), abs=0.02)  # bfloat16
    assert loss_at(1).item() == pytest.approx(by_hand[[3, 0, 1]].mean().item(), abs=0.02)


def test_dropout_depends_on_seed_and_step_alone():
    model, rows = small()
    model.config.dropout = 0.5
    for layer in [*model.model.encoder.layers, *model.model.decoder.layers]:
        layer.dropout = 0.5
    model.train()
    one, other = (classifier_loss(model, rows, SOFT, [[0, 1, 2, 3]] * 2, cross_entropy, seed) for seed in (5, 6))
    first, second = one(0).item(), one(1).item()
    assert one(0).item() == first and one(1).item() == second
    assert len({first, second, other(0).item()}) == 3
