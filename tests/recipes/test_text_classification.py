"""The text-classification recipe: labels as given, the loss as by hand, what the teacher says set right."""

import math

import pytest
import torch
from safetensors.torch import load_file
from torch.testing import assert_close
from transformers import RobertaForSequenceClassification

from recipes import text_classification as recipe
from recipes.emotion_data import Comment, label_names, load_comments
from recipes.rows import Rows, load_rows
from tests.recipes.small import small_base

CPU = torch.device("cpu")
ROWS = [[0, 40, 41, 2], [0, 42, 2], [0, 43, 44, 45, 2]]


def test_a_comment_may_have_several_labels():
    comments = [Comment("", (0,), "a"), Comment("", (1, 2), "b"), Comment("", (2,), "c")]
    assert recipe.label_table(comments, 3).tolist() == [[True, False, False], [False, True, True], [False, False, True]]


def test_a_label_that_is_there_weighs_more_and_padding_has_no_say():
    config = small_base().config
    config.num_labels = 3
    model = RobertaForSequenceClassification(config).eval()
    targets = torch.tensor([[1.0, 0.0, 0.25], [0.0, 1.0, 1.0], [0.5, 0.0, 0.0]])

    def reads(ids, mask):
        return model(ids, attention_mask=mask).logits

    loss_at = recipe.make_loss(reads, Rows.of(ROWS), targets, [[2, 0], [1]], 1)
    chances = torch.cat([model(torch.tensor([row])).logits for row in ROWS]).sigmoid()
    each = -(2.0 * targets * chances.log() + (1 - targets) * (1 - chances).log())
    assert loss_at(0).item() == pytest.approx(each[[0, 2]].mean().item(), abs=0.02)  # bfloat16
    assert loss_at(1).item() == pytest.approx(each[1].mean().item(), abs=0.02)


def test_what_is_prepared_is_the_training_comments_and_their_labels(prepared, data):
    training = load_comments(data)[0]
    names, table = recipe.load_labels(prepared)
    rows = load_rows(prepared / recipe.ROWS)
    assert names == label_names(data)
    assert [tuple(row.nonzero()[:, 0].tolist()) for row in table] == [
        tuple(sorted(comment.labels)) for comment in training
    ]
    tokenizers = {"theirs": recipe.load_word_pieces(), "ours": recipe.load_tokenizer()}
    for name, tokenizer in tokenizers.items():
        read = rows[name].batch([3], 0)[0][0]
        assert tokenizer.decode(read, skip_special_tokens=True) == training[3].text
        assert len(rows[name]) == len(training)


def test_the_student_is_drawn_to_the_labels_and_to_the_teacher_s_odds_without_the_weight(
    prepared, trained, small, tmp_path, monkeypatch
):
    """Where the teacher, who took each label for two, says even odds, it means one to two."""
    work = trained.parent / "work"
    said = load_file(work / recipe.SAID)["logits"]
    _, table = recipe.load_labels(work)
    seen = []
    monkeypatch.setattr(recipe, "make_loss", lambda *given: seen.append(given))
    monkeypatch.setattr(recipe, "train", lambda *_, **__: None)
    monkeypatch.setattr(recipe, "load_file", lambda _: {"logits": torch.zeros_like(said)})
    recipe.train_student(work, tmp_path, CPU)
    assert_close(seen[0][2], 0.6 / 3 + 0.4 * table)
    monkeypatch.setattr(recipe, "load_file", lambda _: {"logits": torch.full_like(said, math.log(6))})
    recipe.train_student(work, tmp_path, CPU)
    assert_close(seen[1][2], 0.6 * 3 / 4 + 0.4 * table)


def test_the_teacher_s_logits_stand_in_the_order_of_the_comments(trained, small, monkeypatch):
    work = trained.parent / "work"
    (file,) = (work / "text_classification_teacher").glob("*.weights.safetensors")
    master = recipe.teacher.Headed(recipe.teacher.unpack(work), 28, pooled=True).eval()
    master.load_state_dict(load_file(file))
    said, rows = load_file(work / recipe.SAID)["logits"], load_rows(work / recipe.ROWS)["theirs"]
    for i in (0, 17, len(rows) - 1):
        assert_close(said[i : i + 1], master(*rows.batch([i], 0)), rtol=0, atol=0.02)  # bfloat16
    monkeypatch.setattr(recipe, "train", lambda *_, **__: pytest.fail("trained again"))
    recipe.teach(work, CPU)
