"""Folders of every family load; what cannot be loaded is refused in one sentence with the way out."""

import json
import shutil

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModel, AutoTokenizer, ElectraForPreTraining, GPT2Config, GPT2LMHeadModel, T5Config

from encoder_lab import Checkpoint, load, trace
from tests.families import FAMILIES, HEADS_OF, save_tiny, tiny_of, word_pieces


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    return word_pieces(tmp_path_factory.mktemp("vocabulary"))


def written(folder, model, tokenizer):
    """A folder as save_pretrained writes it."""
    tokenizer.save_pretrained(folder)
    model.float().save_pretrained(folder)
    return folder


@pytest.fixture
def folder(tokenizer, tmp_path):
    """A tiny ELECTRA that fills masks."""
    return written(tmp_path / "mine", tiny_of("ELECTRA", "fill-mask"), tokenizer)


def change(file, **changes):
    told = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(told | changes), encoding="utf-8")


@pytest.mark.parametrize("task", HEADS_OF)
@pytest.mark.parametrize("family", FAMILIES)
def test_a_folder_of_every_family_gives_the_same_weights(family, task, tokenizer, tmp_path):
    model = tiny_of(family, task)
    found = load(task, written(tmp_path, model, tokenizer))
    assert type(found.model) is type(model)
    ids = torch.tensor([[2, 7, 9, 3, 2]])
    theirs = model(ids)[0]
    assert torch.allclose(found.model(ids)[0], theirs, atol=1e-5)
    assert found.tokenizer.model_max_length <= 64
    if task == "text-classification":
        assert type(load("zero-shot-classification", tmp_path).model) is type(model)


@pytest.mark.parametrize(("family", "longest"), [("RoBERTa", 62), ("MPNet", 62), ("BERT", 64), ("mBART", 64)])
def test_the_longest_text_is_what_the_positions_allow(family, longest, tokenizer, tmp_path):
    folder = written(tmp_path, tiny_of(family, "fill-mask"), tokenizer)
    change(folder / "tokenizer_config.json", model_max_length=10**30)
    assert load("fill-mask", folder).tokenizer.model_max_length == longest


@pytest.mark.parametrize(("family", "types"), [("BERT", True), ("RoBERTa", False), ("DistilBERT", False)])
def test_a_tokenizer_tells_texts_apart_only_where_the_model_does(family, types, tokenizer, tmp_path):
    options = {"type_vocab_size": 1} if family == "RoBERTa" else {}
    found = load("fill-mask", written(tmp_path, tiny_of(family, "fill-mask", **options), tokenizer))
    assert ("token_type_ids" in found.tokenizer("the cat", "sat")) is types
    assert bool(trace(found, "the cat", "sat").tokens.segments.any()) is types


def test_shards_are_put_together_and_a_missing_one_is_named(folder):
    whole = load("fill-mask", folder).model.state_dict()
    tensors = load_file(folder / "model.safetensors")
    names = sorted(tensors)
    parts = {"model-00001-of-00002.safetensors": names[::2], "model-00002-of-00002.safetensors": names[1::2]}
    for file, chosen in parts.items():
        save_file({name: tensors[name] for name in chosen}, folder / file, {"format": "pt"})
    places = {name: file for file, chosen in parts.items() for name in chosen}
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": places}))
    (folder / "model.safetensors").unlink()
    found = load("fill-mask", folder).model.state_dict()
    assert all(torch.equal(found[name], weight) for name, weight in whole.items())
    (folder / "model-00002-of-00002.safetensors").unlink()
    with pytest.raises(
        FileNotFoundError, match="has no model-00002-of-00002.safetensors, which its model.safetensors.ind"
    ):
        load("fill-mask", folder)
    (folder / "model.safetensors.index.json").write_text("{")
    with pytest.raises(OSError, match="model.safetensors.index.json is damaged"):
        load("fill-mask", folder)


def test_a_pickle_is_not_opened(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(FileNotFoundError, match="only weights as a pickle, which could run code .* save_pretrained"):
        load("fill-mask", folder)


def test_an_adapter(folder):
    (folder / "model.safetensors").rename(folder / "adapter_model.safetensors")
    (folder / "adapter_config.json").write_text("{}")
    with pytest.raises(ValueError, match="holds an adapter, which is part of a model; load it with peft on its base"):
        load("fill-mask", folder)


def test_a_sentence_transformers_folder(tokenizer, tmp_path):
    (tmp_path / "modules.json").write_text("[]")
    with pytest.raises(ValueError, match="is a sentence-transformers folder; give the folder of its encoder"):
        load("fill-mask", tmp_path)
    model = AutoModel.from_config(tiny_of("BERT", "fill-mask").config)
    written(tmp_path, model, tokenizer)
    with pytest.raises(
        ValueError, match="holds BertModel, which has no head for fill-mask .* base of a new one: new_head"
    ):
        load("fill-mask", tmp_path)


def test_a_decoder_only_model(tokenizer, tmp_path):
    model = GPT2LMHeadModel(GPT2Config(vocab_size=41, n_embd=8, n_layer=1, n_head=1, n_positions=16))
    with pytest.raises(
        ValueError, match=r"GPT2LMHeadModel, a decoder-only language model \(gpt2\); this course opens enc"
    ):
        load("fill-mask", written(tmp_path, model, tokenizer))


def test_code_of_the_repository_s_own_is_not_run(folder):
    change(folder / "config.json", model_type="mine", auto_map={"AutoModel": "mine.Mine"})
    (folder / "mine.py").write_text("raise SystemExit('it ran')")
    with pytest.raises(ValueError, match=r"needs code of its own \(trust_remote_code\), which is never run here"):
        load("fill-mask", folder)


def test_another_family(folder):
    change(folder / "config.json", **T5Config().to_dict() | {"architectures": ["T5ForConditionalGeneration"]})
    with pytest.raises(
        ValueError, match="T5ForConditionalGeneration of the family 't5', which is not known here; known ar"
    ):
        load("fill-mask", folder)


def test_a_rotary_type_that_is_not_known(tokenizer, tmp_path):
    folder = written(tmp_path, tiny_of("ModernBERT", "fill-mask"), tokenizer)
    kinds = json.loads((folder / "config.json").read_text())["rope_parameters"]
    kinds["full_attention"] |= {"rope_type": "linear", "factor": 2.0}
    change(folder / "config.json", rope_parameters=kinds)
    with pytest.raises(ValueError, match="rotary positions of type 'linear' are not known here; the default ones are"):
        load("fill-mask", folder)


def test_electra_s_discriminator_has_none_of_the_tasks_and_may_be_a_base(tokenizer, tmp_path):
    model = ElectraForPreTraining(tiny_of("ELECTRA", "fill-mask").config)
    folder = written(tmp_path, model, tokenizer)
    for task in HEADS_OF:
        with pytest.raises(ValueError, match=f"ElectraForPreTraining, which has no head for {task} .* new_head"):
            load(task, folder)
    base = Checkpoint.of(None, model, tokenizer)
    assert (base.task, base.source, base.revision) == (None, "in hand", None)
    assert len(trace(base, "the cat").layers) == 3


def test_a_pretraining_model_with_both_heads_fills_masks(tokenizer, tmp_path):
    from transformers import BertForPreTraining

    torch.manual_seed(0)
    model = BertForPreTraining(tiny_of("BERT", "fill-mask").config).eval()
    found = load("fill-mask", written(tmp_path, model, tokenizer))
    ids = torch.tensor([[2, 7, 9, 3]])
    assert torch.allclose(found.model(ids).logits, model(ids).prediction_logits, atol=1e-6)


def test_bart_without_a_head_fills_masks_with_its_word_embeddings(tokenizer, tmp_path):
    model = tiny_of("BART", "fill-mask").model
    assert type(load("fill-mask", written(tmp_path, model, tokenizer)).model).__name__ == "BartForConditionalGeneration"


class TestInHand:
    def test_model_and_tokenizer_are_taken_as_they_are(self, tokenizer):
        model = tiny_of("DistilBERT", "fill-mask").train()
        longest = tokenizer.model_max_length
        found = Checkpoint.of("fill-mask", model, tokenizer)
        assert found.model is model and not model.training
        assert found.tokenizer is not tokenizer and tokenizer.model_max_length == longest

    @pytest.mark.parametrize(
        ("task", "said"),
        [
            (
                "question-answering",
                "the model is a BertForMaskedLM; question-answering needs a BertForQuestionAnswering",
            ),
            ("translation", "unknown task 'translation'; the tasks are fill-mask, "),
        ],
    )
    def test_another_head_is_refused(self, tokenizer, task, said):
        with pytest.raises(ValueError, match=said):
            Checkpoint.of(task, tiny_of("BERT", "fill-mask"), tokenizer)

    def test_a_tokenizer_of_another_model(self, tokenizer):
        with pytest.raises(ValueError, match="the tokenizer has 41 tokens for 40 embeddings; they differ"):
            Checkpoint.of("fill-mask", tiny_of("BERT", "fill-mask", vocabulary=40), tokenizer)


def test_nothing_is_left_behind_by_a_folder_that_is_refused(tmp_path):
    folder = save_tiny(tmp_path / "mine", "fill-mask")
    copy = shutil.copytree(folder, tmp_path / "copy")
    (copy / "model.safetensors").write_bytes(b"{")
    before = sorted(file.name for file in copy.iterdir())
    with pytest.raises(OSError, match="model.safetensors is damaged"):
        load("fill-mask", copy)
    assert sorted(file.name for file in copy.iterdir()) == before
    assert AutoTokenizer.from_pretrained(folder).is_fast
