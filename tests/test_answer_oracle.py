"""Question answering gives the answers of `transformers` 4.57.6, case by case, as `make oracle` wrote them down."""

import json
from dataclasses import replace

import pytest
import torch

from encoder_lab import answer, load
from tests.oracles.bundled import hashes
from tests.oracles.question_answering import FIXTURE, FOLDER, hash_of_script, hash_of_weights, tiny_model
from tests.oracles.question_cases import WRONG, hash_of_inputs, make_cases

ORACLE = json.loads(FIXTURE.read_text(encoding="utf-8"))
CASES = make_cases()
MODELS = ("bundled", "tiny")
PRECISE, SINGLE = 1e-9, 1e-3  # relative errors of a score in float64 and in float32


def checkpoint(name: str, dtype: torch.dtype):
    found = load("question-answering", "bundled")
    return replace(found, model=(found.model if name == "bundled" else tiny_model()).to(dtype))


@pytest.fixture(scope="module")
def precise():
    """Both models in float64, as the pipeline ran them."""
    return {name: checkpoint(name, torch.float64) for name in MODELS}


def ask(checkpoint, case) -> tuple[int, list[dict]]:
    """Ask one question: how many windows, and always a list of answers."""
    found = answer(checkpoint, case.question, case.context, **case.options)
    answers = found.as_pipeline()
    return len(found.windows), [answers] if isinstance(answers, dict) else answers


def far(mine: float, theirs: float, most: float) -> bool:
    return abs(mine - theirs) > most * theirs


def test_the_oracle_belongs_to_these_files():
    assert ORACLE["versions"]["transformers"] == "4.57.6"
    assert ORACLE["script"] == hash_of_script(), "the oracle's script has changed: run `make oracle`"
    assert ORACLE["inputs"] == hash_of_inputs(), "the oracle's questions have changed: run `make oracle`"
    assert ORACLE["weights"]["bundled"] == hashes(FOLDER), "the bundled checkpoint has changed: run `make oracle`"
    assert ORACLE["weights"]["tiny"] == hash_of_weights(tiny_model()), "the tiny model has changed: run `make oracle`"


def test_the_cases_are_many_and_differ_in_everything():
    assert len(CASES) >= 600
    assert {windows for windows, _, _ in ORACLE["answers"]} >= set(range(1, 21))
    for name, least in {"top_k": 9, "max_answer_len": 8, "max_seq_len": 20, "doc_stride": 12, "max_question_len": 4,
                        "handle_impossible_answer": 2, "align_to_words": 2}.items():  # fmt: skip
        assert len({case.options[name] for case in CASES if name in case.options}) >= least, name
        assert sum(name not in case.options for case in CASES) > 100, name
    given = [("max_seq_len" in case.options, "doc_stride" in case.options) for case in CASES]
    for pair in ((True, True), (True, False), (False, True), (False, False)):
        several = [windows > 1 for each, (windows, _, _) in zip(given, ORACLE["answers"], strict=True) if each == pair]
        assert sum(several) >= 9, pair
    assert sum([0, 0] in [each[:2] for each in answers] for _, _, answers in ORACLE["answers"]) > 30  # no answer
    assert max(len(answers) for _, _, answers in ORACLE["answers"]) == 20


@pytest.mark.parametrize("model", [pytest.param("bundled", marks=pytest.mark.more), "tiny"])
def test_every_answer_is_the_pipelines(precise, model):
    """Text, start, end and order are equal, scores within 1e-9; the pipeline's answers of probability 0 are not ours.

    The text at a place is the context's own: the oracle's script makes sure of theirs, test_answer.py of ours.
    """
    wrong = []
    for case, (windows, left_out, theirs) in zip(CASES, ORACLE["answers"], strict=True):
        if case.model == model:
            count, ours = ask(precise[model], case)
            places = [[each["start"], each["end"]] for each in ours]
            same = count == windows and places == [[start, end] for start, end, _ in theirs]
            close = same and not any(far(a["score"], b[2], PRECISE) for a, b in zip(ours, theirs, strict=True))
            text = all(each["answer"] == case.context[each["start"] : each["end"]] for each in ours)
            if left_out:  # only where there is nothing better to give
                same = same and len(ours) < case.options["top_k"]
            if not (same and close and text):
                wrong.append(f"{case}: {count} windows, {ours}, but the pipeline has {windows} windows, {theirs}")
    assert not wrong, f"{len(wrong)} cases differ, the first: {wrong[0]}"


@pytest.mark.more
@pytest.mark.parametrize("model", MODELS)
def test_single_precision_ranks_and_scores_alike(model):
    """In float32 the scores of the same rank are within 1e-3, near-ties or not: rounding moves no rank's score far.

    Which answer has the rank may change where a neighbour's score lies closer than that, so places are compared
    where none does.
    """
    single, wrong = checkpoint(model, torch.float32), []
    for case, (_, _, theirs) in zip(CASES, ORACLE["answers"], strict=True):
        if case.model == model:
            _, ours = ask(single, case)
            bad = len(ours) != len(theirs)
            for rank, (mine, (start, end, score)) in enumerate(zip(ours, theirs, strict=False)):
                beside = theirs[max(rank - 1, 0) : rank] + theirs[rank + 1 : rank + 2]
                tied = any(not far(other, score, SINGLE) for _, _, other in beside)
                same = tied or [mine["start"], mine["end"]] == [start, end]
                bad = bad or not same or far(mine["score"], score, SINGLE)
            if bad:
                wrong.append(f"{case}: {ours}, but the pipeline has {theirs}")
    assert not wrong, f"{len(wrong)} cases differ, the first: {wrong[0]}"


def test_where_the_pipeline_is_plainly_wrong_it_is_not_followed(precise):
    filled, begun, failed = ((case, ORACLE["wrong"][what]) for what, case in WRONG.items())

    case, theirs = filled  # with two words where one token is allowed, or with none; which ones, NumPy's sort decides
    left_out = [case.context[start:end] for start, end, score in theirs if score == 0]
    assert left_out and not {"sat", "cat", "The"} & set(left_out)
    _, ours = ask(precise["tiny"], case)
    assert [each["answer"] for each in ours] == ["sat", "cat", "The"]
    assert [[each["start"], each["end"]] for each in ours] == [place[:2] for place in theirs if place[2] > 0]

    case, theirs = begun  # `<s>` is the question's characters 9 to 12, where the context has "at "
    assert case.question[9:12] == "<s>" and [9, 24] in [place[:2] for place in theirs]
    _, ours = ask(precise["bundled"], case)
    assert [each["answer"] for each in ours] == ["the river", "river", "by the river", "the river."]

    case, theirs = failed
    assert theirs == "kth(=36) out of bounds (36)"
    assert [each["answer"] for each in ask(precise["tiny"], case)[1]] == ["a"]
