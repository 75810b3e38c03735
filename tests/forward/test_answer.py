"""Question answering: spans that are stretches of the text as typed, whatever the windows and the batches.

That the answers are those of `transformers` 4.57.6 is checked in tests/test_answer_oracle.py.
"""

import random
import sys
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from encoder_lab import answer
from encoder_lab.forward.answer import BATCH, SHOW_BAR
from encoder_lab.shown import printable

QUESTION = "Where does the cat sit?"
CONTEXT = "The old cat sits by the river. Nobody knows why it likes the river so much."
WORDS = [
    "The",
    "naïve",
    "cat",
    "sat",
    "by",
    "the",
    "river",
    "😀",
    "日本語",
    "</s>",
    "<b>",
    "\r\n",
    "\t",
    "",
    "\0",
    "don't.",
]


@pytest.fixture(scope="module")
def bundled(bundled_checkpoint):
    return bundled_checkpoint("question-answering")


@pytest.fixture(scope="module")
def tiny(new_tiny):
    """A tiny random checkpoint in float64, which reads 62 tokens."""
    checkpoint = new_tiny("question-answering")
    checkpoint.tokenizer.model_max_length = 62
    return replace(checkpoint, model=checkpoint.model.double())


def typed(seed: int, count: int) -> str:
    draw = random.Random(seed)
    return "cat " + " ".join(draw.choice(WORDS) for _ in range(count))


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10**6), count=st.integers(1, 40), top_k=st.integers(1, 6), longest=st.integers(1, 20),
       aligned=st.booleans())  # fmt: skip
def test_an_answer_is_a_stretch_of_the_context_as_typed(bundled, seed, count, top_k, longest, aligned):
    context = typed(seed, count)
    found = answer(bundled, QUESTION, context, top_k, longest, 40, 8, align_to_words=aligned)
    assert 1 <= len(found.spans) <= top_k
    assert [span.score for span in found.spans] == sorted((span.score for span in found.spans), reverse=True)
    assert len({(span.start, span.end) for span in found.spans}) == len(found.spans)
    for span in found.candidates:
        assert span.text == context[span.start : span.end]
        window = found.windows[span.window]
        assert window.start <= span.start <= span.end <= window.end
        assert window.in_context[span.first] and window.in_context[span.last]
        assert 0 <= span.last - span.first < longest
        assert span.score == found.grid(span.window)[span.first, span.last].item() > 0
        plain = int(window.spans[span.first, 0]), int(window.spans[span.last, 1])
        assert span.moved == (plain != (span.start, span.end)) and (aligned or not span.moved)
    given_back = found.as_pipeline()
    for each in [given_back] if isinstance(given_back, dict) else given_back:
        assert each["answer"] == context[each["start"] : each["end"]]


def test_text_added_behind_never_changes_earlier_windows(tiny):
    first = answer(tiny, QUESTION, CONTEXT * 4, 3, 9, 32, 8)
    longer = answer(tiny, QUESTION, CONTEXT * 4 + " And a dog came." * 9, 3, 9, 32, 8)
    whole = len(first.windows) - 1  # the last window of the shorter context is not full
    assert whole > 3
    assert_close(longer.start_logits[:whole], first.start_logits[:whole], rtol=0, atol=1e-12)
    assert_close(longer.end_logits[:whole], first.end_logits[:whole], rtol=0, atol=1e-12)
    assert_close(longer.null_margins[:whole], first.null_margins[:whole], rtol=0, atol=1e-12)
    mine, theirs = ([s for s in r.candidates if s.window < whole] for r in (longer, first))
    assert [replace(s, score=round(s.score, 12)) for s in mine] == [
        replace(s, score=round(s.score, 12)) for s in theirs
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 50])
def test_the_size_of_a_batch_never_changes_an_answer(tiny, monkeypatch, size):
    questions = [QUESTION, "Who?", "Why does it sit?"]
    contexts = [CONTEXT * 3, CONTEXT, CONTEXT * 5]
    before = answer(tiny, questions, contexts, 3, 9, 40, 8)
    monkeypatch.setattr(sys.modules["encoder_lab.forward.answer"], "BATCH", size)
    for mine, theirs in zip(answer(tiny, questions, contexts, 3, 9, 40, 8), before, strict=True):
        assert_close(mine.start_logits, theirs.start_logits, rtol=0, atol=1e-12)
        assert_close(mine.end_logits, theirs.end_logits, rtol=0, atol=1e-12)
        assert [(s.text, s.start) for s in mine.spans] == [(s.text, s.start) for s in theirs.spans]


def test_windows_are_read_longest_first_and_padded_to_the_longest_of_the_batch(tiny, monkeypatch):
    shapes, forward = [], tiny.model.base_model.forward

    def spy(input_ids, attention_mask, token_type_ids):
        shapes.append((tuple(input_ids.shape), attention_mask.sum(1).tolist()))
        return forward(input_ids, attention_mask, token_type_ids)

    monkeypatch.setattr(tiny.model.base_model, "forward", spy)
    answer(tiny, ["Who?"] * (BATCH + 1), ["a" + " cat" * n for n in range(BATCH + 1)])
    (first, counts), (last, rest) = shapes
    assert counts == sorted(counts, reverse=True) and min(counts) > max(rest)
    assert first == (BATCH, counts[0]) and last == (1, rest[0])


def test_the_logits_are_the_models_and_a_trace_gives_them_again(tiny):
    found = answer(tiny, QUESTION, CONTEXT * 3, 3, 9, 40, 8)
    for i, window in enumerate(found.windows):
        size = len(window.ids)
        theirs = tiny.model(window.ids[None])
        assert_close(found.start_logits[i, :size], theirs.start_logits[0], rtol=0, atol=1e-10)
        assert_close(found.end_logits[i, :size], theirs.end_logits[0], rtol=0, atol=1e-10)
        assert not found.start_logits[i, size:].any() and not found.allowed[i, size:].any()
        assert found.allowed[i, :size].tolist() == [role in ("no answer", "context") for role in window.roles]
        again = tiny.model.qa_outputs(found.trace(i).hidden_states[-1])[0]
        assert_close(
            torch.stack([found.start_logits[i, :size], found.end_logits[i, :size]], -1), again, atol=1e-10, rtol=0
        )
    assert len(found.trace(-1).tokens.ids[0]) == size
    for ask in (found.grid, found.trace):
        with pytest.raises(IndexError):
            ask(len(found.windows))


def test_no_answer_by_hand(tiny):
    found = answer(tiny, QUESTION, CONTEXT * 3, 1, 4, 40, 8, handle_impossible_answer=True)
    nulls, margins, scores = [], [], []
    for i, window in enumerate(found.windows):
        start, end = found.start_logits[i].tolist(), found.end_logits[i].tolist()
        inside = [t for t, role in enumerate(window.roles) if role == "context"]
        best = max(start[a] + end[b] for a in inside for b in inside if a <= b < a + 4)
        nulls.append(start[0] + end[0])
        margins.append(nulls[-1] - best)
        allowed = [0, *inside]
        share = [torch.tensor([x[t] for t in allowed]).softmax(0)[0].item() for x in (start, end)]
        scores.append(share[0] * share[1])
    assert found.null_margins.tolist() == pytest.approx(margins, abs=1e-9)
    assert found.null_scores.tolist() == pytest.approx(scores, rel=1e-5)
    assert found.null_score == min(found.null_scores.tolist())
    assert found.null_margin == pytest.approx(min(nulls) - max(n - m for n, m in zip(nulls, margins, strict=True)))
    assert len({round(n, 6) for n in nulls}) > 1  # so that the wrong window would show


def test_equal_texts_are_summed_and_can_pass_one(bundled):
    context = "Marie Curie was born in Warsaw. " * 3
    found = answer(bundled, "Where was Marie Curie born?", context, top_k=2, max_seq_len=30, doc_stride=10)
    warsaw = [s for s in found.candidates if s.text.lower() == "warsaw"]
    merged = found.as_pipeline()[0]
    assert merged["answer"] == "Warsaw" and merged["start"] == warsaw[0].start == context.index("Warsaw")
    assert merged["score"] == pytest.approx(sum(s.score for s in warsaw)) and merged["score"] > 1
    apart = found.as_pipeline(merge_equal=False)
    assert [a["score"] for a in apart] == [s.score for s in found.spans] and apart[0]["score"] < 1
    assert len({a["start"] for a in apart}) == 2


def test_one_answer_is_a_dictionary_and_no_answer_is_ranked_when_asked_for(tiny):
    assert isinstance(answer(tiny, QUESTION, CONTEXT).as_pipeline(), dict)
    ranked = answer(tiny, QUESTION, CONTEXT, top_k=50, handle_impossible_answer=True)
    empty = [a for a in ranked.as_pipeline(merge_equal=False) if a["answer"] == ""]
    assert empty == [{"score": ranked.null_score, "start": 0, "end": 0, "answer": ""}]
    assert all(a["answer"] for a in answer(tiny, QUESTION, CONTEXT, top_k=50).as_pipeline())


def test_several_questions_and_several_contexts(tiny):
    one = answer(tiny, QUESTION, CONTEXT)
    assert [r.question for r in answer(tiny, [QUESTION, "Who?"], CONTEXT)] == [QUESTION, "Who?"]
    assert [r.context for r in answer(tiny, QUESTION, [CONTEXT, "A dog."])] == [CONTEXT, "A dog."]
    both = answer(tiny, [QUESTION, "Who?"], ["A dog.", CONTEXT])
    assert [(r.question, r.context) for r in both] == [(QUESTION, "A dog."), ("Who?", CONTEXT)]
    (alone,) = answer(tiny, [QUESTION], CONTEXT)
    assert alone.spans == one.spans


@pytest.mark.parametrize(
    "change, kind, words",
    [
        ({"question": ""}, ValueError, "the question is empty"),
        ({"context": "\n"}, ValueError, "the context is blank"),
        ({"question": 7}, TypeError, "the question must be a string or a list of strings; this is 7"),
        ({"context": {"a": 1}}, TypeError, "the context must be a string or a list of strings"),
        ({"question": ["Who?", None]}, TypeError, "the question must be a string; this is a NoneType"),
        ({"question": []}, ValueError, "the list of questions is empty; give at least one question"),
        ({"context": ()}, ValueError, "the list of contexts is empty; give at least one context"),
        ({"question": ["Who?"], "context": ["a", "b"]}, ValueError, "there are 1 questions and 2 contexts; each"),
        ({"top_k": 0}, ValueError, "top_k is 0; it must be 1 or more"),
        ({"top_k": 1.0}, TypeError, "top_k must be a whole number; this is 1.0"),
        ({"max_answer_len": 0}, ValueError, "max_answer_len is 0; it must be 1 or more"),
        ({"max_question_len": 0}, ValueError, "max_question_len is 0; it must be 1 or more"),
        ({"max_question_len": "long"}, TypeError, "max_question_len must be a whole number; this is 'long'"),
        ({"context": ["A cat.", " \u3000 "]}, ValueError, "the context is blank; type at least one word"),
        ({"question": "Who sat? " * 20}, ValueError, "the question is .* leaves no room .* in windows of 62 tokens"),
        ({"context": CONTEXT * 3, "doc_stride": 60}, ValueError, "doc_stride is 60, but .* give a doc_stride below"),
        ({"max_seq_len": 63}, ValueError, "max_seq_len is 63, but the model reads at most 62 tokens"),
    ],
)
def test_bad_input(tiny, change, kind, words):
    with pytest.raises(kind, match=words):
        answer(tiny, **{"question": QUESTION, "context": CONTEXT} | change)


def test_a_long_question_is_read_whole_and_the_record_says_so(tiny):
    found = answer(tiny, QUESTION, CONTEXT, max_question_len=3, align_to_words=False)
    assert found.notes == (f"max_question_len is 3 and the question has {found.windows[0].roles.count('question')} "
                           "tokens; it was read whole",)  # fmt: skip
    short = answer(tiny, QUESTION, CONTEXT, align_to_words=False)
    assert found.spans == short.spans
    assert found.notes[0] in repr(found) and short.notes == ()


def test_an_answer_that_is_more_than_the_model_pointed_at_says_so(tiny):
    found = answer(tiny, QUESTION, CONTEXT, top_k=3)
    moved = [span for span in found.spans if span.moved]
    assert moved and len(found.notes) == len(moved)
    for span, note in zip(moved, found.notes, strict=True):
        window = found.windows[span.window]
        pointed = CONTEXT[window.spans[span.first, 0] : window.spans[span.last, 1]]
        assert span.pointed == pointed and pointed in span.text and len(pointed) < len(span.text)
        assert note == f"align_to_words took in more than the model pointed at: “{span.text}” for “{pointed}”"
        assert printable(note) in repr(found)
        assert f"<td>from {pointed}</td>" in found._repr_html_()


@pytest.mark.parametrize(
    "context", ["😀🎉👩‍👩‍👧", "a\0b", "cat\r\ndog\r\n\r\ncat", "\tcat\t\tdog", "<script>alert(1)</script>"]
)
def test_odd_text_keeps_its_characters(bundled, context):
    found = answer(bundled, "What is there?", context, top_k=20)
    assert all(span.text == context[span.start : span.end] != "" for span in found.spans)
    assert (found.windows[0].start, found.windows[0].end) == (0, len(context))


def test_places_are_those_of_the_text_as_typed(bundled):
    context = "\tcat\r\n\r\ndog\0 said\t<b>hello</b>\n 😀 e\u0301 \u3000river\r\n"
    found = answer(bundled, "What is there?", context, top_k=50, max_answer_len=2)
    places = {(span.start, span.end) for span in found.spans}
    for word in ("cat", "dog", "said", "hello", "😀", "river"):
        assert (context.index(word), context.index(word) + len(word)) in places, word


def test_what_is_typed_reaches_html_only_escaped(bundled):
    found = answer(bundled, "Where is <i>it</i>?", "It is in <script>alert(1)</script>.", top_k=9, max_question_len=1)
    for html in (found._repr_html_(), found.windows[0]._repr_html_()):
        assert "<script" not in html and "<i>" not in html
    assert "&lt;script" in found._repr_html_()


def test_a_record_prints_short(bundled):
    lines = repr(answer(bundled, "Where was Marie Curie born?", "Marie Curie was born in Warsaw.")).splitlines()
    assert lines[0] == "Answer('Where was Marie Curie born?', 1 window)"
    assert lines[1].endswith("'Warsaw'  characters 24–30") and lines[2].startswith("  null_score ")


def test_a_bar_is_shown_for_many_windows_only_and_clears_itself(tiny, capsys):
    answer(tiny, QUESTION, "cat " * 20)
    assert capsys.readouterr().err == ""
    found = answer(tiny, QUESTION, "cat " * 300, max_seq_len=40, doc_stride=8)
    written = capsys.readouterr().err
    assert len(found.windows) > SHOW_BAR and f"/{len(found.windows)}" in written
    assert written.rsplit("\r", 2)[-2].strip() == "" == written.rsplit("\r", 1)[-1].strip()
