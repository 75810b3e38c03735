"""The zero-shot recipe: pairs as often as said, targets as by hand, topics by what is near."""

from collections import Counter

import pytest
import torch
from safetensors.torch import load_file
from torch.testing import assert_close

from recipes import zero_shot as recipe
from recipes.nli_sentences import SOURCES, Sentences, load_sentences
from recipes.rows import Rows

CPU = torch.device("cpu")


def table(count: int, **more: torch.Tensor) -> Sentences:
    """A table of `count` sentences; the i-th is the ids 100 + i in both vocabularies."""
    rows = Rows.of([[100 + i] for i in range(count)])
    nothing = torch.zeros(0, dtype=torch.long)
    empty = dict.fromkeys(("pairs", "premises", "hypotheses", "names", "about"), nothing)
    return Sentences(theirs=rows, ours=rows, **empty | more)


def test_pairs_are_laid_out_for_both():
    pairs = torch.tensor([[0, 1]])
    words = recipe.load_word_pieces()
    assert recipe.our_rows(table(2), pairs).flat.tolist() == [0, 100, 2, 2, 101, 2]
    theirs = [words.cls_token_id, 100, words.sep_token_id, 101, words.sep_token_id]
    assert recipe.their_rows(table(2), pairs).flat.tolist() == theirs


def test_pairs_are_read_as_often_as_said():
    sources = [SOURCES.index(name) for name in ("mnli", "snli", "topic") for _ in range(4)]
    pairs = torch.tensor([[i, i, 0, source] for i, source in enumerate(sources)])
    readings = {"mnli": 2.5, "snli": 1.0, "conjunctions": 0.5}
    chosen = recipe.choose(pairs, readings, 3)
    counts = Counter(chosen[:, 0].tolist())
    assert sorted(counts[i] for i in range(4)) == [2, 2, 3, 3]
    assert [counts[i] for i in range(4, 12)] == [1] * 4 + [0] * 4
    assert torch.equal(chosen, recipe.choose(pairs, readings, 3))


def circle(degrees: list[float]) -> torch.Tensor:
    angles = torch.tensor(degrees).deg2rad()
    return torch.stack([angles.cos(), angles.sin()], 1)


def test_a_text_is_paired_with_the_nearest_topic_and_with_one_that_is_not():
    """Eighty topics lie on half a circle; of 402 texts two are near none of them."""
    texts = [i * 180 / 400 for i in range(400)] + [265.0, 275.0]
    topics = [i * 180 / 79 for i in range(80)]
    near = circle(texts + topics)
    names = torch.arange(402, 482)
    about = 1_000 + torch.arange(80 * 9).view(80, 9)
    sentences = table(482, premises=torch.arange(402), names=names, about=about)
    pairs, targets = recipe.topic_pairs(sentences, near)
    assert pairs[:, 0].tolist() == [i for i in range(400) for _ in (0, 1)]  # two pairs of each; far texts have none
    topic, template = (pairs[:, 1] - 1_000) // 9, (pairs[:, 1] - 1_000) % 9
    assert set(template.tolist()) == set(range(9))
    alike = near[:400] @ near[402:].T
    places = (alike > alike.gather(1, topic[1::2, None])).sum(1)  # how many topics are nearer than the second
    assert torch.equal(topic[0::2], alike.argmax(1))
    assert_close(targets[0::2], torch.tensor([[0.02, 0.08, 0.90]]).expand(400, -1))
    middle = (places >= 8) & (places < 40)
    assert (middle | (places >= 40)).all() and 100 < middle.sum() < 220  # 40 % and a few
    assert_close(targets[1::2][middle], torch.tensor([0.45, 0.45, 0.10]).expand(int(middle.sum()), -1))
    assert_close(targets[1::2][~middle], torch.tensor([0.85, 0.12, 0.03]).expand(int((~middle).sum()), -1))


def test_targets_are_the_labels_the_teacher_s_or_the_mean_of_both(tmp_path, monkeypatch):
    """The near pairs that the teacher finds neutral are thinned, those of `topic_data` take their label alone."""
    kinds = [("mnli", 0), ("recombined", -1), ("topic", 2)]
    known = torch.tensor([[i, i + 1, label, SOURCES.index(source)] for i, (source, label) in enumerate(kinds)])
    sentences = table(9, pairs=known)
    close = torch.tensor([[5, i] for i in range(1_000)])
    said = torch.tensor([0.2, 0.5, 0.3])

    def answers(_, __, pairs):
        rows = said.expand(len(pairs), -1).clone()
        rows[:, 2] += pairs[:, 1].remainder(2) * 0.4  # of the near pairs, every second is entailed
        return rows

    monkeypatch.setattr(recipe, "load_sentences", lambda *_: sentences)
    monkeypatch.setattr(recipe, "choose", lambda pairs, *_: pairs)
    monkeypatch.setattr(recipe, "answers", answers)
    monkeypatch.setattr(recipe, "vectors", lambda *_: None)
    monkeypatch.setattr(
        recipe, "nearest", lambda *given: close if given[3:] == (recipe.PER_PREMISE, {(0, 1), (1, 2), (2, 3)}) else None
    )
    monkeypatch.setattr(recipe, "topic_pairs", lambda *_: (torch.tensor([[7, 8]]), torch.tensor([[0.1, 0.2, 0.7]])))
    recipe.make_targets(tmp_path, None, CPU)
    made = load_file(tmp_path / recipe.TARGETS)
    pairs, targets = made["pairs"].tolist(), made["targets"].float()
    assert pairs[:3] == [[0, 1], [1, 2], [2, 3]] and pairs[-1] == [7, 8]
    assert_close(targets[:3], torch.tensor([[0.6, 0.25, 0.35], [0.2, 0.5, 0.3], [0, 0, 1.0]]), rtol=0, atol=1e-3)
    assert_close(targets[-1], torch.tensor([0.1, 0.2, 0.7]), rtol=0, atol=1e-3)
    kept = [number for first, number in pairs[3:-1]]
    assert [i for i in kept if i % 2] == list(range(1, 1_000, 2))
    assert len([i for i in kept if i % 2 == 0]) == pytest.approx(500 / 3, abs=35)


def test_the_teacher_s_answers_and_vectors_stand_in_the_order_of_what_was_asked(trained, small):
    work = trained.parent / "work"
    sentences = load_sentences(work, CPU)
    (file,) = (work / "zero_shot_teacher").glob("*.weights.safetensors")
    master = recipe.teacher.Headed(recipe.teacher.unpack(work), 3, pooled=True).eval()
    master.load_state_dict(load_file(file))
    pairs = sentences.pairs[:40, :2]
    said = recipe.answers(master, sentences, pairs)
    assert_close(said.sum(1), torch.ones(40))
    for i in (0, 39):
        assert_close(said[i : i + 1], recipe.answers(master, sentences, pairs[i : i + 1]), rtol=0, atol=0.01)
    near = recipe.vectors(work, sentences)
    assert_close(near.norm(dim=1), torch.ones(len(near)))
    base = recipe.teacher.unpack(work).eval()
    rows = recipe.wrap(sentences.theirs, 2, 3)
    for i in (0, len(rows) - 1):
        ids, mask = rows.batch([i], 0)
        right = recipe.normalize(recipe.teacher.mean(recipe.teacher.read(base, ids, mask), mask), dim=-1)
        assert_close(near[i : i + 1], right, rtol=0, atol=0.02)  # bfloat16


def test_targets_once_written_are_not_made_again(trained, monkeypatch):
    monkeypatch.setattr(recipe, "train_teacher", lambda *_: pytest.fail("trained again"))
    recipe.teach(trained.parent / "work", CPU)
