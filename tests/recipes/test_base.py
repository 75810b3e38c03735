"""The warm start computes what it was made from: MiniLM as a RoBERTa encoder, that one as BART's."""

import pytest
import torch
from torch.testing import assert_close
from transformers import BertModel, BertTokenizerFast

from recipes.base import piece_vectors, to_bart, to_roberta
from tests.families import HEADED, byte_pairs, tiny, word_pieces

LABELS = ("contradiction", "neutral", "entailment")


@pytest.fixture
def minilm(tmp_path):
    """A tiny warm start: a base BERT and its vocabulary."""
    word_pieces(tmp_path)
    model = BertModel(tiny(HEADED["fill-mask"]).config, add_pooling_layer=False).float().eval()
    for parameter in model.parameters():
        parameter.data.add_(0.3 * torch.randn_like(parameter))
    model.config.layer_norm_eps = 1e-5
    model.save_pretrained(tmp_path)
    return tmp_path


def read(folder) -> tuple[BertModel, BertTokenizerFast]:
    """Read the warm start."""
    tokenizer = BertTokenizerFast(str(folder / "vocab.txt"), do_lower_case=True)
    return BertModel.from_pretrained(folder, add_pooling_layer=False).eval(), tokenizer


def test_a_piece_takes_the_mean_of_what_spells_it(minilm):
    table = torch.arange(41.0)[:, None].expand(41, 3)
    words = BertTokenizerFast(str(minilm / "vocab.txt"), do_lower_case=True)
    known = words.get_vocab()
    tokenizer = byte_pairs()
    vectors = dict(zip(tokenizer.convert_ids_to_tokens(range(len(tokenizer))),
                       piece_vectors(table, words, tokenizer)[:, 0].tolist(), strict=True))  # fmt: skip
    assert vectors["<s>"] == known["[CLS]"]
    assert vectors["</s>"] == known["[SEP]"]
    assert vectors["<mask>"] == known["[MASK]"]
    assert vectors["Ġthe"] == known["the"]
    assert vectors["Ġb"] == known["b"]  # begins a word
    assert vectors["b"] == (known["b"] + known["##b"]) / 2  # may also go on with one
    assert vectors["Ġhe"] == (known["h"] + known["##e"]) / 2  # spelled by two
    assert vectors["Ģ"] == pytest.approx(table[:, 0].mean().item())  # a byte that is no text


def test_the_encoder_computes_what_minilm_does(minilm):
    tokenizer = byte_pairs()
    old, words = read(minilm)
    new = to_roberta(old, words, tokenizer).eval()
    ids = torch.tensor([[0, 9, 8, 7, 2], [0, 6, 2, 1, 1]])
    mask = (ids != 1).long()
    with torch.no_grad():
        vectors = new.embeddings.word_embeddings(ids)  # MiniLM reads the new pieces' vectors
        theirs = old(inputs_embeds=vectors, attention_mask=mask, output_hidden_states=True).hidden_states
        ours = new(ids, attention_mask=mask, output_hidden_states=True).hidden_states
    for depth, (mine, hers) in enumerate(zip(ours, theirs, strict=True)):
        assert_close(mine[mask == 1], hers[mask == 1], rtol=1e-4, atol=1e-5, msg=f"hidden state {depth}")


def test_bart_s_encoder_computes_what_the_encoder_does(minilm):
    base = to_roberta(*read(minilm), byte_pairs()).double().eval()
    bart = to_bart(base, LABELS).double().eval()
    ids = torch.tensor([[0, 9, 8, 7, 2], [0, 6, 2, 1, 1]])
    mask = (ids != 1).long()
    with torch.no_grad():
        ours = bart.model.encoder(ids, attention_mask=mask).last_hidden_state
        theirs = base(ids, attention_mask=mask).last_hidden_state
    assert_close(ours[mask == 1], theirs[mask == 1], rtol=0, atol=1e-10)


def test_bart_s_decoder_starts_from_the_last_layers(minilm):
    base = to_roberta(*read(minilm), byte_pairs())
    bart = to_bart(base, LABELS)
    assert len(bart.model.decoder.layers) == 2
    for new, old in zip(bart.model.decoder.layers, base.encoder.layer[1:], strict=True):  # the last two of three
        assert torch.equal(new.fc1.weight, old.intermediate.dense.weight)
        assert torch.equal(new.self_attn.k_proj.weight, old.attention.self.key.weight)
        assert torch.equal(new.encoder_attn.out_proj.bias, old.attention.output.dense.bias)
        assert torch.equal(new.encoder_attn_layer_norm.weight, old.attention.output.LayerNorm.weight)
    assert bart.config.id2label == dict(enumerate(LABELS))
    assert bart.model.decoder.embed_tokens.weight is bart.model.shared.weight
