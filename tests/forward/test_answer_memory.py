"""What question answering keeps of a long context: at most 200 bytes a token, and no hidden state of any batch."""

import weakref

import torch

from encoder_lab import answer, load
from encoder_lab.samples import questions
from tests.kept import kept_bytes

QUESTION = "How long does the journey in autumn take?"
CONTEXT = " ".join(dict.fromkeys(each.context for each in questions())) + " "  # about 3,000 characters


def test_what_is_kept_is_counted_by_hand():
    zeros = torch.zeros(3, 1_000)
    word = "x" * 400  # a string of 400 characters takes 400 bytes and some 50 more
    assert 4_000 <= kept_bytes([zeros[0, :1], zeros[1], zeros]) - 8_000 < 4_300  # a view keeps the whole alive
    assert 1_200 <= kept_bytes((word + "a", word + "b", [word + "c"] * 9)) < 1_700
    assert kept_bytes((word, 7), word) < 120
    hidden = torch.zeros(10_000)
    assert 40_000 <= kept_bytes(lambda: hidden.sum()) < 40_400  # what a function holds on to counts too


def test_a_record_keeps_at_most_200_bytes_a_token_of_the_context():
    checkpoint, context = load("question-answering", "bundled"), CONTEXT * 3
    found = answer(checkpoint, QUESTION, context, top_k=3)
    count = len(found.windows.ids)
    assert len(found.windows) > 6 and count > 1_500
    assert kept_bytes(found, QUESTION, context) / count < 200
    found.grid(1), found.windows[1]  # made when asked for, and not kept
    assert kept_bytes(found, QUESTION, context) / count < 200


def test_no_hidden_state_outlives_its_batch(monkeypatch):
    checkpoint = load("question-answering", "bundled")
    forward, made = checkpoint.model.base_model.forward, []

    def spy(*given, **options):
        assert [each for each in made if each() is not None] == [], "a batch before this one is still in memory"
        output = forward(*given, **options)
        made.append(weakref.ref(output.last_hidden_state))
        return output

    monkeypatch.setattr(checkpoint.model.base_model, "forward", spy)
    found = answer(checkpoint, QUESTION, CONTEXT, max_seq_len=64, doc_stride=16)
    assert len(made) > 3 and all(each() is None for each in made)
    assert len(found.windows) > 12
