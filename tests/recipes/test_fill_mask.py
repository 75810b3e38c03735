"""The fill-mask recipe: whole words are hidden, the loss is as by hand, what is prepared is what is trained on."""

from functools import partial

import pytest
import torch
from safetensors.torch import load_file
from torch.nn.functional import cosine_similarity
from torch.testing import assert_close

from recipes import corpus
from recipes import fill_mask as recipe
from recipes.qa_data import load_squad
from recipes.rows import Rows, load_rows
from recipes.warm_start import MINILM
from tests.recipes.small import write_start

CPU = torch.device("cpu")
TABLE = "embeddings.word_embeddings.weight"


def test_a_word_s_pieces_share_the_fate_of_its_first_in_every_second_text():
    goes_on = torch.tensor([[0, 0, 1, 1, 0, 1]] * 4).bool()
    chosen = torch.tensor([[0, 1, 0, 0, 0, 1], [0, 1, 0, 0, 0, 1], [1, 0, 1, 0, 1, 0], [1, 0, 1, 0, 1, 0]]).bool()
    assert recipe.whole_words(chosen, goes_on).int().tolist() == [
        [0, 1, 1, 1, 0, 0], [0, 1, 0, 0, 0, 1], [1, 0, 0, 0, 1, 1], [1, 0, 1, 0, 1, 0],
    ]  # fmt: skip


def test_a_text_may_begin_within_a_word():
    goes_on = torch.tensor([[1, 1, 0]]).bool()
    assert recipe.whole_words(torch.tensor([[1, 0, 0]]).bool(), goes_on).int().tolist() == [[1, 1, 0]]


def student(work) -> recipe.BertForMaskedLM:
    """A student that has learned nothing, whose choices are yet far from even."""
    model = recipe.build_student(work, torch.arange(len(recipe.pieces()))).eval()
    torch.manual_seed(1)
    for parameter in model.parameters():
        parameter.data.add_(0.3 * torch.randn_like(parameter))
    return model


def test_each_piece_keeps_the_vector_it_had(prepared, small, tmp_path):
    start = write_start(MINILM, tmp_path)
    old, theirs = load_file(start / "model.safetensors"), (start / "vocab.txt").read_text(encoding="utf-8").split("\n")
    model = recipe.build_student(prepared, torch.ones(len(recipe.pieces())))
    rows = [theirs.index(piece) for piece in recipe.pieces()]
    weights = model.bert.state_dict()
    for name, value in weights.items():
        assert_close(value, old[name][rows] if name == TABLE else old[name], rtol=1e-3, atol=1e-6)  # float16
    assert model.cls.predictions.decoder.weight is model.bert.embeddings.word_embeddings.weight


def test_the_bias_starts_at_the_log_of_how_often_a_piece_is_used(prepared, small):
    use = torch.arange(len(recipe.pieces()))
    right = (use + 1) / (use + 1).sum()
    assert_close(recipe.build_student(prepared, use).cls.predictions.bias.detach().exp(), right)
    head = recipe.build_teacher(prepared, use).lm_head
    assert_close(head.decoder.bias.detach().exp(), right)
    assert head.decoder.bias is head.bias


def test_pieces_are_counted_without_special_ones():
    use = recipe.pieces_used({"a": Rows.of([[2, 40, 41, 3], [2, 40, 3]]), "b": Rows.of([[2, 1, 40, 3]])})
    assert (use[40], use[41], use.sum(), len(use)) == (3, 1, 4, len(recipe.pieces()))


@pytest.fixture
def examples(monkeypatch) -> dict[str, Rows]:
    """Two sources, the second of which is read twice."""
    monkeypatch.setattr(recipe, "PASSES", {"a": 1, "b": 2})
    return {"a": Rows.of([[2, *range(100, 120), 3]]), "b": Rows.of([[2, *range(200, 230), 3]])}


def test_each_source_is_read_as_often_as_said(examples):
    seen = []

    def reads(ids, mask, at):
        seen.append(mask.sum(1).tolist())
        return torch.zeros(int(at.sum()), len(recipe.pieces())), torch.zeros(len(ids), 2)

    recipe.make_loss(reads, examples, CPU, 1)(0)
    assert sorted(seen[0]) == [22, 32, 32]


def test_the_loss_is_of_the_hidden_words_the_teacher_s_choices_and_the_texts_vectors(prepared, small, monkeypatch):
    """The one text is read three times in a step, masked in three ways."""
    monkeypatch.setattr(recipe, "PASSES", {"a": 3})
    text = [2, *range(100, 140), 3]
    given = {"a": Rows.of([text])}, CPU, 1
    model, like = student(prepared), student(prepared).bert
    for parameter in like.parameters():
        parameter.data.add_(torch.randn_like(parameter))
    reads, asked = partial(recipe.student_reads, model), []

    def taught_by(ids, mask, at):
        asked.append((ids, mask, at))
        size = int(at.sum()), len(recipe.pieces())
        return 5 * torch.randn(size, generator=torch.Generator().manual_seed(2)), None

    loss = recipe.make_loss(reads, *given, taught_by, like)(0).item()
    ((ids, mask, at),) = asked
    truth = torch.tensor([text] * 3)
    assert (ids[~at] == truth[~at]).all() and at.sum() > 5 and not at[:, [0, -1]].any()
    logits, vectors = reads(ids, mask, at)
    logs = logits.log_softmax(-1)
    own = -logs.gather(1, truth[at][:, None]).mean()
    wanted = taught_by(ids, mask, at)[0].softmax(-1)
    taught = (wanted * (wanted.log() - logs)).sum(1).mean()
    kept = like(truth, attention_mask=mask).last_hidden_state.mean(1)
    turned = 1 - cosine_similarity(vectors, kept, dim=-1).mean()
    assert loss == pytest.approx((0.7 * taught + 0.3 * own + 0.5 * turned).item(), rel=0.01)  # bfloat16
    assert recipe.make_loss(reads, *given)(0).item() == pytest.approx(own.item(), rel=0.01)
    assert min(taught, own, turned) > 0.1


def test_a_step_draws_the_same_masks_whenever_it_is_asked(prepared, small):
    master = recipe.build_teacher(prepared, torch.ones(len(recipe.pieces()))).train()  # with dropout
    loss_at = recipe.make_loss(partial(recipe.teacher_reads, master), load_rows(prepared / recipe.ROWS), CPU, 4)
    first = [loss_at(step).item() for step in range(4)]
    assert [loss_at(step).item() for step in reversed(range(4))] == first[::-1]
    assert len(set(first)) == 4


def test_what_is_prepared_is_the_training_text_of_every_source_and_no_other(prepared, data):
    tokenizer = recipe.load_tokenizer()
    training, *kept_out = corpus.load_corpus(data)
    rows = load_rows(prepared / recipe.ROWS)
    assert list(rows) == [*training, "nli"]
    written = {
        name: " ".join(
            tokenizer.decode(ids, skip_special_tokens=True)
            for ids in each.flat.tensor_split(each.lengths.cumsum(0)[:-1])
        )
        for name, each in rows.items()
    }
    for name, lines in training.items():
        assert len(written[name].split()) == len(
            tokenizer.decode(tokenizer(" ".join(lines))["input_ids"][1:-1]).split()
        )
    held = {line for part in kept_out for lines in part.values() for line in lines}
    assert not any(line in text for text in written.values() for line in held)


def test_paragraphs_of_articles_kept_out_are_not_read(data, monkeypatch):
    _, choice, test = load_squad(data)
    lines = ["Another paragraph.", *(" ".join(q.context.split()) for q in (*choice, *test))]
    plain = corpus.load_corpus
    monkeypatch.setattr(corpus, "load_corpus", lambda folder: ({"squad_paragraphs": lines}, *plain(folder)[1:]))
    monkeypatch.setattr(recipe, "save_rows", lambda _, **rows: seen.update(rows))
    seen = {}
    recipe.prepare(data, data)
    tokenizer = recipe.load_tokenizer()
    assert tokenizer.decode(seen["squad_paragraphs"].flat) == "[CLS] another paragraph. [SEP]"


def test_running_text_is_packed_and_other_lines_stand_alone(monkeypatch):
    monkeypatch.setattr(recipe, "LONGEST", 8)
    lines = ["the cat sat", "the dog", "the dog"]
    made = recipe.make_examples({"novels": lines, "tatoeba": lines})
    assert made["novels"].sizes == [7, 4] and made["tatoeba"].sizes == [5, 4, 4]
    assert recipe.load_tokenizer().decode(made["novels"].batch([0], 0)[0][0]) == "[CLS] the cat sat the dog [SEP]"
