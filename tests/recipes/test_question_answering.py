"""The question-answering recipe: what the teacher says reaches the right tokens, and the loss is as by hand."""

import pytest
import torch
from safetensors.torch import load_file
from torch.testing import assert_close
from transformers import RobertaForQuestionAnswering

from recipes import question_answering as recipe
from recipes.rows import Rows
from tests.recipes.small import small_base

STARTS = torch.tensor([[1.0, 9.0, 2.0, 3.0, 9.0], [0.5, 9.0, 1.5, 9.0, 9.0]])  # (2, 5) the teacher's logits
ENDS = torch.tensor([[0.0, 9.0, 2.0, 1.0, 9.0], [1.0, 9.0, 0.0, 9.0, 9.0]])


def rows(name: str) -> dict[str, Rows]:
    """Two examples: the teacher reads 5 and 4 tokens, the student 6 and 5."""
    first = {"a": 7, "b": 8, "c": 9}[name]
    return {
        "theirs": Rows.of([[2, 50, 60, 70, 3], [2, 50, 60, 3]]),
        "ours": Rows.of([[0, first, 2, 40, 41, 2], [0, first, 2, 40, 2]]),
        "to_start": Rows.of([[0, -1, 3, 3, -1], [0, -1, 3, -1]]),
        "to_end": Rows.of([[0, -1, 3, 4, -1], [0, -1, 3, -1]]),
        "places": Rows.of([[2, 3, 3, 4], [0, 0, 0, 0]]),
    }


def test_what_the_teacher_says_is_added_up_on_the_student_s_tokens(tmp_path):
    """Its third and fourth token start in one token of the student's; shut ones say nothing."""

    def master(ids, mask):
        assert ids.tolist() == [[2, 50, 60, 3, 0], [2, 50, 60, 70, 3]]  # in the order of the batch
        return torch.stack([STARTS, ENDS], -1).flip(0)

    recipe.ask(master, {"squad": rows("a")}, tmp_path / "said")
    said = load_file(tmp_path / "said")["squad"].float()
    e = torch.tensor([1.0, 2.0, 3.0]).softmax(0)
    f = torch.tensor([0.0, 2.0, 1.0]).softmax(0)
    g, h = torch.tensor([0.5, 1.5]).softmax(0), torch.tensor([1.0, 0.0]).softmax(0)
    starts = [e[0], 0, 0, e[1] + e[2], 0, 0, g[0], 0, 0, g[1], 0]
    ends = [f[0], 0, 0, f[1], f[2], 0, h[0], 0, 0, h[1], 0]
    assert_close(said, torch.tensor([starts, ends]), rtol=0, atol=1e-3)  # float16


def test_qamr_is_read_once_and_the_rest_again_and_again(monkeypatch):
    monkeypatch.setattr(recipe, "BATCH_TOKENS", 6)  # one example a step
    first, later = rows("a"), rows("b")
    plan = recipe.make_plan(first, later, [1], 5)
    assert [(each is later, numbers) for each, numbers in plan[2:]] == [(True, [1])] * 3
    assert sorted(numbers for each, numbers in plan[:2] if each is first) == [[0], [1]]
    assert recipe.make_plan(first, later, [1], 1) == plan[:1]


def test_the_teacher_reads_all_of_squad_and_a_quarter_of_the_near_misses(prepared, trained, small, monkeypatch):
    seen = []
    plain = recipe.make_plan
    monkeypatch.setattr(recipe, "make_plan", lambda *given: seen.append(given) or plain(*given))
    monkeypatch.setattr(recipe, "train", lambda *_, **__: None)
    recipe.train_teacher(trained.parent / "work", torch.device("cpu"))
    ((_, joined, which, _),) = seen
    assert len(joined["ours"]) == 34 + 24
    assert which[:34] == list(range(34))
    assert len(set(which[34:])) == 6 and set(which[34:]) <= set(range(34, 58))


def test_the_loss_is_half_the_marked_answer_and_half_what_the_teacher_says(monkeypatch):
    monkeypatch.setattr(recipe, "STEPS", 1)
    model = RobertaForQuestionAnswering(small_base().config).eval()
    kinds = {"qamr": rows("a"), "squad": rows("b"), "misses": rows("c"), "passages": rows("c")}
    said = torch.rand(2, 11, generator=torch.Generator().manual_seed(4))
    loss_at = recipe.make_loss(model, kinds, dict.fromkeys(kinds, said))
    by_hand = []
    for row, begin, (start, end) in (([0, 7, 2, 40, 41, 2], 0, (3, 4)), ([0, 7, 2, 40, 2], 6, (0, 0))):
        output = model(torch.tensor([row]))  # alone: padding has no say
        for place, logits, wanted in ((start, output.start_logits, said[0]), (end, output.end_logits, said[1])):
            logs = logits[0].log_softmax(-1)
            by_hand.append(-0.5 * logs[place] - 0.5 * (wanted[begin : begin + len(row)] * logs).sum())
    assert loss_at(0).item() == pytest.approx(torch.stack(by_hand).mean().item(), abs=0.02)  # bfloat16


def test_answers_once_written_are_not_asked_for_again(trained, monkeypatch):
    monkeypatch.setattr(recipe, "train_teacher", lambda *_: pytest.fail("trained again"))
    recipe.teach(trained.parent / "work", torch.device("cpu"))
