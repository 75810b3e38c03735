"""Distillation: words found in both tokenizations, states averaged over them, and a student drawn to its teacher."""

import pytest
import torch
from torch.testing import assert_close
from transformers import BertModel

from encoder_lab.grow.batches import plan_batches
from recipes import distil
from recipes.base import to_roberta
from recipes.rows import Rows
from recipes.warm_start import MINILM
from tests.recipes.small import write_start


@pytest.fixture(scope="module")
def teacher(tmp_path_factory):
    """A tiny encoder with the recipes' own WordPiece vocabulary."""
    folder = write_start(MINILM, tmp_path_factory.mktemp("start"))
    pieces = (folder / "vocab.txt").read_text(encoding="utf-8").split("\n")
    model = BertModel.from_pretrained(folder, add_pooling_layer=False).eval()
    table = model.embeddings.word_embeddings
    order = [pieces.index(piece) for piece in distil.load_word_pieces().convert_ids_to_tokens(range(len(pieces) - 1))]
    table.weight.data = table.weight.data[order]
    return model


@pytest.fixture(scope="module")
def student(teacher):
    """The same encoder, reading byte-level pieces."""
    return to_roberta(teacher, distil.load_word_pieces(), distil.load_tokenizer()).eval()


def both(*texts: str) -> dict[str, Rows]:
    return distil.read_twice(list(texts), distil.load_word_pieces(), distil.load_tokenizer())


def test_states_are_averaged_over_the_tokens_of_a_word():
    hidden = torch.tensor([[[9.0], [1.0], [3.0], [5.0], [9.0]], [[9.0], [4.0], [9.0], [9.0], [9.0]]])  # (2, 5, 1)
    words = torch.tensor([[-1, 0, 0, 2, -1], [-1, 1, -1, -1, -1]])
    means, counts = distil.word_states(hidden, words, 3)
    assert_close(means[..., 0], torch.tensor([[2.0, 0, 5], [0, 4, 0]]))
    assert counts.tolist() == [[2, 0, 1], [0, 1, 0]]


def test_each_token_knows_its_word():
    """The teacher reads the penguin ##s , hello; the student the Ġp eng u ins , Ġhel lo."""
    rows = {name: each.batch([0], 0)[0].tolist()[0] for name, each in both("the penguins, hello").items()}
    assert rows["their_words"] == [-1, 0, 1, 1, 1, 2, -1]
    assert rows["our_words"] == [-1, 0, 1, 1, 1, 1, 1, 2, 2, -1]
    assert distil.load_word_pieces().decode(rows["theirs"]) == "[CLS] the penguins, hello [SEP]"
    assert distil.load_tokenizer().decode(rows["ours"]) == "<s>the penguins, hello</s>"


def test_a_text_that_one_of_them_cuts_is_left_out(monkeypatch):
    monkeypatch.setattr(distil, "LONGEST", 8)  # "the penguins hello" is 6 and 8 tokens
    rows = both("the penguins hello", "the penguins hello hello")
    assert rows["ours"].sizes == [8]


def test_a_text_with_a_word_that_one_of_them_does_not_see_is_left_out():
    """The teacher's tokenizer throws control characters away."""
    assert both("the \x07 dog", "the dog sat")["ours"].sizes == [5]


def test_a_student_that_reads_as_its_teacher_has_no_error(teacher, student):
    rows = both("bring dog", "bring cat")  # each word one piece on both sides, with one vector
    errors, cosine = distil.compare(teacher, student, rows, [0])
    assert len(errors) == 3 and max(errors) < 1e-3 and cosine > 0.999
    rows["ours"] = Rows.of([rows["ours"].batch([i], 0)[0].tolist()[0] for i in (1, 0)])
    errors, cosine = distil.compare(teacher, student, rows, [0])
    assert errors[0] > 0.1 and cosine < 0.999


def test_padding_has_no_say(teacher, student):
    """An error over two texts is the mean over their words, however long they are."""
    rows = both("the penguins", "hello zebra, the butterfly sat")  # 2 and 5 words
    alone = [distil.compare(teacher, student, rows, [i])[1].item() for i in (0, 1)]
    assert distil.compare(teacher, student, rows, [0, 1])[1].item() == pytest.approx(
        (2 * alone[0] + 5 * alone[1]) / 7, abs=2e-3
    )


def test_the_loss_is_the_mean_over_the_depths_of_the_step_s_batch(teacher, student, monkeypatch):
    monkeypatch.setattr(distil, "STEPS", 3)
    monkeypatch.setattr(distil, "BATCH_TOKENS", 12)
    rows = both("the penguins", "hello zebra", "the butterfly sat")
    loss_at = distil.make_loss(teacher, student, rows)
    plan = plan_batches(rows["ours"].sizes, 12, distil.SEED)
    for step, numbers in enumerate(plan):
        errors, _ = distil.compare(teacher, student, rows, numbers)
        assert loss_at(step).item() == pytest.approx(sum(e.item() for e in errors) / 3, rel=1e-4)


def test_running_text_is_joined_and_shares_are_drawn():
    lines = ["a" * 400, "b" * 400, "c" * 400]
    assert distil._join(lines) == [lines[0] + " " + lines[1], lines[2]]
    texts = {name: [f"{name} {i}" for i in range(40)] for name in distil.SHARES}
    chosen = distil.choose_texts(texts)
    assert chosen == distil.choose_texts(texts)
    assert sum(text.startswith("nli") for text in chosen) == round(40 * distil.SHARES["nli"])


def test_no_text_of_a_task_s_other_parts_is_read(data):
    texts, kept_out = distil.load_texts(data)
    assert "squad_paragraphs" not in distil.SHARES  # it holds all articles
    read = {text for name in distil.SHARES for text in texts[name]}
    _, *squad = distil.load_squad(data)
    _, *nli = distil.load_nli(data)
    _, *comments = distil.load_comments(data)
    assert not read & {q.context for part in squad for q in part}
    assert not read & {q.question for part in squad for q in part}
    assert not read & {pair.premise for part in nli for pair in part}
    assert not read & {comment.text for part in comments for comment in part}
    assert not read & set(kept_out) and len(kept_out) == 1 + 1 + 20
