"""Every family's answers are those of the pipelines of `transformers` 5, with every kind of tokenizer."""

import functools
import itertools
import re

import pytest
import transformers

from encoder_lab import Checkpoint, classify, fill_mask, zero_shot
from tests.families import FAMILIES, tiny_of
from tests.lifted import lifted
from tests.vocabularies import TOKENIZERS, USUAL

TEXTS = ["The cat sat by the river bank.", "Hello, hello! Who sat on the bank, the dog?"]
LABELS = ["a cat", "water", "hello"]
NLI = [("contradiction", "neutral", "entailment"), ("entailment", "not_entailment")]
EVERY = [
    pytest.param(family, kind, marks=() if USUAL[family] == kind else pytest.mark.more)
    for family, kind in itertools.product(FAMILIES, TOKENIZERS)
]
EACH = pytest.mark.parametrize(("family", "kind"), EVERY)


@functools.cache
def tokenizer_of(kind, folder):
    return TOKENIZERS[kind](folder)


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    """Make a tiny checkpoint in float64 of a family, with a kind of tokenizer."""
    folder = tmp_path_factory.mktemp("vocabulary")

    def made(family, task, kind, **options):
        tokenizer = tokenizer_of(kind, folder)
        ids = {f"{name}_token_id": getattr(tokenizer, f"{name}_token_id") for name in ("pad", "bos", "eos")}
        ids["eos_token_id"] = tokenizer.sep_token_id
        model = tiny_of(family, task, vocabulary=len(tokenizer), **ids, **options)
        return Checkpoint.of(task, model, tokenizer)

    return made


@pytest.fixture(autouse=True)
def precise():
    """The pipelines compute in the model's precision, too."""
    with lifted():
        yield


def pipeline(kind, checkpoint):
    return kind(model=checkpoint.model, tokenizer=checkpoint.tokenizer, device="cpu")


PRECISE, ROUNDED = 1e-10, 1e-6  # two of the pipelines round logits to 32 bits


def same(ours, theirs, close):
    """Equal structure and words, and close numbers."""
    if isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(same(ours[name], theirs[name], close) for name in theirs)
    if isinstance(theirs, list):
        return len(ours) == len(theirs) and all(same(*both, close) for both in zip(ours, theirs, strict=True))
    return ours == pytest.approx(theirs, abs=close) if isinstance(theirs, float) else ours == theirs


@EACH
def test_fill_mask(make, family, kind):
    checkpoint = make(family, "fill-mask", kind)
    mask = checkpoint.tokenizer.mask_token
    asked = pipeline(transformers.FillMaskPipeline, checkpoint)
    for text in (f"The cat sat by the {mask}.", f"{mask} sat on the {mask}, the dog"):
        assert same(fill_mask(checkpoint, text, top_k=7).as_pipeline(), asked(text, top_k=7), PRECISE)


@EACH
def test_classify(make, family, kind):
    checkpoint = make(family, "text-classification", kind)
    asked = pipeline(transformers.TextClassificationPipeline, checkpoint)
    assert same([found.as_pipeline() for found in classify(checkpoint, TEXTS)], asked(TEXTS, top_k=None), ROUNDED)


@EACH
@pytest.mark.parametrize("names", NLI, ids=len)
def test_zero_shot(make, family, kind, names):
    checkpoint = make(family, "zero-shot-classification", kind, labels=len(names))
    checkpoint.model.config.id2label = dict(enumerate(names))
    checkpoint.model.config.label2id = {name: number for number, name in enumerate(names)}
    asked = pipeline(transformers.ZeroShotClassificationPipeline, checkpoint)
    for several in (False, True):
        found = [each.as_pipeline() for each in zero_shot(checkpoint, TEXTS, LABELS, multi_label=several)]
        assert same(found, asked(TEXTS, LABELS, multi_label=several), ROUNDED)


@pytest.mark.parametrize(
    ("problem", "labels", "said"),
    [
        ("regression", 1, "trained on numbers .regression.: it gives a number, not the probability of a label"),
        ("regression", 3, "trained on numbers .regression."),
        (None, 1, "has one label: its probability stands against that of the label.*s absence"),
        (None, 3, None),
    ],
)
@pytest.mark.parametrize("family", ["BERT", "DeBERTa-v3", "ModernBERT", "BART"])
def test_a_classifier_of_numbers_or_of_one_label_says_what_it_is(make, family, problem, labels, said):
    checkpoint = make(family, "text-classification", USUAL[family], labels=labels)
    checkpoint.model.config.problem_type = problem
    (found,) = classify(checkpoint, TEXTS[:1])
    asked = pipeline(transformers.TextClassificationPipeline, checkpoint)
    assert same([found.as_pipeline()], asked(TEXTS[:1], top_k=None), ROUNDED)
    if said is None:
        assert found.notes == ()
    else:
        assert re.search(said, repr(found)) and re.search(said, found._repr_html_())
