"""Masked-language modelling: the same answers as the pipeline of `transformers`."""

import copy
import random
from dataclasses import replace

import pytest
import torch
from torch.testing import assert_close
from transformers import pipeline

from encoder_lab.forward import fill_mask

EXACT = {"rtol": 0, "atol": 1e-10}

SUBJECTS = ["The cat", "My sister", "An old engineer", "Mr. O'Neill", "Nobody", "The 3rd train", "Zoë", "A robot"]
VERBS = ["likes", "was eating", "doesn't want", "WROTE ABOUT", "quickly sold", "will see", "paid $5.00 for", "asked:"]
OBJECTS = ["the river bank", "two cups of tea", "“a letter”", "naïve café owners", "an email to hr@example.org", "🙂",
           "日本", "<b>bold</b> text", "her unbelievable umbrella", "C++ & Rust", "it"]  # fmt: skip
ENDS = [".", "?", "!", " ...", " (again)", "\nThen it rained.", " [SEP] yes", ""]


def cases() -> list[tuple[str, int]]:
    """Make 240 texts with one to four masks, and a `top_k` for each."""
    draw = random.Random(11)
    made = []
    for number in range(240):
        text = f"{draw.choice(SUBJECTS)} {draw.choice(VERBS)} {draw.choice(OBJECTS)}{draw.choice(ENDS)}"
        words = text.split(" ")
        for _ in range(1 + (number % 4 if number % 2 else 0)):
            at = draw.randrange(len(words) + 1)
            words[at : at + draw.randrange(2)] = ["[MASK]"]
        text = " ".join(words) + (" It went on and on." * 20 if number % 40 == 7 else "")
        made.append((text, 1 + number % 50))
    return made


@pytest.fixture(scope="module")
def exact(fill_mask_checkpoint):
    """The bundled checkpoint in float64."""
    return replace(fill_mask_checkpoint, model=copy.deepcopy(fill_mask_checkpoint.model).double())


@pytest.mark.parametrize(
    "precision, tolerance, step",
    [
        ("float64", 1e-10, 7),
        pytest.param("float64", 1e-10, 1, marks=pytest.mark.more),
        pytest.param("float32", 1e-5, 1, marks=pytest.mark.more),
    ],
)
def test_fill_mask_gives_what_the_pipeline_gives(exact, fill_mask_checkpoint, precision, tolerance, step):
    checkpoint = exact if precision == "float64" else fill_mask_checkpoint
    theirs = pipeline("fill-mask", model=checkpoint.model, tokenizer=checkpoint.tokenizer)
    masks = set()
    for text, top_k in cases()[::step]:
        ours = fill_mask(checkpoint, text, top_k).as_pipeline()
        compare(ours, theirs(text, top_k=top_k), tolerance, text)
        masks.add(len(ours) if isinstance(ours[0], list) else 1)
    assert masks == {1, 2, 3, 4}


def compare(ours: list, expected: list, tolerance: float, text: str) -> None:
    """Hold two answers of a fill-mask pipeline together; near-ties may swap places in float32."""
    rows = (ours, expected) if isinstance(ours[0], list) else ([ours], [expected])
    assert len(rows[0]) == len(rows[1]), text
    for mine, other in zip(*rows, strict=True):
        assert [set(c) for c in mine] == [set(c) for c in other], text
        for a, b in zip(mine, other, strict=True):
            assert abs(a["score"] - b["score"]) <= tolerance, text
        if tolerance <= 1e-10:
            assert [c | {"score": 0} for c in mine] == [c | {"score": 0} for c in other], text
        else:
            where = {c["token"]: c for c in other}
            for c in mine[:-1]:  # the last place may go to either of two that tie
                assert where.get(c["token"], c) | {"score": 0} == c | {"score": 0}, text


@pytest.mark.parametrize(
    "targets, top_k",
    [("cat", 5), (["cat", "dog", "river"], 2), (["cat", "dog", "river", "cat"], 9), (["it", "##s", "."], 3)],
)
def test_targets_give_what_the_pipeline_gives(exact, targets, top_k):
    theirs = pipeline("fill-mask", model=exact.model, tokenizer=exact.tokenizer)
    for text in ["The [MASK] sat by the river.", "Say [MASK] and [MASK]!"]:
        ours = fill_mask(exact, text, top_k, targets).as_pipeline()
        compare(ours, theirs(text, top_k=top_k, targets=targets), 1e-10, text)


def test_a_target_of_several_pieces_uses_the_first_and_says_so(exact):
    pieces = exact.tokenizer.tokenize("zyzzyvas")
    with pytest.warns(UserWarning, match=f"'zyzzyvas' is not one piece .* its first piece, '{pieces[0]}', is used"):
        ours = fill_mask(exact, "The [MASK] sat.", targets=["zyzzyvas", "cat"])
    theirs = pipeline("fill-mask", model=exact.model, tokenizer=exact.tokenizer)
    compare(ours.as_pipeline(), theirs("The [MASK] sat.", targets=["zyzzyvas", "cat"]), 1e-10, "targets")


@pytest.mark.parametrize(
    "targets, kind, words",
    [
        ([], ValueError, "the list of targets is empty"),
        ("", ValueError, "the target '' is empty"),
        (["cat", "  "], ValueError, "the target '  ' is empty"),
        (["cat", 3], TypeError, "a target must be a string; this is 3"),
        (7, TypeError, "targets must be a word or a list of words; this is 7"),
    ],
)
def test_bad_targets(fill_mask_checkpoint, targets, kind, words):
    with pytest.raises(kind, match=words):
        fill_mask(fill_mask_checkpoint, "The [MASK] sat.", targets=targets)


def test_a_list_gives_a_list_in_order(fill_mask_checkpoint):
    texts = ["The [MASK] sat.", "A very much longer text says [MASK] and then [MASK] again.", "[MASK]"]
    together = fill_mask(fill_mask_checkpoint, texts, top_k=3)
    alone = [fill_mask(fill_mask_checkpoint, text, top_k=3) for text in texts]
    assert [r.text for r in together] == texts
    assert [r.as_pipeline() for r in together] == [r.as_pipeline() for r in alone]
    assert isinstance(fill_mask(fill_mask_checkpoint, texts[:1]), list)


def test_the_record_keeps_every_stage(exact):
    result = fill_mask(exact, "Say [MASK]!")
    assert result.positions == (2,)
    ids = result.trace.tokens.ids
    assert_close(result.head.logits, exact.model(ids).logits, **EXACT)
    assert_close(result.head.logits[0, 2, result.choices[0][0].token_id].item(), result.choices[0][0].logit, **EXACT)
    assert result.head.logits.shape == (1, 5, len(exact.tokenizer))
    probabilities = [c.probability for c in result.choices[0]]
    assert probabilities == sorted(probabilities, reverse=True)


@pytest.mark.parametrize(
    "text, words",
    [
        ("The cat sat.", r"the text has no \[MASK\]; put \[MASK\] where a word is to be guessed"),
        ("The <mask> sat.", r"the text has '<mask>', but this model's mask is spelled '\[MASK\]'"),
        ("The [mask] sat.", r"the text has '\[mask\]', but this model's mask is spelled '\[MASK\]'"),
        ("The [ MASK ] sat.", r"the text has '\[ MASK \]', but"),
        ("", "the text is empty; type at least one word"),
        ("   ", "the text is blank; type at least one word"),
        ("[MASK] " * 600, "is 602 tokens long with its special tokens and the model reads at most 512"),
    ],
)
def test_bad_text(fill_mask_checkpoint, text, words):
    with pytest.raises(ValueError, match=words):
        fill_mask(fill_mask_checkpoint, text)


@pytest.mark.parametrize("text", [None, 5, {"text": "[MASK]"}])
def test_text_that_is_no_string(fill_mask_checkpoint, text):
    with pytest.raises(TypeError, match="a text must be a string or a list of strings"):
        fill_mask(fill_mask_checkpoint, text)


@pytest.mark.parametrize("top_k", [0, -1, 10**6])
def test_bad_top_k(fill_mask_checkpoint, top_k):
    with pytest.raises(ValueError, match=f"top_k is {top_k}; it must be from 1 to 13400"):
        fill_mask(fill_mask_checkpoint, "The [MASK] sat.", top_k)


ODD = ["\0", "🙂", "שלום עולם", "<b>&amp;</b>", "[SEP]", "[CLS]", "[PAD]", "</s>", " " * 10_000]


@pytest.mark.parametrize("odd", ODD)
def test_odd_text_gives_what_the_pipeline_gives(exact, odd):
    text = f"The [MASK] {odd} sat."
    theirs = pipeline("fill-mask", model=exact.model, tokenizer=exact.tokenizer)
    compare(fill_mask(exact, text).as_pipeline(), theirs(text), 1e-10, text)


def test_a_target_that_is_given_twice_is_one_choice(fill_mask_checkpoint):
    (choices,) = fill_mask(fill_mask_checkpoint, "A [MASK].", top_k=3, targets=["dog", "cat", "dog"]).choices
    assert sorted(choice.string for choice in choices) == ["cat", "dog"]


def test_nothing_is_left_on_the_model(fill_mask_checkpoint):
    before = set(vars(fill_mask_checkpoint.model)), torch.is_grad_enabled(), torch.is_inference_mode_enabled()
    fill_mask(fill_mask_checkpoint, "Say [MASK]!").trace.layers[3]
    after = set(vars(fill_mask_checkpoint.model)), torch.is_grad_enabled(), torch.is_inference_mode_enabled()
    assert before == after
