"""Every family's base takes a new head, which is trained with the base frozen or not."""

import pytest
import torch

from encoder_lab import Checkpoint
from encoder_lab.grow import new_head, new_span_head, span_examples, text_examples, train_head
from tests.families import FAMILIES, OFTEN, tiny_of, word_pieces
from tests.lifted import lifted

LABELS, TEXTS = ["animal", "water"], ["the cat sat", "a river bank", "the dog", "a bank by the river"]


EACH = pytest.mark.parametrize(
    "family", [pytest.param(family, marks=() if family in OFTEN else pytest.mark.more) for family in FAMILIES]
)


@pytest.fixture(autouse=True)
def precise():
    """The models compute in the precision of their weights throughout."""
    with lifted():
        yield


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    return word_pieces(tmp_path_factory.mktemp("vocabulary"))


def base_of(model):
    """The names of the weights of a base, without a pooler, which belongs to the head."""
    prefix = next(name for name, module in model.named_modules() if module is model.base_model)
    prefix = f"{prefix}." if prefix else ""
    return {prefix + name for name in model.base_model.state_dict() if not name.startswith("pooler.")}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_new_head_has_the_old_base(family, tokenizer):
    pad = {"pad_token_id": tokenizer.pad_token_id, "eos_token_id": tokenizer.sep_token_id}
    old = Checkpoint.of("fill-mask", tiny_of(family, "fill-mask", **pad), tokenizer)
    for fresh in (new_head(old, LABELS), new_span_head(old)):
        mine, theirs, names = fresh.model.state_dict(), old.model.state_dict(), base_of(fresh.model)
        assert names == base_of(old.model) and len(names) > 10
        assert all(torch.equal(mine[name], theirs[name]) for name in names)
        assert mine.keys() - names and not any(mine[name].data_ptr() == theirs[name].data_ptr() for name in names)
        again = new_head(old, LABELS) if fresh.task == "text-classification" else new_span_head(old)
        assert all(torch.equal(again.model.state_dict()[name], weight) for name, weight in mine.items())
    bare = Checkpoint.of(None, old.model.base_model, tokenizer)
    assert all(torch.equal(new_head(bare, LABELS).model.state_dict()[n], theirs[n]) for n in base_of(old.model))


@EACH
def test_training_moves_the_head_and_the_base_only_where_it_is_not_frozen(family, tokenizer):
    pad = {"pad_token_id": tokenizer.pad_token_id, "eos_token_id": tokenizer.sep_token_id}
    head = new_head(Checkpoint.of("fill-mask", tiny_of(family, "fill-mask", **pad), tokenizer), LABELS)
    examples = text_examples(head, TEXTS, [0, 1, 0, 1])
    before = {name: weight.clone() for name, weight in head.model.state_dict().items()}
    base = base_of(head.model)
    for frozen in (True, False):
        after = train_head(head, examples, examples, frozen=frozen, epochs=2, rate=1e-4).checkpoint.model.state_dict()
        moved = {name for name, weight in after.items() if not torch.equal(weight, before[name])}
        assert moved >= {name for name in before.keys() - base if "dense" in name or "classif" in name}
        assert not moved & base if frozen else len(moved & base) > 10
        assert all(torch.equal(head.model.state_dict()[name], weight) for name, weight in before.items())
    marked = new_span_head(head)
    spans = span_examples(marked, ["the cat?"], ["the dog sat on a bank"], ["dog"])
    assert train_head(marked, spans, spans, frozen=True, epochs=1, rate=0.01).history.loss["training"]
