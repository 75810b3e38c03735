"""Many threads and one checkpoint: each gets what it gets alone, and no call leaves anything set on the tokenizer."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from encoder_lab import answer, classify, fill_mask, load, tokenize, zero_shot
from tests.families import HEADED, save_tiny
from tests.forward.inference import with_names

LONG = " ".join(["the cat sat by the river bank"] * 12)


@pytest.fixture(scope="module")
def checkpoints(new_tiny):
    found = {task: new_tiny(task) for task in HEADED}
    names = ("contradiction", "neutral", "entailment")
    return found | {"zero-shot-classification": with_names(found["zero-shot-classification"], names)}


CALLS = {
    "zero-shot-classification": lambda c: zero_shot(c, LONG, ["a cat", "a dog"]).as_pipeline(),
    "question-answering": lambda c: answer(c, "the cat?", LONG, doc_stride=3).as_pipeline(),
    "text-classification": lambda c: classify(c, "the cat sat").as_pipeline(),
    "fill-mask": lambda c: fill_mask(c, "the [MASK] sat").as_pipeline(),
}


@pytest.mark.parametrize("task", HEADED)
def test_nothing_is_set_on_the_tokenizer(checkpoints, task):
    backend = checkpoints[task].tokenizer.backend_tokenizer
    CALLS[task](checkpoints[task])
    assert backend.truncation is None and backend.padding is None


def test_each_thread_gets_what_it_gets_alone(checkpoints):
    def tokens(checkpoint):
        return tokenize(checkpoint.tokenizer, ["the cat", "hello the river"]).strings

    jobs = [(call, checkpoints[task]) for task, each in CALLS.items() for call in (each, tokens)] * 6
    alone = [call(checkpoint) for call, checkpoint in jobs[:8]] * 6
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda job: job[0](job[1]), jobs)) == alone


def test_what_a_tokenizer_file_says_of_cutting_and_padding_is_left_out(tmp_path):
    folder = save_tiny(tmp_path / "mine", "text-classification")
    maker = load("text-classification", folder).tokenizer
    maker.backend_tokenizer.enable_truncation(3)
    maker.backend_tokenizer.enable_padding(length=9)
    maker.backend_tokenizer.save(str(folder / "tokenizer.json"))
    backend = load("text-classification", folder).tokenizer.backend_tokenizer
    assert backend.truncation is None and backend.padding is None
