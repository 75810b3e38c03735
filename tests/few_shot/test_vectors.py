"""Sentence vectors: the means and first states of a plain forward through `transformers`, however texts are batched."""

import random

import pytest
import torch
from torch.testing import assert_close

from encoder_lab.few_shot import pool, sentence_vectors
from encoder_lab.forward.batches import BATCH

COUNT = 90  # texts, which take several batches
EXACT = {"rtol": 0, "atol": 1e-10}
WORDS = "the a cat dog bank river sat on by say hello".split()


def typed(count: int) -> list[str]:
    """Make texts of 1 to 12 words, in no order of length."""
    draw = random.Random(5)
    return [" ".join(draw.choices(WORDS, k=draw.randint(1, 12))) for _ in range(count)]


def test_vectors_are_those_of_a_plain_forward(every_checkpoint):
    texts, model, tokenizer = typed(COUNT), every_checkpoint.model, every_checkpoint.tokenizer
    read = tokenizer(texts, padding=True, return_tensors="pt")
    assert (read["attention_mask"] == 0).any() and read["attention_mask"].sum() > BATCH
    with torch.no_grad():
        theirs = model(**read, output_hidden_states=True)
    hidden = theirs.encoder_last_hidden_state if model.config.is_encoder_decoder else theirs.hidden_states[-1]
    sizes = read["attention_mask"].sum(dim=1).tolist()
    means = torch.stack([row[:size].mean(dim=0) for row, size in zip(hidden, sizes, strict=True)])
    assert_close(sentence_vectors(every_checkpoint, texts), means, **EXACT)
    assert_close(sentence_vectors(every_checkpoint, texts, "first"), hidden[:, 0], **EXACT)


@pytest.mark.parametrize("pooling", ["mean", "first"])
def test_neither_padding_nor_order_nor_company_changes_a_vector(every_checkpoint, pooling):
    texts = typed(COUNT)
    together = sentence_vectors(every_checkpoint, texts, pooling)
    alone = torch.cat([sentence_vectors(every_checkpoint, [text], pooling) for text in texts])
    assert_close(together, alone, **EXACT)
    order = random.Random(1).sample(range(len(texts)), len(texts))
    shuffled = sentence_vectors(every_checkpoint, [texts[i] for i in order], pooling)
    assert_close(shuffled, together[order], **EXACT)


def test_vectors_keep_the_models_precision_and_the_bundled_ones_their_width(checkpoint, fill_mask_checkpoint):
    assert sentence_vectors(checkpoint, "the cat").dtype == torch.float64
    found = sentence_vectors(fill_mask_checkpoint, ["The old bank", "A river"])
    assert found.shape == (2, 384) and found.dtype == torch.float32 and not found.requires_grad


def test_pool_by_hand():
    hidden = torch.tensor([[[1.0, 2.0], [3.0, 4.0], [50.0, 60.0]], [[7.0, 8.0], [70.0, 80.0], [90.0, 10.0]]])
    mask = torch.tensor([[1, 1, 0], [1, 0, 0]])
    assert pool(hidden, mask, "mean").tolist() == [[2.0, 3.0], [7.0, 8.0]]
    assert pool(hidden, mask, "first").tolist() == [[1.0, 2.0], [7.0, 8.0]]


@pytest.mark.parametrize(
    "texts, pooling, error, message",
    [
        (["a cat", 3], "mean", TypeError, "text 1 of the list must be a string; this is an int"),
        ([], "mean", ValueError, "the list of texts is empty"),
        (["a cat", " "], "mean", ValueError, "text 1 of the list is blank"),
        (["cat " * 40], "mean", ValueError, "is 42 tokens long .* reads at most 32; shorten it"),
        (["a cat"], "max", ValueError, "pooling is 'max'; it must be 'mean' or 'first'"),
    ],
)
def test_bad_input(checkpoint, texts, pooling, error, message):
    with pytest.raises(error, match=message):
        sentence_vectors(checkpoint, texts, pooling)
